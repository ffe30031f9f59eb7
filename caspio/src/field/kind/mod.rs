//! The kinds of columns, as marker types.
//!
//! [`FieldType::Kind`](super::FieldType::Kind) names one of them, which decides the comparisons that a column of that
//! type offers.

mod accepts;
mod classes;

pub use accepts::{Accepts, ToNull};
pub use classes::{
    AnyKind, Comparable, Logical, Numeric, Ordered, Readable, Sortable, Temporal, Textual,
};

/// Text of any length, and what reads as text: Random ID, Prefixed Autonumber, File.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

/// Whole numbers: Integer, Autonumber, `PK_ID` of a table.
#[derive(Clone, Copy, Debug)]
pub enum Integer {}

/// Numbers with a fraction, inexact: Number.
#[derive(Clone, Copy, Debug)]
pub enum Number {}

/// Exact decimals: Currency.
#[derive(Clone, Copy, Debug)]
pub enum Currency {}

/// Date/Time and Timestamp, wall-clock time without a zone.
#[derive(Clone, Copy, Debug)]
pub enum DateTime {}

/// Yes/No.
#[derive(Clone, Copy, Debug)]
pub enum YesNo {}

/// GUID.
#[derive(Clone, Copy, Debug)]
pub enum Guid {}

/// The three list types. Caspio cannot compare them.
#[derive(Clone, Copy, Debug)]
pub enum List {}

/// Password, which is written and never read.
#[derive(Clone, Copy, Debug)]
pub enum Password {}

/// A type that functions of the program convert, see `#[caspio(with = "...")]`.
#[derive(Clone, Copy, Debug)]
pub enum Opaque {}
