//! Errors as responses.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use caspio::{Error, ErrorKind};

/// Why a request has no result.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// There is no such record.
    Missing,
    Caspio(Error),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::Caspio(error)
    }
}

impl IntoResponse for ApiError {
    /// The log has the whole error; the response has none of it, because it names tables and fields.
    fn into_response(self) -> Response {
        let error = match self {
            Self::Missing => return (StatusCode::NOT_FOUND, "not found").into_response(),
            Self::Caspio(error) => error,
        };
        eprintln!("{error}");
        let (status, text) = status(error.kind());
        let mut response = (status, text).into_response();
        if let Some(wait) = error.retry_after() {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

fn status(kind: ErrorKind) -> (StatusCode, &'static str) {
    match kind {
        // A position that was altered or is of other filters, or a filter that the service does not take.
        ErrorKind::Refused | ErrorKind::Invalid => (
            StatusCode::BAD_REQUEST,
            "the filters or the position are wrong",
        ),
        ErrorKind::RateLimited | ErrorKind::Quota | ErrorKind::Budget => (
            StatusCode::SERVICE_UNAVAILABLE,
            "too many requests; try again later",
        ),
        ErrorKind::Timeout => (
            StatusCode::GATEWAY_TIMEOUT,
            "the database did not respond in time",
        ),
        ErrorKind::Connect | ErrorKind::Interrupted | ErrorKind::Server | ErrorKind::Protocol => (
            StatusCode::BAD_GATEWAY,
            "the database failed; try again later",
        ),
        // Credentials, permissions, a struct that does not fit the table: nothing that a user of this API can change.
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "the service is not set up right",
        ),
    }
}
