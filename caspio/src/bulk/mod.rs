//! Writes of many records in few calls: inserts, updates, deletes and synchronization.

pub(crate) mod batcher;
pub(crate) mod call_plan;
pub(crate) mod delete;
pub(crate) mod insert;
pub(crate) mod report;
pub(crate) mod rows;
pub(crate) mod sender;
pub(crate) mod sync;
pub(crate) mod update;
mod update_report;

pub use delete::{DeleteMany, DeleteReport};
pub use insert::{InsertMany, Outcomes};
pub use report::{InsertReport, Outcome};
#[doc(hidden)]
pub use rows::IntoRow;
pub use sync::{SyncFailure, SyncMany, SyncReport};
pub use update::UpdateMany;
pub use update_report::UpdateReport;
