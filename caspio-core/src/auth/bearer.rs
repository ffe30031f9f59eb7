use std::fmt;

use futures::future::{BoxFuture, ready};
use http::{HeaderValue, header};
use secrecy::SecretString;

use super::{Authenticate, CredentialVersion};
use crate::token::bearer_header;
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

impl BearerToken {
    fn put(&self, request: &mut http::Request<Body>) -> CredentialVersion {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.0.clone());
        CredentialVersion::new()
    }
}

impl Authenticate for BearerToken {
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

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken([REDACTED])")
    }
}
