//! The account and the credentials from the environment.

use std::ffi::OsString;

use crate::{Account, ClientCredentials, Result};

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
