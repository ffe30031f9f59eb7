//! The schema of a Caspio account as data: tables, views, fields, and the file that keeps them.
//!
//! It makes no call and knows no HTTP: the SDK fills a [`Schema`] from the account, the derives check
//! structs against one, the emulator builds tables from one, and code is generated from one.
//!
//! ```
//! use caspio_schema::{DataType, FieldDefinition, Plan, Schema, ObjectDefinition};
//!
//! let name = FieldDefinition::new("Name", DataType::Text255);
//! let age = FieldDefinition::new("Age", DataType::Integer);
//! let have = Schema::new(vec![ObjectDefinition::new("Pets", vec![name.clone()])], vec![]);
//! let want = Schema::new(vec![ObjectDefinition::new("Pets", vec![name, age])], vec![]);
//!
//! let changes = have.diff(&want);
//! assert_eq!(changes[0].to_string(), r#"table "Pets": field "Age" was added (INTEGER)"#);
//! let plan = Plan::between(&have, &want);
//! assert_eq!(plan.to_string(), r#"table "Pets": add field "Age" (INTEGER)"#);
//! assert!(Schema::from_json(&want.to_json())?.diff(&want).is_empty());
//! # Ok::<(), caspio_schema::SchemaError>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod data_type;
mod diff;
mod error;
mod field;
mod file;
mod kind;
mod names;
mod object;
mod plan;
mod property;
mod rename;
mod rules;
mod update;

pub use data_type::DataType;
pub use diff::{Change, ObjectName};
pub use error::SchemaError;
pub use field::{AttachmentRules, FieldDefinition};
pub use kind::Kind;
pub use names::{folded_name, is_same_name, nearest, position_of_name};
pub use object::{ObjectDefinition, ObjectKind, PK_ID, Relationship, Schema};
pub use plan::{Plan, Refused, Step};
pub use property::Property;
pub use rename::RenameRule;
pub use update::FieldUpdate;
