//! The client id and the client secret.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result, env};
use secrecy::{ExposeSecret as _, SecretString};
use std::ffi::OsString;
use std::fmt;

/// The client id and the client secret of an API profile, or of any OAuth 2 client.
///
/// ```
/// use caspio_core::ClientCredentials;
///
/// let credentials = ClientCredentials::new("6f1e0c", "s3cret");
/// assert!(!format!("{credentials:?}").contains("s3cret"));
/// ```
#[derive(Clone)]
pub struct ClientCredentials {
    id: String,
    secret: SecretString,
    client_type: ClientType,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ClientType {
    Confidential,
    Public,
}

impl ClientCredentials {
    /// Creates credentials from an id and a secret.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            client_type: ClientType::Confidential,
        }
    }

    /// Creates credentials without a secret, for a public client such as a program on users' machines.
    pub fn public(id: impl Into<String>) -> Self {
        Self {
            client_type: ClientType::Public,
            ..Self::new(id, "")
        }
    }

    /// Reads `CASPIO_CLIENT_ID` and `CASPIO_CLIENT_SECRET`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] naming the first variable that is missing or empty.
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name: &str| std::env::var_os(name))
    }

    /// Like [`from_env`](Self::from_env), but reads the variables with a function.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_lookup<V: Into<OsString>>(lookup: impl Fn(&str) -> Option<V>) -> Result<Self> {
        let id = env::variable(&lookup, env::CLIENT_ID)?;
        let secret = env::variable(&lookup, env::CLIENT_SECRET)?;
        Ok(Self::new(id, secret))
    }

    /// Returns the client id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether the client has no secret.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.client_type == ClientType::Public
    }

    /// Returns the client secret; empty for a [public](Self::public) client.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Checks that both parts are present.
    pub(crate) fn check(&self) -> Result<()> {
        let missing = if self.id.trim().is_empty() {
            "the client id is empty"
        } else if !self.is_public() && self.secret.expose_secret().trim().is_empty() {
            "the client secret is empty"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Config, missing)
            .with_hint("both are displayed in the account's web services profile"))
    }
}

impl fmt::Debug for ClientCredentials {
    /// Shows the first characters of the id, to distinguish profiles, and hides the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.id.chars().take(4).collect();
        f.debug_struct("ClientCredentials")
            .field("id", &format_args!("{shown}…"))
            .field("secret", &format_args!("[REDACTED]"))
            .finish()
    }
}
