//! Opens the file that becomes the file of refused rows, for one import at a time.

use crate::error::CliError;
use caspio_support::file::{Access, restrict};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// How often a file that was renamed between opening and locking it is opened again.
const ATTEMPTS: u32 = 5;

/// Opens and locks the part file of the refused rows.
pub(super) fn open(part: &Path, target: &Path) -> Result<File, CliError> {
    let file = lock(part).map_err(|error| {
        CliError::file("write", part, &error)
            .with_hint("choose another file of refused rows with --refused")
    })?;
    file.ok_or_else(|| {
        CliError::usage(format!("another import is writing {}", target.display()))
            .with_hint("wait for it, or choose another file of refused rows with --refused")
    })
}

/// Opens and locks a file that only its owner can read, because it may contain passwords. It is created if it does not
/// exist. `None` if another process has locked it.
pub(super) fn lock(path: &Path) -> io::Result<Option<File>> {
    for _ in 0..ATTEMPTS {
        let file = open_private(path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // Some file systems do not support locks.
            Ok(()) | Err(TryLockError::Error(_)) if is_still(path, &file) => return Ok(Some(file)),
            // Another import renamed it meanwhile.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
    }
    Err(io::Error::other("other imports keep renaming it"))
}

fn open_private(part: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    restrict(&mut options, Access::OwnerOnly);
    let file = options.open(part)?;
    #[cfg(unix)]
    {
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

/// Returns whether two paths lead to the same file: by links, or in another spelling.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path| fs::metadata(path).map(|of| (of.dev(), of.ino())).ok();
        if identity(one).is_some() && identity(one) == identity(other) {
            return true;
        }
    }
    let canonical = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    canonical(one) == canonical(other)
}
