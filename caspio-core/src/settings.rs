//! The account and the credentials, read from the environment.

use crate::{Account, ClientCredentials, Result};
use std::ffi::OsString;

/// An account and the credentials of one of its API profiles.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The account.
    pub account: Account,
    /// The client id and the client secret of the API profile.
    pub credentials: ClientCredentials,
}

impl Settings {
    /// Combines an account and credentials.
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
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the first variable that is missing,
    /// empty or invalid.
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name: &str| std::env::var_os(name))
    }

    /// Like [`from_env`](Self::from_env), but reads the variables with a function.
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
