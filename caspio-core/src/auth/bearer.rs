use std::fmt;

use futures::future::BoxFuture;
use http::{HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Authenticate, Ticket};
use crate::{Body, Error, ErrorKind, Result};

/// A fixed bearer token, e.g. one from the service's own documentation page. It is never renewed.
#[derive(Clone)]
pub struct BearerToken(HeaderValue);

impl BearerToken {
    /// Takes a token, without the word `Bearer`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the token is empty or holds characters that no token has.
    pub fn new(token: impl Into<SecretString>) -> Result<Self> {
        bearer_header(&token.into()).map(Self).ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "the bearer token is empty or holds blanks or control characters",
            )
        })
    }
}

/// The `Authorization` value of a token; `None` when it holds what cannot be in one.
pub(crate) fn bearer_header(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl Authenticate for BearerToken {
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<Ticket>> {
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, self.0.clone());
        Box::pin(async { Ok(Ticket::new()) })
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken([REDACTED])")
    }
}
