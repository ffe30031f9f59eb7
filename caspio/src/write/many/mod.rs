//! Writing many records in few calls.

mod chunk;
mod compare;
mod delete;
mod doubt;
mod handle;
mod insert;
mod line;
mod look;
mod report;
mod route;
mod rows;
mod sender;
mod state;
mod sync;
mod sync_report;
mod update;
mod update_report;

pub use delete::{DeleteMany, DeleteReport};
pub use insert::{InsertMany, Outcomes};
pub use report::{InsertReport, Outcome};
pub use rows::IntoRow;
pub use sync::SyncMany;
pub use sync_report::{SyncFailure, SyncReport};
pub use update::UpdateMany;
pub use update_report::UpdateReport;
