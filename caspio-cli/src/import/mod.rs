//! Imports: a file's rows into a table, with every row that does not get there in a file of its own.
//!
//! ```text
//! csv, lines, parquet -> input (rows as they stand) -> plan (columns) -> convert (values)
//!                          \-> job or sync -> Caspio
//!                                \-> refused (rows as they stand, each with its line and a reason)
//! ```

mod column_mapping;
mod convert;
mod csv;
mod input;
mod job;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod reject_file;
mod row_feed;
mod summary;
mod sync;

pub(crate) use job::{Job, run};
pub(crate) use summary::Summary;
