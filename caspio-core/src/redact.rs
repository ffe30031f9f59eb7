//! Keeps the secrets that a request carried out of errors: a response may echo them.

use crate::{Body, Error};
use http::{HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;

/// The secrets that one request carried, in headers, in its body or elsewhere.
#[derive(Default)]
pub(crate) struct Redactor {
    headers: Vec<HeaderValue>,
    carried: Option<CarriedSecrets>,
    body: Vec<SecretString>,
}

impl Redactor {
    pub(crate) fn for_request(request: &http::Request<Body>, body: &[SecretString]) -> Self {
        let is_secret = |(name, value): &(&HeaderName, &HeaderValue)| {
            **name == header::AUTHORIZATION || value.is_sensitive()
        };
        let headers = request.headers().iter().filter(is_secret);
        Self {
            headers: headers.map(|(_, value)| value.clone()).collect(),
            carried: request.extensions().get().cloned(),
            body: body.to_vec(),
        }
    }

    /// Redacts the secrets, then shortens the texts of the service.
    pub(crate) fn redact(&self, mut error: Error) -> Error {
        for value in self.headers.iter().filter_map(|value| value.to_str().ok()) {
            error = error.redact(value);
            // Without the scheme, such as `Bearer`.
            if let Some(secret) = value.split_whitespace().last() {
                error = error.redact(secret);
            }
        }
        let carried = self.carried.iter().flat_map(CarriedSecrets::iter);
        for secret in carried.chain(&self.body) {
            error = error.redact(secret.expose_secret());
        }
        error.shorten()
    }
}

/// Secrets that a request carries outside of a header, or in another form than their own.
///
/// They are stored in the extensions of the request, so that a response that echoes one of them does
/// not bring it into an error.
#[derive(Clone)]
pub(crate) struct CarriedSecrets(Arc<[SecretString]>);

impl CarriedSecrets {
    pub(crate) fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self(secrets.into_iter().collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &SecretString> {
        self.0.iter()
    }
}

impl fmt::Debug for CarriedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CarriedSecrets([REDACTED])")
    }
}
