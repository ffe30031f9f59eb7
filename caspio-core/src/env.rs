//! The environment variables `CASPIO_ACCOUNT`, `CASPIO_CLIENT_ID` and `CASPIO_CLIENT_SECRET`.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use std::ffi::OsString;

/// The variable that contains the account's host label.
pub const ACCOUNT: &str = "CASPIO_ACCOUNT";
/// The variable that contains the client id of the API profile.
pub const CLIENT_ID: &str = "CASPIO_CLIENT_ID";
/// The variable that contains the client secret of the API profile.
pub const CLIENT_SECRET: &str = "CASPIO_CLIENT_SECRET";

/// Returns the value of a variable, with leading and trailing whitespace removed.
///
/// # Errors
///
/// [`ErrorKind::Config`] if the variable is not set, empty, or not Unicode. The error never shows the
/// value.
pub fn variable<V: Into<OsString>>(
    lookup: &impl Fn(&str) -> Option<V>,
    name: &str,
) -> Result<String> {
    let Some(value) = lookup(name) else {
        return Err(config(name, "is not set"));
    };
    let value: OsString = value.into();
    let text = value
        .into_string()
        .map_err(|_| config(name, "is not valid Unicode"))?;
    match text.trim() {
        "" => Err(config(name, "is set but empty")),
        trimmed => Ok(trimmed.to_owned()),
    }
}

fn config(name: &str, problem: &str) -> Error {
    Error::new(
        ErrorKind::Config,
        format!("environment variable {name} {problem}"),
    )
    .with_hint(remedy(name))
}

fn remedy(name: &str) -> String {
    match name {
        ACCOUNT => format!("set {name} to the account's host label, e.g. b3poa"),
        CLIENT_ID => format!("set {name} to the client id of the account's API profile"),
        CLIENT_SECRET => format!("set {name} to the client secret of the account's API profile"),
        _ => format!("set {name}"),
    }
}
