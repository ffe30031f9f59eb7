//! Replaces a file as a whole.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Who may read the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everybody the system's defaults allow.
    Default,
    /// Only its owner (`0600`), from the moment the file exists. Without effect outside Unix.
    Private,
}

/// Replaces a file with this content in one step: readers see the old content or the new one, and a
/// failure leaves the old one.
///
/// It writes a [draft](Draft) and renames it. Blocks.
///
/// # Errors
///
/// What writing or renaming reports; the draft is removed then.
pub fn replace(path: &Path, content: &[u8], mode: Mode) -> io::Result<()> {
    let mut draft = Draft::create(path, mode)?;
    draft.file().write_all(content)?;
    draft.commit()
}

/// A temporary file in the same folder that takes a file's place when it is complete, and is removed when
/// it is dropped before.
///
/// It lives in the same folder, because a rename replaces a file in one step only within one file system.
#[derive(Debug)]
pub struct Draft {
    file: File,
    path: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl Draft {
    /// Creates the temporary file for a target.
    ///
    /// # Errors
    ///
    /// What creating it reports; `InvalidInput` for a path without a file name.
    pub fn create(target: &Path, mode: Mode) -> io::Result<Self> {
        let path = temp_path(target)?;
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        let file = restrict(&mut options, mode).open(&path)?;
        Ok(Self {
            file,
            path,
            target: target.to_owned(),
            committed: false,
        })
    }

    /// The temporary file, to be written.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Flushes the content to the disk and gives the file the target's name.
    ///
    /// # Errors
    ///
    /// What syncing or renaming reports; the draft is removed then.
    pub fn commit(mut self) -> io::Result<()> {
        // Without this a crash soon after the rename could leave an empty file under the target's name.
        self.file.sync_all()?;
        std::fs::rename(&self.path, &self.target)?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.committed {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Sets who may read a file that these options create.
pub(crate) fn restrict(options: &mut OpenOptions, mode: Mode) -> &mut OpenOptions {
    #[cfg(unix)]
    if mode == Mode::Private {
        std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = mode;
    options
}

/// A name in the target's folder that no other process or thread uses.
fn temp_path(target: &Path) -> io::Result<PathBuf> {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let mut draft = OsString::from(name);
    draft.push(format!(".{}-{number}.tmp", std::process::id()));
    Ok(target.with_file_name(draft))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_replaced_and_the_draft_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");

        replace(&path, b"one", Mode::Default).expect("written");
        replace(&path, b"two", Mode::Private).expect("replaced");

        assert_eq!(std::fs::read(&path).expect("a file"), b"two");
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 1);
    }

    #[test]
    fn dropped_draft_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        replace(&path, b"old", Mode::Default).expect("written");

        let mut draft = Draft::create(&path, Mode::Default).expect("a draft");
        draft.file().write_all(b"half").expect("written");
        drop(draft);

        assert_eq!(std::fs::read(&path).expect("a file"), b"old");
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 1);
    }
}
