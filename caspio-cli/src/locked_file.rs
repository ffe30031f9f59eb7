//! Opens a file that one process at a time may write, and that is renamed when it is complete.

use caspio_support::file::{Access, restrict};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// How many times a file that was renamed between opening and locking it is opened again.
const ATTEMPTS: u32 = 5;

/// Opens and locks a file, which is created if it does not exist. `None` if another process has locked it.
pub(crate) fn lock(path: &Path, access: Access) -> io::Result<Option<File>> {
    for _ in 0..ATTEMPTS {
        let file = open(path, access)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // Some file systems do not support locks.
            Ok(()) | Err(TryLockError::Error(_)) if is_still(path, &file) => return Ok(Some(file)),
            // Another process completed and renamed it in the meantime: this process would write into its result.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
    }
    Err(io::Error::other("other processes keep renaming it"))
}

fn open(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    restrict(&mut options, access);
    let file = options.open(path)?;
    #[cfg(unix)]
    if access == Access::OwnerOnly {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Returns whether a path still leads to an open file.
fn is_still(path: &Path, file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |of: fs::Metadata| (of.dev(), of.ino());
        let there = fs::metadata(path).map(identity).ok();
        there.is_some() && there == file.metadata().map(identity).ok()
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_renamed_is_not_at_its_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.part");
        let file = open(&path, Access::Default).expect("a file");
        assert!(is_still(&path, &file));

        fs::rename(&path, folder.path().join("a")).expect("renamed");
        assert!(!is_still(&path, &file));
        let _other = open(&path, Access::Default).expect("a new file");
        assert!(!is_still(&path, &file), "another file is there");
    }

    #[test]
    fn a_locked_file_is_not_opened_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.part");
        let first = lock(&path, Access::Default).expect("a file");
        assert!(first.is_some());
        assert!(lock(&path, Access::Default).expect("no error").is_none());
        drop(first);
        assert!(lock(&path, Access::Default).expect("a file").is_some());
    }
}
