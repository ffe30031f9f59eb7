//! One attempt: sends the request, receives the response, counts and logs it.

use super::call::{Call, Mode};
use super::call_record::{CallRecord, Clauses};
use super::span;
use crate::error::ErrorContext as _;
use crate::meter::CallCount;
use crate::response::{REQUEST_ID, header_text};
use crate::{Body, Error, HttpError, HttpErrorKind, Result};
use bytes::Bytes;
use http::{Method, header, response::Parts};
use std::time::Duration;
use tokio::time::Instant;

/// The error of an attempt without a complete response, with the head if it arrived.
struct IncompleteResponse {
    error: HttpError,
    head: Option<Box<Parts>>,
}

/// The largest body of a failure that is read and parsed; Caspio's have less than a kilobyte.
const LARGEST_FAILURE: usize = 1024 * 1024;

async fn until<T>(
    end: Instant,
    work: impl Future<Output = Result<T, HttpError>>,
) -> Result<T, HttpError> {
    match tokio::time::timeout_at(end, work).await {
        Ok(result) => result,
        Err(_) => Err(HttpError::new(HttpErrorKind::Timeout)),
    }
}

impl Call<'_> {
    /// Sends one attempt and returns its response, counted and logged, and the time that it took.
    pub(super) async fn exchange(
        &self,
        request: http::Request<Body>,
        count: CallCount<'_>,
    ) -> Result<(Parts, Body, Duration)> {
        let sent = Instant::now();
        let mut count = count.retrying(self.attempts > 1);
        let left = self.deadline.saturating_duration_since(sent);
        let end = sent + self.attempt_limit.min(left);
        let result = self.receive(request, end).await;
        let elapsed = sent.elapsed();
        match result {
            Ok((parts, body)) => {
                let bytes = self.bytes_read(&parts, &body);
                count.answered(parts.status, bytes);
                self.span.record("http.response.body.size", bytes);
                self.report(Some(&parts), None, elapsed);
                Ok((parts, body, elapsed))
            }
            Err(incomplete) => {
                count.failed(&incomplete.error);
                let failure = Some(incomplete.error.kind());
                self.report(incomplete.head.as_deref(), failure, elapsed);
                Err(self.error_of(incomplete))
            }
        }
    }

    async fn receive(
        &self,
        request: http::Request<Body>,
        end: Instant,
    ) -> Result<(Parts, Body), IncompleteResponse> {
        let response = until(end, self.shared.service.call(request)).await;
        let (parts, body) = response
            .map_err(|error| IncompleteResponse { error, head: None })?
            .into_parts();
        if self.mode == Mode::Streaming && parts.status.is_success() {
            return Ok((parts, body));
        }
        let limit = match parts.status.is_success() {
            true => self.shared.max_body,
            false => self.shared.max_body.min(LARGEST_FAILURE),
        };
        let whole = until(end, body.bytes(limit)).await;
        let whole = whole.and_then(|bytes| self.check_length(&parts, bytes));
        match whole {
            Ok(bytes) => Ok((parts, bytes.into())),
            // The status alone decides about a failure if its body is lost, too large or does not end.
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
        // A response to HEAD announces the length of the body that a GET would return.
        let bodiless = self.request.method() == Method::HEAD;
        match announced {
            Some(length) if !bodiless && length != bytes.len() as u64 => {
                Err(HttpError::new(HttpErrorKind::CutShort))
            }
            _ => Ok(bytes),
        }
    }

    /// Returns how much of the body has been read here; a download's body is counted as it arrives.
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
            Some(id) => error.with_request_id(crate::classify::cleaned(id)),
            None => error,
        }
    }

    fn report(&self, head: Option<&Parts>, failure: Option<HttpErrorKind>, elapsed: Duration) {
        let operation = self.request.operation();
        let record = CallRecord {
            operation,
            method: self.request.method(),
            path: self.request.url().path(),
            attempt: self.attempts,
            status: head.map(|parts| parts.status),
            request_id: head.and_then(|parts| header_text(&parts.headers, REQUEST_ID)),
            elapsed,
            failure,
            clauses: Clauses(self.request.url()),
        };
        span::record_attempt(&self.span, &record);
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
        tracing::trace!(path = record.path, clauses = ?record.clauses, "request");
        #[cfg(feature = "metrics")]
        super::metrics::record(&record);
        if let Some(hook) = &self.shared.on_call {
            hook(&record);
        }
    }
}
