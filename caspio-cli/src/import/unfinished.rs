//! The import of a file into a table that runs or was stopped, recorded in the folder of state: another one of the same
//! rows, with another file of refused rows, would insert them again.

use super::part_file::is_same_file;
use super::stopped::Stopped;
use super::subject::Subject;
use crate::error::CliError;
use crate::folders::{make_private, state};
use crate::locked_file::lock;
use crate::output::message;
use caspio_support::file::Access;
use caspio_support::hash::fnv1a_64;
use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf, absolute};

/// The record of an import, which names its journal. It is removed when it is dropped, unless the journal still exists.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
    journal: PathBuf,
    _locked: File,
}

impl Unfinished {
    /// Records the import with this journal. `None` if the folder of state cannot be written: an import does not need
    /// one, but is told that another one of the same rows is not kept apart from it.
    ///
    /// # Errors
    ///
    /// Another import of the same rows is running, or was stopped and has another journal.
    pub(super) fn record(subject: &Subject, journal: &Path) -> Result<Option<Self>, CliError> {
        let (Ok(path), Ok(journal)) = (path(subject), absolute(journal)) else {
            not_recorded("there is no folder for it");
            return Ok(None);
        };
        let folder = path.parent().unwrap_or(&path);
        let locked = match make_private(folder) {
            Ok(()) => lock(&path, Access::OwnerOnly).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let locked = match locked {
            Ok(locked) => locked,
            Err(why) => {
                not_recorded(&format!("{}: {why}", folder.display()));
                return Ok(None);
            }
        };
        let Some(mut file) = locked else {
            let (of, table) = (subject.file(), subject.table());
            let message = format!("another import of {of} into {table} is running");
            return Err(CliError::usage(message)
                .with_hint("wait for it: two at once would insert each row twice"));
        };
        check(&mut file, subject, &journal)?;
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(&bytes_of(&journal)));
        Ok(written.is_ok().then_some(Self {
            path,
            journal,
            _locked: file,
        }))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.journal.exists() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Checks that no import of the same rows was stopped that has another journal.
fn check(file: &mut File, subject: &Subject, journal: &Path) -> Result<(), CliError> {
    let mut other = Vec::new();
    let is_read = file.read_to_end(&mut other).is_ok();
    let other = path_of(other);
    if !is_read || is_same_file(&other, journal) {
        return Ok(());
    }
    let stopped = Stopped::subject(&other)?;
    let Some(stopped) = stopped.filter(|stopped| stopped.rows() == subject.rows()) else {
        return Ok(());
    };
    let message = format!(
        "an import of {} into {} was stopped, and {} records how far it came",
        stopped.file(),
        stopped.table(),
        other.display()
    );
    Err(CliError::usage(message).with_hint(format!(
        "run that command again, with `--refused {}`, to resume it: another import would insert its rows again",
        other.with_extension("").display()
    )))
}

/// Warns that nothing keeps another import of the same rows from starting.
fn not_recorded(why: &str) {
    message(format_args!(
        "warning: the import cannot be recorded ({why}): do not start another one of these rows before it has ended"
    ));
}

/// Returns a path as bytes: the names of files need not be text.
fn bytes_of(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// The path of the record of an import.
fn path(subject: &Subject) -> Result<PathBuf, CliError> {
    let name = format!("{:016x}.import", fnv1a_64(subject.rows().bytes()));
    Ok(state()?.join("imports").join(name))
}
