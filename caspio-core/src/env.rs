//! The environment variables `CASPIO_ACCOUNT`, `CASPIO_CLIENT_ID` and `CASPIO_CLIENT_SECRET`.

use std::ffi::OsString;

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};

/// The variable that names the account.
pub const ACCOUNT: &str = "CASPIO_ACCOUNT";
/// The variable that holds the API profile's client id.
pub const CLIENT_ID: &str = "CASPIO_CLIENT_ID";
/// The variable that holds the API profile's client secret.
pub const CLIENT_SECRET: &str = "CASPIO_CLIENT_SECRET";

/// One variable's text without blanks around it.
///
/// # Errors
///
/// [`ErrorKind::Config`]: not set, set but empty, or not Unicode. The value itself is never shown.
pub fn variable<V: Into<OsString>>(
    lookup: &impl Fn(&str) -> Option<V>,
    name: &str,
) -> Result<String> {
    let Some(value) = lookup(name) else {
        return Err(fault(name, "is not set"));
    };
    let value: OsString = value.into();
    let text = value
        .into_string()
        .map_err(|_| fault(name, "is not valid Unicode"))?;
    match text.trim() {
        "" => Err(fault(name, "is set but empty")),
        trimmed => Ok(trimmed.to_owned()),
    }
}

fn fault(name: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Config,
        format!("environment variable {name} {what}"),
    )
    .with_hint(meaning(name))
}

fn meaning(name: &str) -> String {
    match name {
        ACCOUNT => format!("set {name} to the account's host label, e.g. b3poa"),
        CLIENT_ID => format!("set {name} to the client id of the account's API profile"),
        CLIENT_SECRET => format!("set {name} to the client secret of the account's API profile"),
        _ => format!("set {name}"),
    }
}
