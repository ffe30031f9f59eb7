//! An emulator of Caspio's REST API in one process, for tests and first steps.
//!
//! The emulator responds over HTTP as Caspio does, including its traps: pages without an order come
//! in a different order at every request, a limit is ignored when page numbers are given, a page
//! size below 5 is refused, tokens expire. Records are kept in SQLite, so a `where` is really
//! evaluated.
//!
//! ```
//! use caspio_emulator::{Emulator, FieldDef, DataType, TableDef};
//! use serde_json::json;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), caspio_emulator::EmulatorError> {
//! let caspio = Emulator::builder().empty().start().await?;
//! caspio.create_table(TableDef::new("Pets").field(FieldDef::new("Name", DataType::Text255)))?;
//! caspio.insert("Pets", json!({ "Name": "Rex" }))?;
//!
//! // Point a client at caspio.url(), with caspio.client_id() and caspio.client_secret().
//! assert_eq!(caspio.calls().total(), 0);
//! # Ok(())
//! # }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod auth;
mod calls;
mod clock;
mod emulator;
mod envelope;
mod error;
mod faults;
mod http;
#[cfg(feature = "tls")]
mod https;
mod json;
mod log;
#[cfg(feature = "page")]
mod page;
mod paging;
#[cfg(feature = "program")]
pub mod program;
mod routes;
mod server;
mod settings;
mod store;
mod v2;
mod v3;
mod v4;
mod webhook;

pub use auth::{ApiProfile, Rights};
pub use calls::Calls;
pub use caspio_schema::DataType;
pub use emulator::{Emulator, EmulatorBuilder, OperationCalls};
pub use error::{EmulatorError, EmulatorErrorKind};
pub use faults::{Fault, Faults, Rule};
pub use jiff::Timestamp;
pub use log::LoggedCall;
pub use store::Snapshot;
pub use store::define::{FieldDef, TableDef, ViewDef};

/// What the tests of the sibling crates read; not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::routes::{EmulatedOperation, emulated_operations};
}
