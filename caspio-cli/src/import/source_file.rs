//! The file that is imported. Standard input and pipes are copied to a file first.
//!
//! A pipe can be read only once, a copy more than once. A copy also makes an import from a pipe resumable: the same
//! input, piped to the same command again, is recognized.

use super::encoding::{Encoding, decoded, is_utf_8};
use super::stop::interrupted;
use super::unchanged::{Stamp, Unchanged};
use crate::error::CliError;
use crate::interrupt::Interrupts;
use caspio_support::file::{Access, Temporary, create, leftovers};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::sync::oneshot;

/// What standard input is called in messages, and in the names of files that belong to its import.
pub(super) const STDIN: &str = "stdin";

/// How old the copy of a killed process is at least. Only Unix systems lock a copy while it is used; on others it may
/// be used for this long.
const LEFT_FOR: Duration = match cfg!(unix) {
    true => Duration::from_secs(2),
    false => Duration::from_secs(24 * 3600),
};

/// A file to read.
#[derive(Debug)]
pub(crate) struct Input {
    path: PathBuf,
    /// The name for messages, and for the names of other files.
    name: PathBuf,
    /// The copy of a pipe, which is removed at the end.
    copy: Option<PipeCopy>,
    stamp: Stamp,
}

/// The copy of a pipe, which is locked until it is removed.
#[derive(Debug)]
struct PipeCopy {
    _temporary: Temporary,
    _locked: Option<File>,
}

/// What is copied before it is read.
#[derive(Clone, Debug)]
pub(crate) enum Pipe {
    StandardInput,
    /// A named pipe, or the descriptor of one.
    Named(PathBuf),
}

impl Pipe {
    /// Returns the pipe at a path; `None` for a file, a directory and a path where nothing is.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        let kind = fs::metadata(path).ok()?.file_type();
        let is_pipe = !kind.is_file() && !kind.is_dir();
        is_pipe.then(|| Self::Named(path.to_owned()))
    }

    /// Returns the name for messages, and for the names of other files. No file can be written next to a descriptor.
    pub(crate) fn name(&self) -> &Path {
        match self {
            Self::Named(path) if !path.starts_with("/dev") && !path.starts_with("/proc") => path,
            Self::Named(_) | Self::StandardInput => Path::new(STDIN),
        }
    }

    fn copy_to(&self, file: &mut File) -> io::Result<u64> {
        match self {
            Self::StandardInput => io::copy(&mut io::stdin().lock(), file),
            Self::Named(path) => io::copy(&mut File::open(path)?, file),
        }
    }
}

impl Input {
    pub(crate) fn file(path: PathBuf) -> Self {
        Self {
            name: path.clone(),
            path,
            copy: None,
            stamp: Stamp::default(),
        }
    }

    /// Copies a pipe to a file next to `beside`, which only its owner can read. Removes the copies that killed
    /// processes left there.
    ///
    /// # Errors
    ///
    /// It cannot be read or copied, or a stop signal arrives before its end.
    pub(crate) async fn copied(
        pipe: Pipe,
        beside: &Path,
        interrupts: &mut Interrupts,
    ) -> Result<Self, CliError> {
        let name = pipe.name().to_owned();
        let failed = |error: &io::Error| CliError::file("copy", &name, error);
        let (mut file, copy) = create(beside, Access::OwnerOnly).map_err(|error| {
            CliError::file("copy the input next to", beside, &error)
                .with_hint("choose another file of refused rows with --refused")
        })?;
        let locked = locked(&file);
        remove_leftovers(beside);
        let (sender, copied) = oneshot::channel();
        // A separate thread: after a signal, nothing waits for a read that may never end.
        std::thread::spawn(move || {
            let _ = sender.send(pipe.copy_to(&mut file));
        });
        tokio::select! {
            copied = copied => copied.map_err(io::Error::other).flatten().map_err(|error| failed(&error))?,
            () = interrupts.next() => {
                return Err(interrupted().with_hint("nothing was written to the table"));
            }
        };
        Ok(Self {
            path: copy.path().to_owned(),
            name,
            copy: Some(PipeCopy {
                _temporary: copy,
                _locked: locked,
            }),
            stamp: Stamp::default(),
        })
    }

    /// Returns where the content is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name for messages, and for the names of other files.
    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    /// Returns whether it is the copy of a pipe.
    pub(super) fn is_copy(&self) -> bool {
        self.copy.is_some()
    }

    /// Opens the file, which fails if it was changed since it was first opened.
    pub(super) fn open(&self) -> Result<Unchanged, CliError> {
        let open = || {
            let file = File::open(&self.path)?;
            self.stamp.check(&file)?;
            let stamp = self.stamp.clone();
            Ok(Unchanged { file, stamp })
        };
        open().map_err(|error| self.failed(&error))
    }

    /// Opens a file of text, which is read as UTF-8.
    pub(super) fn text(&self, encoding: Encoding) -> Result<Box<dyn BufRead + Send>, CliError> {
        let file = BufReader::with_capacity(256 * 1024, self.open()?);
        decoded(file, encoding).map_err(|error| self.failed(&error))
    }

    /// Returns the encoding of a file of refused rows. This program writes them as UTF-8; another one may have saved it
    /// in the encoding that was chosen.
    pub(super) fn refused_encoding(&self, chosen: Encoding) -> Result<Encoding, CliError> {
        if chosen == Encoding::Utf8 {
            return Ok(chosen);
        }
        let is_utf_8 =
            is_utf_8(BufReader::new(self.open()?)).map_err(|error| self.failed(&error))?;
        Ok(if is_utf_8 { Encoding::Utf8 } else { chosen })
    }

    /// Returns whether the last line has a line end. A program that died may have left a pipe in the middle of a row.
    pub(super) fn ends_with_line_end(&self) -> Result<bool, CliError> {
        let mut file = self.open()?.file;
        let mut end = Vec::new();
        let length = file.metadata().map(|file| file.len());
        length
            .and_then(|length| file.seek(SeekFrom::Start(length.saturating_sub(2))))
            .and_then(|_| file.read_to_end(&mut end))
            .map_err(|error| self.failed(&error))?;
        // In UTF-16 it has two bytes.
        Ok(matches!(&end[..], [] | [.., b'\n'] | [b'\n', 0]))
    }

    /// Returns when the file was last written, which is the age of the rows in a file of refused rows. Those of a pipe
    /// may have been sent just now.
    pub(super) fn written(&self) -> Option<SystemTime> {
        if self.is_copy() {
            return Some(SystemTime::now());
        }
        fs::metadata(&self.path).ok()?.modified().ok()
    }

    pub(super) fn failed(&self, error: &io::Error) -> CliError {
        CliError::file("read", self.name(), error)
    }
}

/// Removes the copies next to `beside` that killed processes left.
fn remove_leftovers(beside: &Path) {
    for left in leftovers(beside, LEFT_FOR) {
        if !is_locked(&left) {
            let _ = fs::remove_file(left);
        }
    }
}

/// Locks a copy, so that no other import takes it for one that a killed process left. Windows would refuse to read it.
fn locked(copy: &File) -> Option<File> {
    let copy = copy.try_clone().ok().filter(|_| cfg!(unix))?;
    copy.try_lock().ok()?;
    Some(copy)
}

/// Returns whether another process uses a copy, as far as the system shows it.
fn is_locked(copy: &Path) -> bool {
    cfg!(unix) && File::open(copy).is_ok_and(|copy| copy.try_lock().is_err())
}
