//! The secrets a request carried, to keep them out of what an answer says.

use http::{HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

use crate::auth::SentSecrets;
use crate::{Body, Error};

#[derive(Default)]
pub(super) struct Sent {
    header: Option<HeaderValue>,
    elsewhere: Option<SentSecrets>,
    body: Vec<SecretString>,
}

impl Sent {
    pub(super) fn of(request: &http::Request<Body>, body: &[SecretString]) -> Self {
        let headers = request.headers();
        let sensitive = || headers.values().find(|value| value.is_sensitive());
        Self {
            header: headers
                .get(header::AUTHORIZATION)
                .or_else(sensitive)
                .cloned(),
            elsewhere: request.extensions().get().cloned(),
            body: body.to_vec(),
        }
    }

    pub(super) fn redact(&self, mut error: Error) -> Error {
        let text = self.header.as_ref().and_then(|value| value.to_str().ok());
        if let Some(secret) = text.and_then(|text| text.split_whitespace().last()) {
            error = error.redact(secret);
        }
        let elsewhere = self.elsewhere.iter().flat_map(SentSecrets::iter);
        for secret in elsewhere.chain(&self.body) {
            error = error.redact(secret.expose_secret());
        }
        error
    }
}
