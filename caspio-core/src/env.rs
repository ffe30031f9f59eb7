//! Settings from environment variables: `CASPIO_ACCOUNT`, `CASPIO_CLIENT_ID`, `CASPIO_CLIENT_SECRET`.

use std::ffi::OsString;

use crate::{Account, ClientCredentials, Error, ErrorKind, Result};

/// The variable that names the account.
pub const ACCOUNT: &str = "CASPIO_ACCOUNT";
/// The variable that holds the API profile's client id.
pub const CLIENT_ID: &str = "CASPIO_CLIENT_ID";
/// The variable that holds the API profile's client secret.
pub const CLIENT_SECRET: &str = "CASPIO_CLIENT_SECRET";

/// An account and the credentials of one of its API profiles.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The account.
    pub account: Account,
    /// The API profile's client id and secret.
    pub credentials: ClientCredentials,
}

impl Settings {
    /// Puts the two together.
    #[must_use]
    pub fn new(account: Account, credentials: ClientCredentials) -> Self {
        Self {
            account,
            credentials,
        }
    }

    /// Reads `CASPIO_ACCOUNT`, `CASPIO_CLIENT_ID` and `CASPIO_CLIENT_SECRET`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] naming the first variable that is missing, empty, or not valid.
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name: &str| std::env::var_os(name))
    }

    /// Like [`from_env`](Self::from_env), with the variables looked up by a function.
    ///
    /// ```
    /// use caspio_core::Settings;
    ///
    /// let settings = Settings::from_lookup(|name| match name {
    ///     "CASPIO_ACCOUNT" => Some("b3poa"),
    ///     "CASPIO_CLIENT_ID" => Some("id"),
    ///     "CASPIO_CLIENT_SECRET" => Some("secret"),
    ///     _ => None,
    /// })?;
    /// assert_eq!(settings.account.label(), Some("b3poa"));
    /// # Ok::<(), caspio_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_lookup<V: Into<OsString>>(lookup: impl Fn(&str) -> Option<V>) -> Result<Self> {
        Ok(Self::new(
            Account::from_lookup(&lookup)?,
            ClientCredentials::from_lookup(&lookup)?,
        ))
    }
}

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
