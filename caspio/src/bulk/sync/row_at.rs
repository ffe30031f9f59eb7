//! The row that an error of a sync is about.

use std::fmt;

/// The source of an error that is about a row, by the row's index: a program that read the rows from a file finds its
/// line.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct RowAt(pub usize);

impl fmt::Display for RowAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.0)
    }
}

impl std::error::Error for RowAt {}
