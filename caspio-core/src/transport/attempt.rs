//! One attempt on the wire: sent, received, counted, reported.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode, header, response::Parts};
use tokio::time::Instant;

use super::call::{Call, Mode};
use crate::error::ErrorContext as _;
use crate::response::{REQUEST_ID, header_text};
use crate::{Body, Error, HttpError, HttpErrorKind, Operation, Result};

/// One call that was made, for [`TransportBuilder::on_call`](super::TransportBuilder::on_call).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CallRecord<'a> {
    /// What was done to what.
    pub operation: &'a Operation,
    /// The method.
    pub method: &'a Method,
    /// Which attempt of the call this was, from 1.
    pub attempt: u32,
    /// The answer's status; `None` when none came.
    pub status: Option<StatusCode>,
    /// The service's id of the request.
    pub request_id: Option<&'a str>,
    /// The time from sending to the end of the answer (for downloads: of its head).
    pub elapsed: Duration,
    /// Why no whole answer came.
    pub failure: Option<HttpErrorKind>,
}

/// What came instead of a whole answer, with the head if that came.
struct IncompleteResponse {
    error: HttpError,
    head: Option<Box<Parts>>,
}

impl Call<'_> {
    /// Sends one attempt and brings its answer, counted and logged.
    pub(super) async fn exchange(&self, request: http::Request<Body>) -> Result<(Parts, Body)> {
        let sent = Instant::now();
        let operation = self.request.operation().name;
        let mut count = self
            .shared
            .meter
            .start(operation, request.body().len().unwrap_or(0))
            .retrying(self.attempts > 1);
        let left = self.deadline.saturating_duration_since(sent);
        let limit = self.attempt_limit.min(left);
        let result = match tokio::time::timeout(limit, self.receive(request)).await {
            Ok(result) => result,
            Err(_) => Err(IncompleteResponse {
                error: HttpError::new(HttpErrorKind::Timeout),
                head: None,
            }),
        };
        match &result {
            Ok((parts, body)) => {
                count.answered(parts.status, self.bytes_read(parts, body));
                self.report(Some(parts), None, sent.elapsed());
            }
            Err(incomplete) => {
                count.failed(&incomplete.error);
                self.report(
                    incomplete.head.as_deref(),
                    Some(incomplete.error.kind()),
                    sent.elapsed(),
                );
            }
        }
        result.map_err(|incomplete| self.error_of(incomplete))
    }

    async fn receive(
        &self,
        request: http::Request<Body>,
    ) -> Result<(Parts, Body), IncompleteResponse> {
        let answer = self.shared.service.call(request).await;
        let (parts, body) = answer
            .map_err(|error| IncompleteResponse { error, head: None })?
            .into_parts();
        if self.mode == Mode::Streaming && parts.status.is_success() {
            return Ok((parts, body));
        }
        let whole = body.bytes(self.shared.max_body).await;
        let whole = whole.and_then(|bytes| self.check_length(&parts, bytes));
        match whole {
            Ok(bytes) => Ok((parts, bytes.into())),
            // A refusal stands, whatever happened to its explanation.
            Err(_) if !parts.status.is_success() => Ok((parts, Body::empty())),
            Err(error) => Err(IncompleteResponse {
                error,
                head: Some(Box::new(parts)),
            }),
        }
    }

    fn check_length(&self, parts: &Parts, bytes: Bytes) -> Result<Bytes, HttpError> {
        let announced = header_text(&parts.headers, header::CONTENT_LENGTH.as_str())
            .and_then(|text| text.parse::<u64>().ok());
        let bodiless = self.request.method() == Method::HEAD;
        match announced {
            Some(length) if !bodiless && length != bytes.len() as u64 => {
                Err(HttpError::new(HttpErrorKind::CutShort))
            }
            _ => Ok(bytes),
        }
    }

    /// What of the body has been read here; a download's is counted as it comes.
    fn bytes_read(&self, parts: &Parts, body: &Body) -> u64 {
        match self.mode {
            Mode::Streaming if parts.status.is_success() => 0,
            _ => body.len().unwrap_or(0),
        }
    }

    fn error_of(&self, incomplete: IncompleteResponse) -> Error {
        let error = Error::from(incomplete.error);
        let Some(head) = incomplete.head else {
            return error;
        };
        let error = error.with_status(head.status.as_u16());
        match header_text(&head.headers, REQUEST_ID) {
            Some(id) => error.with_request_id(crate::classify::clean(id, 100)),
            None => error,
        }
    }

    fn report(&self, head: Option<&Parts>, failure: Option<HttpErrorKind>, elapsed: Duration) {
        let operation = self.request.operation();
        let record = CallRecord {
            operation,
            method: self.request.method(),
            attempt: self.attempts,
            status: head.map(|parts| parts.status),
            request_id: head.and_then(|parts| header_text(&parts.headers, REQUEST_ID)),
            elapsed,
            failure,
        };
        tracing::debug!(
            operation = operation.name,
            resource = operation.resource.as_deref(),
            attempt = record.attempt,
            status = record.status.map(|status| status.as_u16()),
            request_id = record.request_id,
            elapsed_ms = elapsed.as_millis() as u64,
            failure = ?failure,
            "call"
        );
        if let Some(hook) = &self.shared.on_call {
            hook(&record);
        }
    }
}
