//! The account's tables, views and fields: reading them, comparing structs with them, changing them.
//!
//! | for | see |
//! |---|---|
//! | the names of tables and views | [`Client::tables`](crate::Client::tables), [`Client::views`](crate::Client::views) |
//! | the fields of a table or view | [`Table::fields`](crate::Table::fields), [`View::fields`](crate::View::fields) |
//! | the whole account, or a part of it | [`Client::schema`](crate::Client::schema) |
//! | a file with these definitions | [`Schema::load`], [`Schema::save`] |
//! | changes between two schemas | [`Schema::diff`] |
//! | whether a struct fits its table | [`Client::verify`](crate::Client::verify), [`ClientBuilder::verify_on_start`](crate::ClientBuilder::verify_on_start) |
//! | creating tables, changing fields | [`Client::create_table`](crate::Client::create_table), [`Table::add_field`](crate::Table::add_field), [`Table::change_field`](crate::Table::change_field) |
//! | directories and outgoing webhooks, all in one call | [`Client::directory_schemas`](crate::Client::directory_schemas), [`Client::webhook_schemas`](crate::Client::webhook_schemas) |
//! | changing an account to match a schema | [`Plan`], [`Client::apply`](crate::Client::apply) |

mod apply;
mod change;
mod definitions;
mod described;
mod fields;
mod request;
mod verify;

pub use caspio_schema::{
    AttachmentRules, Change, DataType, FieldDefinition, FieldUpdate, Kind, ObjectDefinition,
    ObjectKind, ObjectName, Plan, Property, Refused, Relationship, Schema, SchemaError, Step,
};

pub use apply::{AllowDestructive, ApplyError};
pub use described::{DirectorySchema, WebhookSchema};
pub use request::SchemaRequest;
pub use verify::Verified;
#[doc(hidden)]
pub use verify::VerifySet;
