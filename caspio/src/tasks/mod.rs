//! Data import and export tasks: finding them, running them, waiting for the end of a run.
//!
//! ```no_run
//! use caspio::prelude::*;
//!
//! # async fn example(caspio: Client) -> caspio::Result<()> {
//! for task in caspio.tasks().list().await? {
//!     println!("{:?}: {:?}", task.name, task.status);
//! }
//! let export = caspio.tasks().named("Nightly export").await?;
//! export.run_and_wait().await?;
//! # Ok(())
//! # }
//! ```
//!
//! A task is defined in Caspio; the API lists and runs tasks. Only v2 reports when a task has run and whether that
//! succeeded.

mod id;
mod info;
mod list;
mod progress;
mod run;
mod status;
mod task;
mod wait;

pub use id::TaskId;
pub use info::TaskInfo;
pub use list::Tasks;
pub use status::TaskStatus;
pub use task::Task;
pub use wait::TaskRun;
