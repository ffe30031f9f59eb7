//! Generates Rust structs for the Caspio SDK from an account's schema, and merges them into existing files.
//!
//! A [`Generator`] takes a [`Schema`](caspio_schema::Schema) and writes a folder with a file for each
//! table and view, and a `mod.rs`. It makes no API call.
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
//! # Generated code
//!
//! A table becomes a record with a field for each column, and a struct for inserts with the writable ones:
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
//! | an unknown type | `Option<caspio::field::Any>` | `Patch` of it |
//!
//! On request, keys have types of their own ([`Generator::key_types`]) and the values of a text list are an enum
//! ([`Generator::list_enums`]), both by `#[derive(CaspioValue)]`.
//!
//! The field of a unique column is not an `Option`, and an insert requires it: the struct for inserts
//! then has a constructor `new` instead of a default. In a view of several tables all columns except
//! lists may be null.
//!
//! # Running again
//!
//! Another run applies only the changes made in the account. Text outside of the markers is kept byte for
//! byte, and between them
//!
//! - structs, fields and files that you renamed keep their names: a field is identified by its column;
//! - a field's type that you changed is kept, as is that of a field with `with`; if its column now has a type of
//!   another kind, this is reported;
//! - your own attributes, derives, documentation and `skip` fields are kept;
//! - a field or struct that you deleted is not added again. To get a field back, delete its
//!   `caspio:column` marker;
//! - the field of a deleted column is removed. If you had changed its type or attributes, it is kept as
//!   a comment;
//! - a table that was deleted from the account is only reported.
//!
//! If nothing changed, nothing is written.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod build;
mod emit;
mod error;
mod field_spec;
mod file_plan;
mod generator;
mod markers;
mod merge;
mod naming;
mod options;
mod output;
mod run;
mod source;
mod text;

pub use error::Error;
pub use generator::Generator;
pub use output::{Change, Output, Report};
