//! The interface that records are written to.

use super::state::{Paths, State};
use crate::error::CliError;
use crate::row::Row;

/// Writes records to a file.
pub(super) trait Sink: Send {
    fn write(&mut self, row: &Row<'_>) -> Result<(), CliError>;

    /// Returns whether the records so far must be committed before the next one.
    fn is_full(&self) -> bool;

    /// Returns whether the records so far can be committed without changing the bytes of the file.
    fn may_commit(&self) -> bool;

    /// Flushes the records so far to the disk, and records in `state` how much of the part file is complete.
    fn commit(&mut self, state: &mut State) -> Result<(), CliError>;

    /// Turns the part file, which contains every record, into the requested file.
    fn finish(self: Box<Self>, state: &State, paths: &Paths) -> Result<(), CliError>;
}
