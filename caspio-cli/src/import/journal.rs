//! The journal of an import: which rows may have been sent and which were answered, so that the same command resumes it
//! after a kill.

use super::progress::Progress;
use super::subject::Subject;
use crate::error::CliError;
use crate::folders::with_suffix;
use caspio_support::file::{Access, restrict};
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Appends the progress of one import to its journal.
#[derive(Clone, Debug)]
pub(crate) struct Journal(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: File,
    /// The number of bytes of complete lines.
    length: u64,
    progress: Progress,
    /// How many rows were handed to the SDK, which may send them.
    taken: u64,
    /// The file of refused rows, and how many of its bytes are on the disk.
    refused: File,
    refused_on_disk: u64,
    failure: Option<io::Error>,
}

impl Journal {
    /// Starts a journal, which begins with an earlier progress. `base` is an earlier one without refused rows: the
    /// import is resumed there if the file of refused rows is lost.
    pub(super) fn create(
        path: PathBuf,
        subject: &Subject,
        base: Option<Progress>,
        progress: Progress,
        refused: File,
    ) -> Result<Self, CliError> {
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        restrict(&mut options, Access::OwnerOnly);
        // A kill between the two leaves the old journal or the new one.
        let temporary = with_suffix(&path, ".tmp");
        let create = || {
            refused.sync_data()?;
            let _ = fs::remove_file(&temporary);
            let mut file = options.open(&temporary)?;
            let mut lines = line(subject)?;
            for progress in base.iter().chain([&progress]) {
                lines.extend(line(progress)?);
            }
            file.write_all(&lines)?;
            file.sync_data()?;
            fs::rename(&temporary, &path)?;
            Ok((file, lines.len() as u64))
        };
        let created = create().inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        });
        let (file, length) = created.map_err(|error| CliError::file("write", &path, &error))?;
        Ok(Self(Arc::new(Mutex::new(Inner {
            path,
            file,
            length,
            progress,
            taken: progress.sent,
            refused,
            refused_on_disk: progress.refused_bytes,
            failure: None,
        }))))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records how many rows of the file were handed to the SDK.
    pub(super) fn taken(&self, rows: u64) {
        self.lock().taken = rows;
    }

    /// Records, before each attempt of a call, that all rows that were handed out may be sent. Returns whether that is
    /// on the disk.
    pub(super) fn before_write(&self) -> bool {
        let mut inner = self.lock();
        let progress = inner.progress.sending(inner.taken);
        inner.write(progress, true);
        inner.failure.is_none()
    }

    /// Records which rows were answered. What is known about the calls is kept.
    pub(super) fn answered(&self, progress: Progress) {
        let mut inner = self.lock();
        let progress = inner.with_calls(progress);
        if progress != inner.progress {
            inner.write(progress, false);
        }
    }

    /// Returns the error of the first record that could not be written.
    pub(super) fn failure(&self) -> Option<CliError> {
        let mut inner = self.lock();
        let failure = inner.failure.take()?;
        Some(CliError::file("write", &inner.path, &failure))
    }

    /// Records the end of a run, after which no row is on its way.
    pub(super) fn finish(&self, progress: Progress) {
        let mut inner = self.lock();
        let progress = Progress {
            sent_at: inner.progress.sent_at,
            ..progress
        };
        inner.write(progress, true);
    }

    /// Records that the file of refused rows has its final name.
    pub(super) fn named(&self) {
        let mut inner = self.lock();
        let progress = Progress {
            is_named: true,
            ..inner.progress
        };
        inner.write(progress, true);
    }

    /// Removes the journal of a complete import, whose result was printed. Until then the same command, run after a
    /// kill, prints the result again instead of inserting the rows again.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.lock().path);
    }
}

impl Inner {
    fn with_calls(&self, progress: Progress) -> Progress {
        Progress {
            sent: self.progress.sent.max(progress.answered),
            sent_at: self.progress.sent_at,
            ..progress
        }
    }

    fn write(&mut self, progress: Progress, sync: bool) {
        match self.append(&progress, sync) {
            Ok(()) => self.progress = progress,
            Err(error) => self.failure = self.failure.take().or(Some(error)),
        }
    }

    fn append(&mut self, progress: &Progress, sync: bool) -> io::Result<()> {
        // The refused rows that the journal counts must be on the disk before it.
        if sync && self.refused_on_disk < progress.refused_bytes {
            self.refused.sync_data()?;
            self.refused_on_disk = progress.refused_bytes;
        }
        let line = line(progress)?;
        if let Err(error) = self.file.write_all(&line) {
            // A part of a line must not precede the next one.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += line.len() as u64;
        if sync { self.file.sync_data() } else { Ok(()) }
    }
}

fn line(of: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(of)?;
    line.push(b'\n');
    Ok(line)
}
