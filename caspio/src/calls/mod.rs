//! Observing the calls of a client: the counts of its meter, and a function that is called for each.
//!
//! | item | of |
//! |---|---|
//! | [`MeterSnapshot`], [`OperationCount`] | [`Client::meter`](crate::Client::meter): all calls, by operation |
//! | [`Usage`], [`UsageCount`], [`CallOutcome`] | [`Client::usage`](crate::Client::usage): the billed calls by day, operation, table and outcome |
//! | [`BillingPeriod`], [`Forecast`] | how many calls a billing period will have, and what those beyond a quota cost |
//! | [`CallRecord`], [`Operation`], [`HttpErrorKind`] | [`ClientBuilder::on_call`](crate::ClientBuilder::on_call) |
//!
//! Spans and events of `tracing` are described in the crate's [documentation](crate#logging-and-tracing).

mod forecast;

pub use caspio_core::http_client::HttpErrorKind;
pub use caspio_core::transport::CallRecord;
pub use caspio_core::{CallOutcome, MeterSnapshot, Operation, OperationCount, Usage, UsageCount};
pub use forecast::{BillingPeriod, Forecast};
