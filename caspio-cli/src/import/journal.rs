//! The journal of an import: which rows may have been sent and which were answered, so that the same command resumes it
//! after a kill.

use super::source_file::Input;
use crate::error::CliError;
use caspio_support::file::{Access, restrict};
use caspio_support::hash::fnv1a_64;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The version of the journal's format.
const VERSION: u32 = 2;

/// The maximum length of a journal's first line.
const MAX_SUBJECT: u64 = 1024 * 1024;

/// The import that a journal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subject {
    version: u32,
    account: String,
    table: String,
    file: PathBuf,
    length: u64,
    hash: u64,
    /// The options that change what the rows are.
    options: String,
}

impl Subject {
    /// Returns the subject of an import of a file.
    pub(super) fn of(
        account: &str,
        table: &str,
        input: &Input,
        options: String,
    ) -> Result<Self, CliError> {
        let file = input.open()?;
        let read = || Ok((file.metadata()?.len(), hash_of(&file)?));
        let (length, hash) = read().map_err(|error| input.failed(&error))?;
        let file = match input.is_copy() {
            true => input.name().to_owned(),
            false => fs::canonicalize(input.path()).unwrap_or_else(|_| input.path().to_owned()),
        };
        Ok(Self {
            version: VERSION,
            account: account.to_owned(),
            table: table.to_owned(),
            file,
            length,
            hash,
            options,
        })
    }
}

/// Returns the hash of a whole file: rows that were exchanged anywhere in it would be lost and doubled.
fn hash_of(file: &File) -> io::Result<u64> {
    let mut failure = None;
    let bytes = BufReader::with_capacity(256 * 1024, file).bytes();
    let hash = fnv1a_64(bytes.map_while(|byte| byte.map_err(|error| failure = Some(error)).ok()));
    failure.map_or(Ok(hash), Err)
}

impl Subject {
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

/// How far an import came. Rows are counted from the start of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// How many rows at the start of the file were answered: inserted or refused.
    pub(super) answered: u64,
    /// The line of the first row that was not answered.
    pub(super) line: u64,
    /// How many rows at the start of the file may have been sent.
    pub(super) sent: u64,
    pub(super) inserted: u64,
    pub(super) already_there: u64,
    pub(super) refused: u64,
    pub(super) unresolved: u64,
    /// The bytes of the file of refused rows that belong to the answered rows.
    pub(super) refused_bytes: u64,
}

/// Appends the progress of one import to its journal.
#[derive(Clone, Debug)]
pub(crate) struct Journal(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: File,
    progress: Progress,
    /// How many rows were handed to the SDK, which may send them.
    taken: u64,
    failure: Option<io::Error>,
}

impl Journal {
    /// Starts a journal, which begins with an earlier progress.
    pub(super) fn create(
        path: PathBuf,
        subject: &Subject,
        progress: Progress,
    ) -> Result<Self, CliError> {
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        restrict(&mut options, Access::OwnerOnly);
        // A kill between the two leaves the old journal or the new one.
        let temporary = crate::folders::with_suffix(&path, ".tmp");
        let create = || {
            let _ = fs::remove_file(&temporary);
            let mut file = options.open(&temporary)?;
            file.write_all(&line(subject)?)?;
            file.write_all(&line(&progress)?)?;
            file.sync_data()?;
            fs::rename(&temporary, &path)?;
            Ok(file)
        };
        let file = create().map_err(|error| CliError::file("write", &path, &error))?;
        Ok(Self(Arc::new(Mutex::new(Inner {
            path,
            file,
            progress,
            taken: progress.sent,
            failure: None,
        }))))
    }

    /// Reads the journal of a stopped import, if there is one: its subject, and its progress where the part file of the
    /// file of refused rows has this length.
    pub(super) fn load(
        path: &Path,
        refused_bytes: u64,
    ) -> Result<Option<(Subject, Progress)>, CliError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::file("read", path, &error)),
        };
        let mut lines = text.lines();
        let subject = lines
            .next()
            .and_then(|line| serde_json::from_str(line).ok());
        // The last line may be cut off.
        let all: Vec<Progress> = lines
            .map_while(|line| serde_json::from_str(line).ok())
            .collect();
        let sent = all.last().map(|progress| progress.sent);
        let kept = all
            .iter()
            .rfind(|progress| progress.refused_bytes <= refused_bytes);
        match (subject, kept.copied(), sent) {
            (Some(subject), Some(progress), Some(sent)) => {
                Ok(Some((subject, Progress { sent, ..progress })))
            }
            _ => Err(CliError::usage(format!(
                "{} is damaged, or was written by another version of the program",
                path.display()
            ))
            .with_hint("--restart discards it, and imports every row again")),
        }
    }

    /// Returns the subject of the journal at a path; `None` where no import has one.
    pub(super) fn subject(path: &Path) -> Result<Option<Subject>, CliError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::file("read", path, &error)),
        };
        let mut first = Vec::new();
        BufReader::new(file.take(MAX_SUBJECT))
            .read_until(b'\n', &mut first)
            .map_err(|error| CliError::file("read", path, &error))?;
        // The file of an export's state has the same name.
        Ok(serde_json::from_slice(&first).ok())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records how many rows of the file were handed to the SDK.
    pub(super) fn taken(&self, rows: u64) {
        self.lock().taken = rows;
    }

    /// Records, before a call, that all rows that were handed out may be sent. Returns whether that is on the disk.
    pub(super) fn before_write(&self) -> bool {
        let mut inner = self.lock();
        let sent = inner.taken;
        if inner.progress.sent < sent {
            let progress = Progress {
                sent,
                ..inner.progress
            };
            inner.write(progress, true);
        }
        inner.failure.is_none()
    }

    /// Records which rows were answered. `sent` is kept.
    pub(super) fn answered(&self, progress: Progress) {
        let mut inner = self.lock();
        let sent = inner.progress.sent.max(progress.answered);
        let progress = Progress { sent, ..progress };
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
        self.lock().write(progress, true);
    }

    /// Removes the journal of a complete import, whose result was printed. Until then the same command, run after a kill,
    /// prints the result again instead of inserting the rows again.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.lock().path);
    }
}

impl Inner {
    fn write(&mut self, progress: Progress, sync: bool) {
        let written = line(&progress).and_then(|line| {
            self.file.write_all(&line)?;
            if sync { self.file.sync_data() } else { Ok(()) }
        });
        match written {
            Ok(()) => self.progress = progress,
            Err(error) => self.failure = self.failure.take().or(Some(error)),
        }
    }
}

fn line(of: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(of)?;
    line.push(b'\n');
    Ok(line)
}
