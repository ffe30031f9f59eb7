//! The client id and the client secret.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result, env};
use hmac::digest::KeyInit as _;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::Sha256;
use std::ffi::OsString;
use std::fmt;

/// What distinguishes derived keys from other uses of the secret.
const KEY_LABEL: &[u8] = b"caspio derived key 1";

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

    /// Derives a key from the secret, for this purpose only; `None` without a secret.
    ///
    /// The key does not reveal the secret, and is the same in every process with the same credentials.
    #[must_use]
    pub fn derive_key(&self, purpose: &str) -> Option<SecretBox<[u8; 32]>> {
        let secret = self.secret.expose_secret();
        if self.is_public() || secret.trim().is_empty() {
            return None;
        }
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        let mac = mac.expect("a key of any length").chain_update(KEY_LABEL);
        // Both texts have a fixed place: no id and purpose give the same key as others.
        let mac = mac.chain_update((self.id.len() as u64).to_be_bytes());
        let mac = mac.chain_update(&self.id).chain_update(purpose);
        Some(SecretBox::new(Box::new(mac.finalize().into_bytes().into())))
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
            .with_hint("both are displayed in the API profile, in Caspio a web services profile"))
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
