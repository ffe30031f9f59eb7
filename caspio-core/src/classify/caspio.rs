//! How Caspio reports successes and failures.

use super::{
    BodyFormat, Classification, RejectionCertainty, ResponseClassifier, ResponseView, ServiceError,
    body_format, kind,
};
use crate::error::ErrorContext as _;
use crate::response::{REQUEST_ID, header_text};
use crate::{Error, ErrorKind, Expect, retry_after};
use http::{HeaderMap, StatusCode};
use std::time::{Duration, SystemTime};

/// Below this age an expired token is not a plausible cause.
const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// Classifies Caspio's responses, in all versions of its API.
///
/// Two behaviours, observed in production, need care: the rate limit may be reported with status 400
/// and an array as the body, and an expired token may be reported as `400 IncorrectQueryParameter`
/// instead of 401. The second is suspected only for a token of a certain age, because the same code
/// also reports a wrong query.
#[derive(Clone, Debug)]
pub struct CaspioClassifier {
    suspect_after: Duration,
}

impl Default for CaspioClassifier {
    fn default() -> Self {
        Self {
            suspect_after: FIVE_MINUTES,
        }
    }
}

impl CaspioClassifier {
    /// Creates a classifier that suspects tokens older than five minutes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the age from which a token is suspected after a `400 IncorrectQueryParameter`. The
    /// suspicion costs one token request and one more call. [`Duration::MAX`] turns it off.
    #[must_use]
    pub fn suspect_after(mut self, age: Duration) -> Self {
        self.suspect_after = age;
        self
    }

    fn suspects(&self, response: &ResponseView<'_>, reported: &ServiceError) -> bool {
        response.status == StatusCode::BAD_REQUEST
            && reported.code.as_deref() == Some("IncorrectQueryParameter")
            && response
                .token_age
                .is_some_and(|age| age > self.suspect_after)
    }

    fn failure(&self, response: &ResponseView<'_>) -> Classification {
        let read = ServiceError::read(response.body);
        let is_readable = read.is_some();
        let reported = read.unwrap_or_default();
        // A gateway's 5xx does not prove that the call was not executed, whatever its text.
        let refused = reported.rate_limited && response.status.is_client_error();
        if refused || response.status == StatusCode::TOO_MANY_REQUESTS {
            return Classification::RateLimited(rate_limited(response, &reported));
        }
        let error = if is_readable {
            explained(response, &reported)
        } else {
            unexplained(response)
        };
        if response.status == StatusCode::UNAUTHORIZED {
            return Classification::TokenRejected {
                error,
                certainty: RejectionCertainty::Certain,
            };
        }
        if self.suspects(response, &reported) {
            return Classification::TokenRejected {
                error,
                certainty: RejectionCertainty::Suspected,
            };
        }
        Classification::Failed(error)
    }
}

impl ResponseClassifier for CaspioClassifier {
    fn classify(&self, response: &ResponseView<'_>) -> Classification {
        if !response.status.is_success() {
            return self.failure(response);
        }
        match success(response) {
            Ok(()) => Classification::Ok,
            Err(error) => Classification::Failed(error),
        }
    }
}

fn success(response: &ResponseView<'_>) -> Result<(), Error> {
    if response.expect == Expect::Anything {
        return Ok(());
    }
    let error = match body_format(response.headers, response.body) {
        BodyFormat::Empty | BodyFormat::Json => return Ok(()),
        BodyFormat::Truncated => Error::new(ErrorKind::Protocol, "the response was cut short")
            .with_hint(
                "the JSON ends early; repeating a read is safe, repeating a write may write twice",
            )
            .with_retryable(true),
        BodyFormat::Html => Error::new(
            ErrorKind::Protocol,
            "the response is an HTML page instead of JSON",
        )
        .with_hint("a proxy or gateway responded instead of the service"),
        BodyFormat::Other => Error::new(ErrorKind::Protocol, "the response is not JSON")
            .with_hint("check the URL and the proxies between this machine and the service"),
    };
    Err(facts(error, response, None))
}

fn explained(response: &ResponseView<'_>, reported: &ServiceError) -> Error {
    let kind = match response.status {
        StatusCode::UNAUTHORIZED => ErrorKind::Auth,
        status => kind::kind(status, reported),
    };
    let mut error = facts(
        Error::new(kind, message(kind, reported)),
        response,
        Some(reported),
    );
    if !kind::is_from_caspio(response.status, reported) {
        error = error.with_retryable(true);
    }
    if let Some(fields) = reported.fields() {
        error = error.with_field(fields);
    }
    match kind::hint(response.status, reported) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The service's own code and sentence, as far as it sent them.
fn message(kind: ErrorKind, reported: &ServiceError) -> String {
    match (&reported.code, &reported.message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (None, Some(message)) => message.clone(),
        (_, None) if kind == ErrorKind::Server => "the service failed".to_owned(),
        (_, None) => "the service refused the request".to_owned(),
    }
}

/// A failure without a readable body: a gateway's page, or an empty response.
fn unexplained(response: &ResponseView<'_>) -> Error {
    let status = response.status;
    let page = body_format(response.headers, response.body);
    let nothing = ServiceError::default();
    let mut kind = kind::kind(status, &nothing);
    let mut hint = kind::hint(status, &nothing);
    if status.is_redirection() {
        let text = "redirects are not followed, because they could send credentials elsewhere: check the account";
        hint = Some(text.to_owned());
    }
    if status == StatusCode::NOT_FOUND && page == BodyFormat::Html {
        kind = ErrorKind::Protocol;
        hint = Some("the URL does not exist: check the account and the API version".to_owned());
    }
    if page == BodyFormat::Html {
        hint =
            hint.or_else(|| Some("a proxy or gateway responded instead of the service".to_owned()));
    }
    let message = match (status, page) {
        (status, _) if status.is_redirection() => "the service responded with a redirect",
        (_, BodyFormat::Html) => "the service responded with an HTML page instead of JSON",
        (_, BodyFormat::Truncated) => "the service's error response was cut short",
        (_, BodyFormat::Empty) => "the service refused the request with an empty response",
        _ => "the service refused the request with a response in an unknown format",
    };
    let error = facts(Error::new(kind, message), response, None);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

fn rate_limited(response: &ResponseView<'_>, reported: &ServiceError) -> Error {
    let error = Error::new(ErrorKind::RateLimited, "too many calls in a short time");
    facts(error, response, Some(reported))
        .with_hint("make fewer calls per second; refused calls are billed too")
}

fn facts(mut error: Error, response: &ResponseView<'_>, reported: Option<&ServiceError>) -> Error {
    error = error.with_status(response.status.as_u16());
    if let Some(wait) = wait_of(response.headers) {
        error = error.with_retry_after(wait);
    }
    if let Some(id) = request_id(response.headers, reported) {
        error = error.with_request_id(super::cleaned(&id));
    }
    let Some(reported) = reported else {
        return error;
    };
    if let Some(code) = &reported.code {
        error = error.with_code(code.clone());
    }
    if let Some(message) = &reported.message {
        error = error.with_service_message(message.clone());
    }
    error
}

fn wait_of(headers: &HeaderMap) -> Option<Duration> {
    retry_after::of(headers, SystemTime::now())
}

fn request_id(headers: &HeaderMap, reported: Option<&ServiceError>) -> Option<String> {
    header_text(headers, REQUEST_ID)
        .map(str::to_owned)
        .or_else(|| reported?.request_id.clone())
}
