//! Writes of many records in few calls: inserts, updates, deletes and synchronization.
//!
//! Each of them is awaited and returns a [`BulkReport`]. See [`write`](mod@crate::write) for their calls.

mod batcher;
mod call_plan;
mod delete;
mod handle;
mod insert;
mod positions;
mod report;
mod rows;
mod sender;
mod stop;
mod sync;
mod typed_report;
mod update;

pub use delete::DeleteMany;
pub use insert::{InsertMany, Outcomes};
pub use report::{BulkFailure, BulkReport, Outcome};
#[doc(hidden)]
pub use rows::IntoRow;
pub use stop::StopSignal;
#[doc(hidden)]
pub use sync::RowAt;
pub use sync::{SyncCounts, SyncMany};
pub use update::UpdateMany;
