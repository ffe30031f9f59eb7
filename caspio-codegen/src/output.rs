//! The generated files, and the report of the changes in each.

use crate::error::Error;
use caspio_support::file::{Access, Temporary, create};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Generated files, by their path in the folder.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Output {
    /// The whole text of every file, including those that do not change.
    pub files: BTreeMap<PathBuf, String>,
    /// The changes to them.
    pub report: Report,
}

/// The files that were changed, or would be.
///
/// It is displayed as a line for each file with the reasons below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The files that are new or changed, sorted by path.
    pub changes: Vec<Change>,
    /// Findings that need attention and change no file.
    pub notes: Vec<String>,
}

/// The change to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The file's path in the folder.
    pub path: PathBuf,
    /// Whether the file is new.
    pub new: bool,
    /// The reasons: `column Email is new`.
    pub reasons: Vec<String>,
}

impl Report {
    /// Returns whether every file is up to date.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.changes.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            let kind = if change.new { "new" } else { "changed" };
            writeln!(f, "{}: {kind}", change.path.display())?;
            for reason in &change.reasons {
                writeln!(f, "    {reason}")?;
            }
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

impl Output {
    /// Writes the files that are new or changed. The old files are replaced only when every new one is on the disk.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), Error> {
        if self.report.changes.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(dir).map_err(|e| Error::io("create the folder", dir, e))?;
        let mut written = Vec::new();
        for change in &self.report.changes {
            let Some(text) = self.files.get(&change.path) else {
                continue;
            };
            let path = dir.join(&change.path);
            let temporary = write_temporary(&path, text);
            written.push((
                temporary.map_err(|e| Error::io("write this file", &path, e))?,
                path,
            ));
        }
        for (temporary, path) in written {
            temporary
                .rename()
                .map_err(|e| Error::io("write this file", &path, e))?;
        }
        Ok(())
    }
}

/// Writes a text next to a file, to replace it.
fn write_temporary(path: &Path, text: &str) -> io::Result<Temporary> {
    let (mut file, temporary) = create(path, Access::Default)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(temporary)
}

/// Replaces a file in one step.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Error> {
    write_temporary(path, text)
        .and_then(Temporary::rename)
        .map_err(|e| Error::io("write this file", path, e))
}

/// Reads the Rust files of a folder; none if the folder does not exist.
pub(crate) fn read_folder(dir: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut files = BTreeMap::new();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        Err(error) => return Err(Error::io("read this folder", dir, error)),
    };
    for entry in entries {
        let path = entry
            .map_err(|e| Error::io("read this folder", dir, e))?
            .path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let Some(name) = path.file_name().filter(|_| is_rust && path.is_file()) else {
            continue;
        };
        let text = fs::read_to_string(&path);
        let text = text.map_err(|e| Error::io("read this file", &path, e))?;
        files.insert(PathBuf::from(name), text);
    }
    Ok(files)
}
