//! Exports that survive being killed at any moment.
//!
//! ```text
//! pages -> writer thread -> sink -> out.csv.part     (data, flushed to disk first)
//!                             \-> out.csv.resume   (then: how much of it counts, and where to go on)
//!                                    at the end: out.csv.part becomes out.csv in one step
//! ```
//!
//! Whatever was written after the last entry of the resume file is cut off when the export goes on,
//! so the bytes are those of an export that was never stopped.

#[cfg(feature = "parquet")]
mod groups;
mod job;
mod sink;
mod state;
mod text;
mod writer;

pub(crate) use job::{Job, run};
pub(crate) use state::{FileFormat, Request};
