//! Keeps the last response, because the SDK reports a refused call without its body.

use crate::answer::Answer;
use caspio::http;
use caspio::http_client::{Body, HttpError, HttpService};
use caspio_core::Bytes;
use futures::future::BoxFuture;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The largest response that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The member of a token's response whose value is kept.
const TOKEN_TYPE: &str = "token_type";

/// Keeps the last response of a client whose HTTP service is behind it.
///
/// Of a response with a token it keeps only which members there are and their types.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    last: Option<Answer>,
    token: Option<Answer>,
}

impl Recorder {
    /// Creates a recorder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns an HTTP service that sends by another one and keeps the responses.
    pub fn around(&self, service: Arc<dyn HttpService>) -> Arc<dyn HttpService> {
        Arc::new(Recorded {
            recorder: self.clone(),
            service,
        })
    }

    /// Returns the last response since the one before was taken, unless it is that of a token request of the client.
    pub(crate) fn take(&self) -> Option<Answer> {
        self.kept().last.take()
    }

    /// Returns the response to the client's last request for a token, without its values.
    pub(crate) fn token(&self) -> Option<Answer> {
        self.kept().token.clone()
    }

    fn keep(&self, answer: Answer, is_of_token: bool) {
        let mut kept = self.kept();
        match is_of_token {
            true => kept.token = Some(without_values(&answer)),
            false => kept.last = Some(answer),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Recorder {
    /// Hides the responses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

/// Replaces every text by an empty one, except for the type of the token.
fn without_values(answer: &Answer) -> Answer {
    let mut json = answer.json.clone().unwrap_or_default();
    if let Value::Object(members) = &mut json {
        for (name, value) in members {
            if value.is_string() && name != TOKEN_TYPE {
                *value = Value::String(String::new());
            }
        }
    }
    let body = Bytes::from(json.to_string());
    Answer::new(answer.status, answer.headers.clone(), body)
}

#[derive(Debug)]
struct Recorded {
    recorder: Recorder,
    service: Arc<dyn HttpService>,
}

impl HttpService for Recorded {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let operation = request.extensions().get::<caspio_core::Operation>();
            let is_of_token = operation.is_some_and(|operation| operation.name == "auth.token");
            let response = self.service.call(request).await?;
            let (parts, body) = response.into_parts();
            let body = body.bytes(MAX_BODY).await?;
            let status = parts.status.as_u16();
            let answer = Answer::new(status, parts.headers.clone(), body.clone());
            self.recorder.keep(answer, is_of_token);
            Ok(http::Response::from_parts(parts, Body::from(body)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio::raw::HeaderMap;

    #[test]
    fn no_token_is_kept() {
        let body = r#"{"access_token":"s3cret","token_type":"bearer","expires_in":86399}"#;
        let answer = Answer::new(200, HeaderMap::new(), Bytes::from_static(body.as_bytes()));
        let recorder = Recorder::new();

        recorder.keep(answer, true);

        let kept = recorder.token().expect("a response");
        assert!(!format!("{kept:?}{recorder:?}").contains("s3cret"));
        assert_eq!(kept.json.expect("JSON")[TOKEN_TYPE], "bearer");
        assert!(recorder.take().is_none());
    }
}
