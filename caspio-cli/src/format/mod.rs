//! Output formats: CSV, JSON, tables for people, Parquet.

pub(crate) mod csv;
pub(crate) mod formula;
mod json;
mod lines;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
mod printer;
mod table;

pub(crate) use lines::{Lines, Style};
pub(crate) use printer::{Format, Printer};
pub(crate) use table::{Align, fitted, table};
