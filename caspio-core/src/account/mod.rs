//! Caspio accounts, and the URLs of their token endpoint and API.
//!
//! A typo in a configuration file must never send a secret to another host. An account is therefore
//! parsed strictly: a host label, or a URL of `caspio.com` or of this machine, and nothing else.

mod parse;
#[cfg(test)]
mod tests;
mod version;

use crate::error::ErrorContext as _;
use crate::{Error, Result, env};
use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use url::Url;

pub use version::ApiVersion;

/// A Caspio account: the host label of its integration URL, or an emulator on this machine.
///
/// ```
/// use caspio_core::{Account, ApiVersion};
///
/// let account = Account::new("b3poa")?;
/// assert_eq!(account.token_url().as_str(), "https://b3poa.caspio.com/oauth/token");
/// assert_eq!(account.api_url(ApiVersion::V3).as_str(), "https://b3poa.caspio.com/integrations/rest/v3");
/// assert_eq!(Account::new("https://b3poa.caspio.com/integrations/rest/v3/")?, account);
///
/// let emulator = Account::new("http://127.0.0.1:8080")?;
/// assert!(emulator.is_loopback());
///
/// assert!(Account::new("evil.com/").is_err());
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Account {
    base: Url,
    v2_under_integrations: bool,
}

impl Account {
    /// Parses an account from its host label (`b3poa`), its integration URL (`https://b3poa.caspio.com`,
    /// optionally followed by one of the API's own paths), its host name (`b3poa.caspio.com`), or the
    /// `http` or `https` URL of an emulator on this machine (`127.0.0.0/8`, `[::1]`, `localhost`, any port).
    ///
    /// Surrounding whitespace and the case of letters are ignored. After a URL that ends in
    /// `/integrations/rest/v2`, [`api_url`](Self::api_url) uses that path for v2 instead of `/rest/v2`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for anything else, with the mistake and the
    /// expected form. In particular, everything that could lead to another host is refused: other
    /// domains, dots in the label, user names, ports, escapes, queries and fragments, `..`, and plain
    /// `http` to anything but this machine.
    pub fn new(text: &str) -> Result<Self> {
        parse::account(text)
    }

    /// Reads the account from the environment variable `CASPIO_ACCOUNT`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the variable is missing, empty, or not an
    /// account.
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name: &str| std::env::var_os(name))
    }

    /// Like [`from_env`](Self::from_env), but reads the variable with a function.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_lookup<V: Into<OsString>>(lookup: impl Fn(&str) -> Option<V>) -> Result<Self> {
        let text = env::variable(&lookup, env::ACCOUNT)?;
        Self::new(&text)
            .map_err(|error| error.with_resource(format!("environment variable {}", env::ACCOUNT)))
    }

    pub(crate) fn with_base(base: Url, v2_under_integrations: bool) -> Self {
        Self {
            base,
            v2_under_integrations,
        }
    }

    /// Returns the host without a port: `b3poa.caspio.com`, `127.0.0.1`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// Returns the host label, `b3poa`; `None` for an emulator.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.host().strip_suffix(parse::DOMAIN)
    }

    /// Returns whether the account is served by this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.label().is_none()
    }

    /// Returns the root URL of the account's host: `https://b3poa.caspio.com/`.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.base.clone()
    }

    /// Returns the URL of the token endpoint, which all versions share:
    /// `https://b3poa.caspio.com/oauth/token`.
    #[must_use]
    pub fn token_url(&self) -> Url {
        self.at("/oauth/token")
    }

    /// Returns the root URL of an API version, without a trailing slash:
    /// `https://b3poa.caspio.com/integrations/rest/v3`.
    #[must_use]
    pub fn api_url(&self, version: ApiVersion) -> Url {
        let folder = match version {
            ApiVersion::V2 if !self.v2_under_integrations => "/rest",
            _ => "/integrations/rest",
        };
        self.at(&format!("{folder}/{version}"))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.label() {
            Some(label) => f.write_str(label),
            None => f.write_str(self.base.as_str().trim_end_matches('/')),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({self})")
    }
}

impl FromStr for Account {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Account {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl TryFrom<String> for Account {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::new(&text)
    }
}
