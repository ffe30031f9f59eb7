use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::{BoxFuture, ready};
use http::{HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{Authenticate, CredentialVersion};
use crate::redact::CarriedSecrets;
use crate::{Body, Error, ErrorKind, Result};

/// A fixed user name and password by HTTP Basic (RFC 7617, in UTF-8).
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
    sent: CarriedSecrets,
}

impl Basic {
    /// Takes a user name and a password, either of which may be empty but not both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when both are empty, when the name holds a colon, which would end it, and when
    /// either holds control characters.
    pub fn new(user: &str, password: impl Into<SecretString>) -> Result<Self> {
        let password = password.into();
        if let Some(fault) = fault(user, password.expose_secret()) {
            return Err(Error::new(ErrorKind::Config, fault));
        }
        Ok(Self {
            value: basic_header(user, password.expose_secret()),
            sent: CarriedSecrets::new([password]),
        })
    }

    fn put(&self, request: &mut http::Request<Body>) -> CredentialVersion {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.value.clone());
        request.extensions_mut().insert(self.sent.clone());
        CredentialVersion::new()
    }
}

fn fault(user: &str, password: &str) -> Option<&'static str> {
    if user.is_empty() && password.is_empty() {
        return Some("the user name and the password are empty");
    }
    if user.contains(':') {
        return Some("the user name holds a colon, which HTTP Basic cannot carry");
    }
    let controls = user.chars().chain(password.chars()).any(char::is_control);
    controls.then_some("the user name or the password holds control characters")
}

/// The `Authorization` value of two parts, each as it is.
pub(crate) fn basic_header(user: &str, password: &str) -> HeaderValue {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let text = format!("Basic {}", STANDARD.encode(pair.as_bytes()));
    let mut value = HeaderValue::try_from(text).expect("base64 is a valid header value");
    value.set_sensitive(true);
    value
}

impl Authenticate for Basic {
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

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basic([REDACTED])")
    }
}
