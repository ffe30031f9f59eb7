//! The typed Caspio SDK: tables and views as Rust structs, complete streams, few calls.
//!
//! ```no_run
//! use caspio::prelude::*;
//!
//! #[derive(Debug, CaspioTable)]
//! #[caspio(table = "Contacts")]
//! struct Contact {
//!     #[caspio(pk)]
//!     pk_id: i64,
//!     first_name: String,
//!     email: Option<String>,
//!     balance: Option<Decimal>,
//! }
//!
//! # async fn example() -> caspio::Result<()> {
//! let caspio = Client::from_env()?;
//! let mut rich = caspio
//!     .table::<Contact>()
//!     .filter(|c| c.balance.gt(dec!(1000)) & c.email.is_not_null())
//!     .stream();
//! while let Some(contact) = rich.try_next().await? {
//!     println!("{}", contact.first_name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! - A stream ends only when the last record was delivered; whatever stops it before is an error.
//! - Reading *n* records takes *n* / 1,000 calls, plus at most one. [`Client::meter`] counts them.
//! - Credentials and tokens are in no error, no `Debug` and no log.
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | the derives and their attributes | [`CaspioTable`](derive@CaspioTable), [`CaspioView`](derive@CaspioView), [`CaspioRecord`](derive@CaspioRecord), [`CaspioInsert`](derive@CaspioInsert) |
//! | accounts, credentials, everything about the connection | [`ClientBuilder`] |
//! | tables, queries and streams | [`read`] |
//! | conditions and orders | [`filter`] |
//! | inserts, updates and deletes | [`mod@write`] |
//! | which Rust type holds which column | [`field`] |
//! | what went wrong | [`Error`], [`ErrorKind`] |
//! | files in records | [`attachment`] |
//! | what the account holds | [`schema`] |
//!
//! # Features
//!
//! `rustls` (default) or `native-tls` for TLS, with neither only loopback can be reached; `derive`
//! (default) for the macros; `uuid` for `uuid::Uuid` as a field type.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod attachment;
pub mod bulk;
pub mod field;
pub mod filter;
pub mod handle;
pub mod read;
pub mod record;
pub mod schema;
pub mod write;

mod client;
mod column;
mod decimal;
mod decode;
mod dialect;
mod password;
mod target;

pub use caspio_core::{
    Account, ApiVersion, Error, ErrorKind, Meter, RateLimiter, Result, RetryPolicy, Settings, auth,
    diagnosis, http_client, token,
};
#[cfg(feature = "derive")]
pub use caspio_derive::{CaspioInsert, CaspioRecord, CaspioTable, CaspioView};
pub use client::{Client, ClientBuilder, ConnectionReport, Profile, RateLimit, WriteChecks};
pub use column::{Column, InsertOnly, Insertable, ReadOnly, Settable, Writable};
pub use field::{List, Password, Patch};
pub use filter::Filter;
pub use handle::{Handle, Table, View, WritableView};
pub use jiff::civil::{Date, DateTime};
pub use read::{Page, Pages, Query, Records};
pub use record::{CaspioTable, CaspioView, Key, RecordMap};
pub use rust_decimal::Decimal;

/// What the derives' code refers to; not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::column::{Column, InsertOnly, Insertable, ReadOnly, Settable, Writable};
    pub use crate::decimal::decimal;
    pub use crate::field::{Field, FieldType, FieldValue, Password, ToValue};
    pub use crate::record::{
        AsKey, CaspioTable, CaspioView, Decode, FieldInfo, Key, Record, RecordMap, Row, RowAccess,
        Source, SourceKind, ToRow, debug_columns, decode_row, part, told, write,
    };
    pub use core::{include_bytes, option_env};
    pub use serde::de::{DeserializeSeed, Deserializer, MapAccess};
    pub use std::clone::Clone;
    pub use std::convert::From;
    pub use std::default::Default;
    pub use std::fmt::{Debug, Formatter, Result as FmtResult};
    pub use std::marker::{Copy, PhantomData};
    pub use std::option::Option;
    pub use std::result::Result;
}

/// Everything a program that reads and writes records needs.
///
/// ```
/// use caspio::prelude::*;
/// ```
pub mod prelude {
    #[cfg(feature = "derive")]
    pub use crate::{CaspioInsert, CaspioRecord};
    pub use crate::{
        CaspioTable, CaspioView, Client, Column, Date, DateTime, Decimal, Filter, Key, List, Query,
        RecordMap, dec,
    };
    pub use futures::{StreamExt, TryStreamExt};
    pub use jiff::ToSpan;
}
