//! Exports that can be resumed after being killed at any moment.
//!
//! ```text
//! pages -> writer thread -> sink -> out.csv.part     (the data, flushed to disk first)
//!                             \-> out.csv.resume   (then: how much of it is complete, and where to resume)
//!                                    at the end out.csv.part is renamed to out.csv
//! ```
//!
//! A resumed export cuts off everything written after the last state in the resume file, so its bytes are
//! those of an export that was never stopped.

mod cost;
#[cfg(feature = "parquet")]
mod groups;
mod job;
mod sink;
mod sinks;
mod state;
mod stdout;
mod text;
mod writer;

pub(crate) use cost::{cost, pages};
pub(crate) use job::{Job, Outcome, run};
pub(crate) use state::{Compression, FileFormat, Request, is_standard};
pub(crate) use stdout::print;
