//! Checks that a file does not change while it is imported: rows of the old and the new content would be mixed.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// The reason of the error of a read.
const CHANGED: &str = "the file was changed during the import";

/// The length of a file and the time of its last change, from when it was first opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamp(Arc<OnceLock<(u64, Option<SystemTime>)>>);

impl Stamp {
    /// Checks that a file is as it was at the first check.
    ///
    /// # Errors
    ///
    /// It was changed since.
    pub(super) fn check(&self, file: &File) -> io::Result<()> {
        let now = of(&file.metadata()?);
        match *self.0.get_or_init(|| now) == now {
            true => Ok(()),
            false => Err(io::Error::other(CHANGED)),
        }
    }

    /// Returns whether the error of an import is that of this check.
    pub(super) fn is_cause(message: &str) -> bool {
        message.contains(CHANGED)
    }
}

fn of(file: &Metadata) -> (u64, Option<SystemTime>) {
    (file.len(), file.modified().ok())
}

/// Reads a file, and fails when it was changed.
#[derive(Debug)]
pub(super) struct Unchanged {
    pub(super) file: File,
    pub(super) stamp: Stamp,
}

impl Read for Unchanged {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(out)?;
        // What was read is of the file as it was opened if it has not changed until now.
        self.stamp.check(&self.file)?;
        Ok(read)
    }
}
