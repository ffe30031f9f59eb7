//! What the journal of a stopped import holds, and where the import is resumed.

use super::progress::Progress;
use super::subject::Subject;
use crate::error::CliError;
use caspio_support::hash::Fnv64;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The maximum length of a journal's first line.
const MAX_SUBJECT: u64 = 1024 * 1024;

/// An import that was stopped.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) subject: Subject,
    /// What its journal recorded, each with the calls of the last record. There is at least one.
    all: Vec<Progress>,
}

/// Returns the table of the stopped import whose journal is at a path; `None` where no import has one.
pub(crate) fn table_of_journal(path: &Path) -> Result<Option<String>, CliError> {
    let subject = Stopped::subject(path)?;
    Ok(subject.map(|subject| subject.table().to_owned()))
}

/// Where the refused rows of a stopped import are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// At the start of the part file.
    Part,
    /// At the start of the file of refused rows. It may have more rows, which the journal does not count.
    Named,
    /// In the file of refused rows, with all changes that were made in it.
    Whole,
    /// There are none.
    Nothing,
}

impl Stopped {
    /// Reads the journal of a stopped import, if there is one.
    pub(super) fn load(path: &Path) -> Result<Option<Self>, CliError> {
        let failed = |error: &io::Error| CliError::file("read", path, error);
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let mut lines = text.split(|byte| *byte == b'\n');
        let subject: Option<Subject> = lines
            .next()
            .and_then(|line| serde_json::from_slice(line).ok());
        // A line that was cut off, by a kill or a full disk, was not acted on.
        let mut all: Vec<Progress> = lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect();
        match (subject, all.last().copied()) {
            (Some(subject), Some(last)) if subject.is_current() => {
                // Whatever is resumed, these rows may be in the table.
                for progress in &mut all {
                    (progress.sent, progress.sent_at) = (last.sent, last.sent_at);
                }
                Ok(Some(Self { subject, all }))
            }
            _ => Err(CliError::usage(format!(
                "{} is not a record of a stopped import of this version of the program, which may have inserted rows",
                path.display()
            ))
            .with_hint("find the first row of the file that the table does not have, and start there with --restart --from-line LINE")),
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

    /// Returns the line at which another import can start without sending a row again; `None` if rows may be in the
    /// table whose response is not known.
    pub(super) fn next_line(&self) -> Option<u64> {
        let last = self.all.last().filter(|last| last.sent == last.answered)?;
        (last.line > 1).then_some(last.line)
    }

    /// Returns the last progress without refused rows, which needs no file of them.
    pub(super) fn base(&self) -> Progress {
        let mut all = self.all.iter();
        match all.rfind(|progress| progress.refused == 0) {
            Some(base) => *base,
            // The first row that is read was refused: no row is known to be in the table.
            None => {
                let first = self.all.first().copied().unwrap_or_default();
                Progress {
                    from_line: first.from_line,
                    line: first.from_line.max(1),
                    sent: first.sent,
                    sent_at: first.sent_at,
                    ..Progress::default()
                }
            }
        }
    }

    /// Returns the last progress whose refused rows are there, and where they are. `part` is a part file that a run
    /// left.
    ///
    /// A part file may be lost, be shorter than the journal records (a file system may write the journal first), or
    /// have only some of the rows that a resumed run copied to it. Rows after the progress may be in the table.
    pub(super) fn resumption(
        &self,
        part: Option<&Path>,
        named: &Path,
    ) -> io::Result<(Progress, Kept)> {
        let last = self.all.last().copied().unwrap_or_default();
        if last.is_named && last.refused > 0 {
            // A part file is a copy that was not completed.
            return Ok(match named.is_file() {
                true => (last, Kept::Whole),
                false => (self.base(), Kept::Nothing),
            });
        }
        let in_named = self.found_in(named)?;
        let in_part = match part {
            Some(part) => self.found_in(part)?,
            None => None,
        };
        let best = in_part.max(in_named);
        Ok(match best {
            Some(at) if in_part == best => (self.all[at], Kept::Part),
            Some(at) => (self.all[at], Kept::Named),
            None => (self.base(), Kept::Nothing),
        })
    }

    /// Returns the position of the last progress whose refused rows a file begins with; `None` if it has none of them.
    fn found_in(&self, path: &Path) -> io::Result<Option<usize>> {
        let lengths = self.all.iter().map(|progress| progress.refused_bytes);
        let hashes = match File::open(path) {
            Ok(file) => hashes(file, lengths.collect())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(self.all.iter().rposition(|progress| {
            let hash = hashes.get(&progress.refused_bytes);
            progress.refused > 0 && hash == Some(&progress.refused_hash)
        }))
    }
}

/// Returns the hashes of the beginnings of a file with these lengths, as far as it is long enough.
fn hashes(file: File, lengths: BTreeSet<u64>) -> io::Result<BTreeMap<u64, u64>> {
    let mut file = BufReader::new(file);
    let (mut hash, mut read, mut hashes) = (Fnv64::default(), 0, BTreeMap::new());
    for length in lengths {
        read += io::copy(&mut file.by_ref().take(length - read), &mut hash)?;
        if read < length {
            break;
        }
        hashes.insert(length, hash.value());
    }
    Ok(hashes)
}
