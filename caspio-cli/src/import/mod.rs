//! Imports: a file's rows are written to a table, and refused rows to a reject file.
//!
//! ```text
//! csv, lines, parquet -> input (source rows) -> column_mapping (columns) -> convert (values)
//!                          \-> insert or sync -> Caspio
//!                                \-> reject_file (source rows with their line and the reason)
//! ```

mod cells;
mod column_mapping;
mod convert;
mod cost;
mod csv;
mod digits;
mod encoding;
mod input;
mod insert;
mod job;
mod journal;
mod lines;
mod lookup;
#[cfg(feature = "parquet")]
mod parquet;
mod part_file;
mod reject_file;
mod reject_row;
mod resumption;
mod row_feed;
mod source_file;
mod summary;
mod sync;
mod sync_journal;
mod values;

pub(crate) use cost::cost;
pub(crate) use encoding::Encoding;
pub(crate) use input::Reading;
pub(crate) use job::{Job, run};
pub(crate) use reject_file::reject_path;
pub(crate) use source_file::Input;
pub(crate) use summary::Summary;
pub(crate) use values::values;
