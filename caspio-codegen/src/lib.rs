//! Rust structs for the Caspio SDK, generated from an account's schema and merged into what is there.
//!
//! A [`Generator`] takes a [`Schema`](caspio_schema::Schema) and writes a folder: a file for each
//! table and view, and a `mod.rs`. It makes no call.
//!
//! ```no_run
//! use caspio_codegen::Generator;
//! # fn example(schema: &caspio_schema::Schema) -> Result<(), caspio_codegen::Error> {
//! let report = Generator::new(schema).all().write_to("src/caspio")?;
//! print!("{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # What a table becomes
//!
//! A record, with one field a column, and a struct for inserts with those that can be written:
//!
//! ```text
//! // caspio:begin table "Contacts" insert
//! use caspio::{CaspioInsert, CaspioTable, Decimal, Patch};
//!
//! /// People and companies.
//! #[derive(Debug, Clone, PartialEq, CaspioTable)]
//! #[caspio(table = "Contacts")]
//! pub struct Contact {
//!     #[caspio(pk)]
//!     pub pk_id: i64,
//!     #[caspio(default)]
//!     pub first_name: String,
//!     pub balance: Option<Decimal>,
//! }
//!
//! /// A record to insert into the table "Contacts".
//! #[derive(Debug, Clone, Default, PartialEq, CaspioInsert)]
//! #[caspio(table = Contact)]
//! pub struct NewContact {
//!     pub first_name: Patch<String>,
//!     pub balance: Patch<Decimal>,
//! }
//!
//! // caspio:column "First_Name" "STRING" unset
//! // caspio:column "Balance" "CURRENCY" null
//! // caspio:end
//! ```
//!
//! | Caspio | field | insert |
//! |---|---|---|
//! | Text | `String`, `""` for null | `Patch<String>` |
//! | Number, Integer, Currency, Date/Time | `Option` of `f64`, `i32`, `Decimal`, `DateTime` | `Patch` of it |
//! | Yes/No | `bool` | `Patch<bool>` |
//! | File | `Option<String>` | `Patch<String>` |
//! | Attachment, Timestamp, formulas | `Option` of their type, read only | |
//! | Autonumber; Random ID, Prefixed Autonumber, GUID | `i64`; `String`, read only | |
//! | lists | `List` of `String`, `f64` or `DateTime` | `Patch` of it |
//! | Password | `Password`, never read | `Patch<Password>` |
//! | a type that is not known | `Option<caspio::field::Any>` | `Patch` of it |
//!
//! A field whose values are unique is no `Option`, and an insert's field of it is required: the struct
//! has a constructor `new` for these in place of a default. In a view of several tables everything but
//! lists may be null.
//!
//! # Running again
//!
//! Only what changed in the account is changed. Everything around the marks stays byte for byte, and
//! between them
//!
//! - names of structs, fields and files that were changed stay: a field is known by its column;
//! - a field's own type stays, unless its column has a type of another kind since;
//! - attributes, derives, documentation and `skip` fields of one's own stay;
//! - a field or struct that was deleted stays away. To have a field again, delete its mark
//!   `caspio:column`;
//! - a column that is gone goes. If its field had a type or attributes of one's own, it stays as a
//!   comment;
//! - a table that is gone from the account is only reported.
//!
//! When nothing changed, nothing is written.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod build;
mod emit;
mod error;
mod file_plan;
mod generator;
mod markers;
mod merge;
mod naming;
mod output;
mod run;
mod shape;
mod source;
mod text;

pub use error::Error;
pub use generator::Generator;
pub use output::{Change, Output, Report};
