//! Where the program keeps things on this machine.

use crate::error::{CliError, ExitCode};
use caspio_support::file::{Access, replace};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of profiles: `$CASPIO_CONFIG_DIR`, else `caspio` in the user's folder for settings.
pub(crate) fn config() -> Result<PathBuf, CliError> {
    folder("CASPIO_CONFIG_DIR", "XDG_CONFIG_HOME", ".config")
}

/// The folder of tokens and of the count of calls: `$CASPIO_STATE_DIR`, else `caspio` in the user's
/// folder for programs' state.
pub(crate) fn state() -> Result<PathBuf, CliError> {
    folder("CASPIO_STATE_DIR", "XDG_STATE_HOME", ".local/state")
}

fn folder(own: &str, shared: &str, below_home: &str) -> Result<PathBuf, CliError> {
    let variable = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    variable(own)
        .or_else(|| variable(shared).map(|folder| folder.join("caspio")))
        .or_else(|| variable("HOME").map(|home| home.join(below_home).join("caspio")))
        .or_else(|| variable("LOCALAPPDATA").map(|folder| folder.join("caspio")))
        .ok_or_else(|| {
            CliError::new(
                ExitCode::Usage,
                "no folder to keep settings in: HOME is not set",
            )
            .with_hint(format!("set {own}"))
        })
}

/// Makes a folder that only its owner may look into.
pub(crate) fn make_private(folder: &Path) -> Result<(), CliError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| CliError::file("make", folder, &error))
}

/// Replaces a file in one step, for its owner alone.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        make_private(folder)?;
    }
    replace(path, content, Access::OwnerOnly).map_err(|error| CliError::file("write", path, &error))
}

/// The path with more at its end.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
