//! Imports: a file's rows into a table, with every row that does not get there in a file of its own.
//!
//! ```text
//! csv, lines, parquet -> input (rows as they stand) -> plan (columns) -> convert (values)
//!                          \-> job or sync -> Caspio
//!                                \-> refused (rows as they stand, each with its line and a reason)
//! ```

mod convert;
mod csv;
mod feed;
mod input;
mod job;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod plan;
mod refused;
mod summary;
mod sync;

pub(crate) use job::{Job, run};
pub(crate) use summary::Summary;
