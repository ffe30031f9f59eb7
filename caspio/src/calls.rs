//! Observing the calls of a client: the counts of its meter, and a function that is called for each.
//!
//! | item | of |
//! |---|---|
//! | [`MeterSnapshot`], [`OperationCount`] | [`Client::meter`](crate::Client::meter) |
//! | [`CallRecord`], [`Operation`], [`HttpErrorKind`] | [`ClientBuilder::on_call`](crate::ClientBuilder::on_call) |
//!
//! Spans and events of `tracing` are described in the crate's [documentation](crate#logging-and-tracing).

pub use caspio_core::http_client::HttpErrorKind;
pub use caspio_core::transport::CallRecord;
pub use caspio_core::{MeterSnapshot, Operation, OperationCount};
