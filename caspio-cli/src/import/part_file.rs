//! Opens the file that becomes the file of refused rows, for one import at a time.

use crate::error::CliError;
use crate::locked_file::lock;
use caspio_support::file::Access;
use std::fs::{self, File};
use std::path::Path;

/// Opens and locks the part file of the refused rows.
pub(super) fn open(part: &Path, target: &Path) -> Result<File, CliError> {
    // It may contain passwords.
    let file = lock(part, Access::OwnerOnly).map_err(|error| {
        CliError::file("write", part, &error)
            .with_hint("choose another file of refused rows with --refused")
    })?;
    file.ok_or_else(|| {
        CliError::usage(format!("another import is writing {}", target.display()))
            .with_hint("wait for it; an import of another file can have another file of refused rows, with --refused")
    })
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
