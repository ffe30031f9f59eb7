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
//! - A stream ends only when the last record was returned. If anything stops it earlier, it returns an error.
//! - Reading *n* records takes *n* / 1,000 calls, plus at most one; in a view or an order of your own, *n* / 999;
//!   with [`Query::concurrency`] at most 15 % more. [`Client::meter`] counts them.
//! - An insert is sent again only if it was certainly not executed: it did not reach the service, or a rate limit
//!   refused it.
//! - Credentials and tokens never appear in an error, a `Debug` output or a log.
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | the derives and their attributes | [`CaspioTable`](derive@CaspioTable), [`CaspioView`](derive@CaspioView), [`CaspioRecord`](derive@CaspioRecord), [`CaspioInsert`](derive@CaspioInsert), [`CaspioValue`](derive@CaspioValue) |
//! | the account, the credentials, timeouts, retries, the rate limit | [`ClientBuilder`] |
//! | queries, pages and streams | [`Query`], [`read`] |
//! | conditions and orders | [`Column`], [`filter`] |
//! | inserts, updates and deletes | [`mod@write`] |
//! | writes of many records in few calls | [`bulk`] |
//! | which Rust type holds which column | [`field`] |
//! | files in records | [`attachment`] |
//! | the account's files and folders | [`files`] |
//! | the account's tables, views and fields | [`schema`] |
//! | import and export tasks | [`tasks`] |
//! | applications and their DataPages | [`applications`] |
//! | what an error of the service means | [`discovery`] |
//! | webhooks, and receiving their messages | [`webhooks`] |
//! | records and field types without the derives | [`advanced`] |
//! | tables and columns whose names are known only at run time | [`Client::table_named`], [`RecordMap`], [`filter::ColumnsByName`], [`filter::column_named`] |
//! | keeping records and lookups of the schema for a time | [`ClientBuilder::cache_records`], [`ClientBuilder::cache_schema`] |
//! | the billed calls, and those of a billing period | [`Client::usage`], [`calls`] |
//! | operations that the SDK has no method for | [`Client::raw`] |
//! | a file with the calls, without values and names, for an issue | [`ClientBuilder::record_to`] |
//! | waiting for background work before a program ends | [`Client::settle`] |
//!
//! # Errors
//!
//! Every operation returns [`Error`]. Its [`kind`](Error::kind) distinguishes the cases, its
//! [`hint`](Error::hint) suggests a remedy, and [`maybe_applied`](Error::maybe_applied) reports whether a write may
//! have taken effect although it failed.
//!
//! | [`ErrorKind`] | what to do |
//! |---|---|
//! | `Config`, `Refused` | correct the program: the request was not sent |
//! | `Auth` | check the client id and secret |
//! | `Permission` | grant the API profile the right in Caspio |
//! | `NotFound` | check the name or key, and that the API profile has access to the table or view |
//! | `Conflict`, `Invalid` | correct the values: the message contains the service's reason |
//! | `RateLimited` | set a lower [`rate_limiter`](ClientBuilder::rate_limiter), or wait for [`retry_after`](Error::retry_after) |
//! | `Budget` | raise [`max_calls`](ClientBuilder::max_calls) or [`max_calls_per_day`](ClientBuilder::max_calls_per_day), or wait for the next day: nothing was sent |
//! | `Quota` | wait for the next period, or raise the account's quota |
//! | `Connect` | retry later: nothing was sent |
//! | `Timeout`, `Interrupted`, `Server` | retry later if [`is_retryable`](Error::is_retryable); for a write, first check [`maybe_applied`](Error::maybe_applied) |
//! | `Protocol` | the response is not what the service documents: check what the message shows of it; for a write, check [`maybe_applied`](Error::maybe_applied) |
//! | `Decode` | compare the struct with the table, for example with [`Client::verify`] |
//! | `Incomplete` | resume the read with [`read::Position`]; a write may have been applied, so do not repeat it if [`maybe_applied`](Error::maybe_applied) |
//! | `Cancelled` | the program stopped the operation |
//!
//! # Retries and rate limits
//!
//! Calls that can be repeated safely are retried: by default three attempts within 180 seconds
//! ([`RetryPolicy`]). One attempt takes at most 60 seconds ([`ClientBuilder::timeout`]). By default a client makes at
//! most 8 calls a second and 2,000 in 300 seconds, which Caspio accepts ([`ClientBuilder::rate_limiter`]); a
//! rate-limit response pauses all calls of a client in any case. Bulk writes wait for 300 seconds after a rate limit
//! before rows fail ([`RetryPolicy::bulk_rate_limit_wait`]).
//!
//! # Logging and tracing
//!
//! Events of [`tracing`](https://docs.rs/tracing) have targets below `caspio_core`: each call is logged at `DEBUG` with
//! its operation, table, status, duration and request id, each retry and each failed token request at `WARN`. They
//! contain no credentials and no record values.
//!
//! Spans have the field names of OpenTelemetry's conventions, so that a layer such as `tracing-opentelemetry` exports
//! them as they are. They contain no URL, because conditions are part of it.
//!
//! | span | level | of | fields, among others |
//! |---|---|---|---|
//! | `caspio.read` | `INFO` | a stream or page of records | `db.collection.name`, `db.response.returned_rows` |
//! | `caspio.call` | `INFO` | a call with its retries | `db.operation.name`, `db.collection.name`, `caspio.attempts`, `error.type` |
//! | `caspio.attempt` | `DEBUG` | one request | `http.request.method`, `http.response.status_code`, `http.request.resend_count`, the sizes of the bodies, `caspio.request_id`, `caspio.wait_ms` (the wait for the rate limiter) |
//!
//! An event at `TRACE` has the path of each request and the names of its clauses, without their values.
//! [`ClientBuilder::on_call`] reports each request to a function of your own; see [`calls`].
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `rustls` (default), `rustls-ring`, `native-tls` | TLS; without any of them only loopback can be reached |
//! | `derive` (default) | the derive macros |
//! | `uuid` | `uuid::Uuid` as a field type |
//! | `chrono` | `chrono::NaiveDateTime` and `chrono::NaiveDate` as field types |
//! | `time` | `time::PrimitiveDateTime` and `time::Date` as field types |
//! | `serde` | serialize and deserialize records: [`List`], [`Patch`], [`RecordMap`], `Decimal` (as text), `DateTime`, `Date`, `Uuid` |
//! | `authorization-code`, `password`, `oauth1` | more ways to authenticate, in [`auth`] |
//! | `encrypted-store`, `keyring` | more ways to store a token, in [`token`] |
//! | `blocking` | `BlockingRuntime`, for programs that are not asynchronous |
//! | `tower` | layers of tower around the HTTP client, in [`http_client`]; a service that receives [`webhooks`] |
//! | `axum` | a delivery of [`webhooks`] as an extractor of axum |
//! | `metrics` | the duration of each request as a histogram `http.client.request.duration` of the `metrics` crate, by operation, table, method, status and failure |
//!
//! The API is asynchronous and needs a tokio runtime, with its IO and time drivers enabled.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod advanced;
pub mod applications;
pub mod attachment;
pub mod bulk;
pub mod calls;
pub mod discovery;
pub mod field;
pub mod files;
pub mod filter;
pub mod raw;
pub mod read;
#[doc(hidden)]
pub mod record;
pub mod schema;
pub mod tasks;
pub mod webhooks;
pub mod write;

#[cfg(feature = "blocking")]
mod blocking;
mod civil;
mod client;
mod column;
mod concurrency;
mod decimal;
mod decode;
mod dialect;
mod expected;
mod handle;
mod password;
mod recording;
mod target;
mod task;
mod text_id;
mod transfer;
mod value;
mod work;

#[cfg(feature = "blocking")]
pub use blocking::{BlockingIter, BlockingRuntime};
pub use bytes::Bytes;
pub use caspio_core::secrecy::SecretString;
pub use caspio_core::{
    Account, ApiVersion, Error, ErrorKind, Meter, RateLimiter, Result, RetryPolicy, Settings, Url,
    auth, diagnosis, http, http_client, token,
};
#[cfg(feature = "derive")]
pub use caspio_derive::{CaspioInsert, CaspioRecord, CaspioTable, CaspioValue, CaspioView};
pub use client::{Client, ClientBuilder, ConnectionReport, Profile, RateLimit, WriteChecks};
pub use column::Column;
#[doc(hidden)]
pub use column::{InsertOnly, Insertable, IntoColumn, ReadOnly, Settable, Writable};
pub use concurrency::Concurrency;
pub use dialect::Capability;
pub use field::{List, Password, Patch};
pub use filter::Filter;
pub use handle::{Handle, Table, View, WritableView};
pub use jiff::Span;
pub use jiff::civil::{Date, DateTime};
#[doc(hidden)]
pub use password::PasswordColumn;
pub use read::{Page, Pages, Query, RecordStream};
pub use record::{CaspioTable, CaspioView, Key, RecordMap};
pub use rust_decimal::Decimal;

/// Parts that the sibling crates share; not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::dialect::shows_every_row;
    /// The lines of a recording.
    pub mod recording {
        pub use crate::recording::{
            Content, Elements, ErrorText, Exchange, Field, Order, Recording, Shape, read,
        };
    }
}

/// The items that the derives' generated code uses; not part of the public API.
#[doc(hidden)]
pub mod codegen_support {
    pub use crate::civil::{date, datetime};
    pub use crate::column::{Column, InsertOnly, Insertable, ReadOnly, Settable, Writable};
    pub use crate::decimal::decimal;
    pub use crate::field::words::{read as read_word, read_nullable as read_word_or_null};
    pub use crate::field::{Any, Field, FieldType, FieldValue, Password, ToValue, Words, kind};
    pub use crate::filter::BindValue;
    pub use crate::filter::literal::{Literal, ToLiteral};
    pub use crate::record::{
        AsKey, CaspioTable, CaspioView, Decode, FieldInfo, Key, ObjectKind, Record, RecordMap, Row,
        RowAccess, Source, ToRow, debug_columns, decode_row, projection_check, schema_check,
        write_support,
    };
    pub use core::primitive::{bool, i64, str, u8, usize};
    pub use core::{include_bytes, option_env};
    pub use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess};
    pub use serde::ser::{Serialize, Serializer};
    pub use std::clone::Clone;
    pub use std::convert::{AsRef, From};
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
    #[doc(no_inline)]
    pub use crate::{CaspioInsert, CaspioRecord, CaspioValue};
    #[doc(no_inline)]
    pub use crate::{
        CaspioTable, CaspioView, Client, Column, Date, DateTime, Decimal, Filter, Key, List, Query,
        RecordMap, date, datetime, dec,
    };
    #[doc(no_inline)]
    pub use futures::{StreamExt, TryStreamExt};
    #[doc(no_inline)]
    pub use jiff::ToSpan;
}
