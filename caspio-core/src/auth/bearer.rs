use std::fmt;

use bytes::Bytes;
use futures::future::{BoxFuture, ready};
use http::{HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

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
    let text = Zeroizing::new(["Bearer ", token].concat().into_bytes());
    // Shared by all its clones and zeroed with the last of them.
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl BearerToken {
    fn put(&self, request: &mut http::Request<Body>) -> Ticket {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.0.clone());
        Ticket::new()
    }
}

impl Authenticate for BearerToken {
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<Ticket>> {
        Box::pin(ready(Ok(self.put(request))))
    }

    fn authorize_now(&self, request: &mut http::Request<Body>) -> Option<Result<Ticket>> {
        Some(Ok(self.put(request)))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken([REDACTED])")
    }
}
