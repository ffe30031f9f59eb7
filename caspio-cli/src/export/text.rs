//! Exports to CSV and JSONL, whose part file is the beginning of the requested file.

use super::sink::Sink;
use super::state::{Paths, State};
use crate::error::CliError;
use crate::format::{Lines, Style};
use crate::row::Row;
use caspio_support::hash::Fnv64;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many bytes are buffered before they are written to the file.
const BUFFER: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct TextSink {
    part: File,
    path: PathBuf,
    lines: Lines,
    buffer: Vec<u8>,
    /// The number of bytes in the file.
    length: u64,
    hash: Fnv64,
}

impl TextSink {
    pub(super) fn new(
        style: Style,
        part: File,
        state: &State,
        paths: &Paths,
    ) -> Result<Self, CliError> {
        let names = state.columns.iter().map(|column| column.name.clone());
        let lines = Lines::new(style, names.collect());
        let buffer = match state.length {
            0 => lines.header(),
            _ => Vec::with_capacity(BUFFER),
        };
        Ok(Self {
            part,
            path: paths.part.clone(),
            lines,
            buffer,
            length: state.length,
            hash: Fnv64::after(state.hash),
        })
    }

    fn flush(&mut self) -> Result<(), CliError> {
        self.part
            .write_all(&self.buffer)
            .and_then(|()| self.hash.write_all(&self.buffer))
            .map_err(|error| CliError::file("write", &self.path, &error))?;
        self.length += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Sink for TextSink {
    fn write(&mut self, row: &Row<'_>) -> Result<(), CliError> {
        self.lines.record(&mut self.buffer, row)?;
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        false
    }

    fn may_commit(&self) -> bool {
        true
    }

    fn commit(&mut self, state: &mut State) -> Result<(), CliError> {
        self.flush()?;
        self.part
            .sync_data()
            .map_err(|error| CliError::file("write", &self.path, &error))?;
        state.length = self.length;
        state.hash = self.hash.value();
        Ok(())
    }

    fn finish(self: Box<Self>, _: &State, paths: &Paths) -> Result<(), CliError> {
        keep_permissions(&paths.target, &paths.part)
            .and_then(|()| fs::rename(&paths.part, &paths.target))
            .map_err(|error| CliError::file("write", &paths.target, &error))
    }
}

/// Gives a new file the permissions of the one that it replaces: a private file stays private.
pub(super) fn keep_permissions(old: &Path, new: &Path) -> io::Result<()> {
    match fs::metadata(old) {
        Ok(old) => fs::set_permissions(new, old.permissions()),
        Err(_) => Ok(()),
    }
}
