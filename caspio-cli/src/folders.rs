//! The folders and files that the program keeps on this machine.

use crate::error::{CliError, ExitCode};
use caspio_support::file::{Access, replace};
use etcetera::base_strategy::{BaseStrategy, choose_base_strategy};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the folder of profiles: `$CASPIO_CONFIG_DIR`, or `caspio` in the user's folder for settings.
pub(crate) fn config() -> Result<PathBuf, CliError> {
    folder("CASPIO_CONFIG_DIR", |base| base.config_dir())
}

/// Returns the folder of tokens and of the call counts: `$CASPIO_STATE_DIR`, or `caspio` in the user's folder
/// for the state of programs.
pub(crate) fn state() -> Result<PathBuf, CliError> {
    // Windows has no folder for state; its folder for caches is not copied to other machines.
    folder("CASPIO_STATE_DIR", |base| {
        base.state_dir().unwrap_or_else(|| base.cache_dir())
    })
}

fn folder(
    variable: &str,
    default: impl Fn(&dyn BaseStrategy) -> PathBuf,
) -> Result<PathBuf, CliError> {
    if let Some(own) = std::env::var_os(variable).filter(|own| !own.is_empty()) {
        return Ok(own.into());
    }
    let base = choose_base_strategy().map_err(|_| {
        let message = "no folder to keep settings in: the home folder is unknown";
        CliError::new(ExitCode::Usage, message).with_hint(format!("set HOME or {variable}"))
    })?;
    Ok(default(&base).join("caspio"))
}

/// Creates a folder that only its owner can read.
pub(crate) fn make_private(folder: &Path) -> Result<(), CliError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| CliError::file("create", folder, &error))
}

/// Replaces a file atomically; only its owner can read it.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        make_private(folder)?;
    }
    replace(path, content, Access::OwnerOnly).map_err(|error| CliError::file("write", path, &error))
}

/// Appends a suffix to a path.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
