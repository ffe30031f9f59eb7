//! What the account says of its tables and views.
//!
//! | for | see |
//! |---|---|
//! | the names of tables and views | [`Client::tables`](crate::Client::tables), [`Client::views`](crate::Client::views) |
//! | the fields of one | [`Table::fields`](crate::Table::fields), [`View::fields`](crate::View::fields) |
//! | the whole account, or a part of it | [`Client::schema`](crate::Client::schema) |
//! | the file that keeps it | [`Schema::load`], [`Schema::save`] |
//! | what changed since | [`Schema::diff`] |
//! | whether a struct fits its table | [`Client::verify`](crate::Client::verify), [`ClientBuilder::verify_on_start`](crate::ClientBuilder::verify_on_start) |
//! | making tables, changing fields | [`Client::create_table`](crate::Client::create_table), [`Table::add_field`](crate::Table::add_field), [`Table::change_field`](crate::Table::change_field) |
//! | giving an account a wanted shape | [`Plan`], [`Client::apply`](crate::Client::apply) |

mod apply;
mod change;
mod definitions;
mod fields;
mod request;
mod verify;

pub use caspio_schema::{
    AttachmentRules, Change, DataType, FieldDefinition, FieldUpdate, Kind, ObjectName, Plan,
    Property, Refused, Relationship, Schema, SchemaError, Step, TableDefinition, ViewDefinition,
};

pub use apply::{AllowDestructive, ApplyError};
pub use request::SchemaRequest;
pub use verify::Verified;
#[doc(hidden)]
pub use verify::VerifySet;
