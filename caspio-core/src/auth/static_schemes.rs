//! Schemes whose credentials never change: none, a bearer token, an API key, HTTP Basic.

use super::{Authenticate, CredentialVersion};
use crate::error::ErrorContext as _;
use crate::redact::CarriedSecrets;
use crate::token::{bearer_header, sensitive_header};
use crate::{Body, Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use zeroize::Zeroizing;

/// No credentials: for a service's public endpoints.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAuth;

impl Authenticate for NoAuth {
    fn authorize_now(&self, _: &mut http::Request<Body>) -> Option<Result<CredentialVersion>> {
        Some(Ok(CredentialVersion::new()))
    }
}

/// A fixed bearer token, e.g. one from the service's documentation page. It is never renewed.
#[derive(Clone)]
pub struct BearerToken(HeaderValue);

impl BearerToken {
    /// Creates the scheme from a token without the word `Bearer`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the token is empty or contains whitespace or control characters.
    pub fn new(token: impl Into<SecretString>) -> Result<Self> {
        bearer_header(&token.into()).map(Self).ok_or_else(|| {
            config("the bearer token is empty or contains whitespace or control characters")
        })
    }
}

impl Authenticate for BearerToken {
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.0.clone());
        Some(Ok(CredentialVersion::new()))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken([REDACTED])")
    }
}

/// A fixed key in a header, such as `X-API-Key: k` or `Authorization: Token k`.
///
/// ```
/// use caspio_core::auth::ApiKey;
///
/// let plain = ApiKey::new("x-api-key", "k3y")?;
/// let prefixed = ApiKey::with_prefix("authorization", "Token ", "k3y")?;
/// assert!(!format!("{plain:?}{prefixed:?}").contains("k3y"));
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ApiKey {
    header: HeaderName,
    value: HeaderValue,
    carried: CarriedSecrets,
}

impl ApiKey {
    /// Sends only the key in the header of this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an invalid header name or one of the HTTP client, such as `Host`, and for a key that
    /// is empty or not a valid header value.
    pub fn new(header: &str, key: impl Into<SecretString>) -> Result<Self> {
        Self::with_prefix(header, "", key)
    }

    /// Sends the key after a prefix. The prefix is used verbatim: `"Bearer "` includes its space.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_prefix(header: &str, prefix: &str, key: impl Into<SecretString>) -> Result<Self> {
        let key = key.into();
        let name = HeaderName::try_from(header).map_err(|error| {
            config("the header name for the API key is invalid").with_source(error)
        })?;
        if FRAMING.contains(&name) {
            return Err(config(
                "the header for the API key belongs to the HTTP client",
            ));
        }
        let value = secret_header(prefix, &key)
            .ok_or_else(|| config("the API key is empty or contains control characters"))?;
        Ok(Self {
            header: name,
            value,
            carried: CarriedSecrets::new([key]),
        })
    }
}

/// Headers that determine where a request goes and where it ends.
const FRAMING: [HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Returns a header value marked as sensitive; `None` if the secret is empty or not a valid header value.
fn secret_header(prefix: &str, secret: &SecretString) -> Option<HeaderValue> {
    let secret = secret.expose_secret();
    if secret.trim().is_empty() {
        return None;
    }
    sensitive_header(Zeroizing::new([prefix, secret].concat()))
}

impl Authenticate for ApiKey {
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        let headers = request.headers_mut();
        headers.insert(self.header.clone(), self.value.clone());
        request.extensions_mut().insert(self.carried.clone());
        Some(Ok(CredentialVersion::new()))
    }
}

impl fmt::Debug for ApiKey {
    /// Shows the name of the header and hides the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// A fixed user name and password with HTTP Basic (RFC 7617, in UTF-8).
///
/// ```
/// use caspio_core::auth::Basic;
///
/// let basic = Basic::new("ada", "p4ss")?;
/// assert!(!format!("{basic:?}").contains("p4ss"));
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Basic {
    value: HeaderValue,
    carried: CarriedSecrets,
}

impl Basic {
    /// Creates the scheme from a user name and a password. One of them may be empty, but not both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if both are empty, if the user name contains a colon (HTTP Basic separates the
    /// two with it), or if either contains control characters.
    pub fn new(user: &str, password: impl Into<SecretString>) -> Result<Self> {
        let password = password.into();
        check_basic(user, password.expose_secret())?;
        Ok(Self {
            value: basic_header(user, password.expose_secret()),
            carried: CarriedSecrets::new([password]),
        })
    }
}

fn check_basic(user: &str, password: &str) -> Result<()> {
    if user.is_empty() && password.is_empty() {
        return Err(config("the user name and the password are empty"));
    }
    if user.contains(':') {
        return Err(config(
            "the user name contains a colon, which HTTP Basic does not allow",
        ));
    }
    if user.chars().chain(password.chars()).any(char::is_control) {
        return Err(config(
            "the user name or the password contains control characters",
        ));
    }
    Ok(())
}

/// Returns the `Authorization` value for a user name and a password that are encoded already.
pub(crate) fn basic_header(user: &str, password: &str) -> HeaderValue {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    let text = Zeroizing::new(["Basic ", &encoded].concat());
    sensitive_header(text).expect("base64 is a valid header value")
}

impl Authenticate for Basic {
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.value.clone());
        request.extensions_mut().insert(self.carried.clone());
        Some(Ok(CredentialVersion::new()))
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basic([REDACTED])")
    }
}

fn config(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, message)
}
