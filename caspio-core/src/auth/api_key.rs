use std::fmt;

use futures::future::{BoxFuture, ready};
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Authenticate, CredentialVersion};
use crate::redact::CarriedSecrets;
use crate::{Body, Error, ErrorKind, Result};

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
    sent: CarriedSecrets,
}

impl ApiKey {
    /// Sends the key alone in a header of this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a name that no header has, and for a key that is empty or fits no header.
    pub fn new(header: &str, key: impl Into<SecretString>) -> Result<Self> {
        Self::with_prefix(header, "", key)
    }

    /// Sends the key after a prefix, which is taken as it is: `"Bearer "` with its blank.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_prefix(header: &str, prefix: &str, key: impl Into<SecretString>) -> Result<Self> {
        let key = key.into();
        let header = HeaderName::try_from(header)
            .map_err(|_| config("the API key's header name is not valid"))?;
        let value = secret_header(prefix, &key)
            .ok_or_else(|| config("the API key is empty or holds control characters"))?;
        Ok(Self {
            header,
            value,
            sent: CarriedSecrets::new([key]),
        })
    }

    fn put(&self, request: &mut http::Request<Body>) -> CredentialVersion {
        let headers = request.headers_mut();
        headers.insert(self.header.clone(), self.value.clone());
        request.extensions_mut().insert(self.sent.clone());
        CredentialVersion::new()
    }
}

/// A header value marked as sensitive; `None` when the secret is empty or cannot be in one.
fn secret_header(prefix: &str, secret: &SecretString) -> Option<HeaderValue> {
    let secret = secret.expose_secret();
    if secret.trim().is_empty() {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("{prefix}{secret}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn config(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, message)
}

impl Authenticate for ApiKey {
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<CredentialVersion>> {
        Box::pin(ready(Ok(self.put(request))))
    }

    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        Some(Ok(self.put(request)))
    }
}

impl fmt::Debug for ApiKey {
    /// Shows the header's name, nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}
