//! Classifies the rows that the service refuses in a call of many.

use super::{ServiceError, kind};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind};
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// Returns the error of a row by its status and its reason, which is a text or the body of an error. A row without a
/// status is refused for its content. The reason may repeat the secrets that the row carried.
#[doc(hidden)]
#[must_use]
pub fn refused_row<'s>(
    status: Option<u16>,
    reason: Option<&Value>,
    secrets: impl IntoIterator<Item = &'s SecretString>,
) -> Error {
    let reported = reason.and_then(ServiceError::of_value).unwrap_or_default();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let kind = match kind::kind(status.unwrap_or(StatusCode::BAD_REQUEST), &reported) {
        // The service reports that something in a row does not exist, not that the table of the call does not exist.
        ErrorKind::NotFound | ErrorKind::Auth => ErrorKind::Invalid,
        ErrorKind::Server if reported.is_duplicate() => ErrorKind::Conflict,
        kind => kind,
    };
    let reason = reported.message.as_deref();
    let reason = reason.unwrap_or("the response has no reason");
    let message = format!("the service refused the record: {reason}");
    // A failure of the service, unlike a refusal, does not show whether the row was written.
    let failed_inside = matches!(
        kind,
        ErrorKind::Server | ErrorKind::Timeout | ErrorKind::Protocol
    );
    let mut error = Error::new(kind, message)
        .with_retryable(false)
        .with_maybe_applied(failed_inside);
    if let Some(status) = status {
        error = error.with_status(status.as_u16());
    }
    if let Some(code) = &reported.code {
        error = error.with_code(code.clone());
    }
    if let Some(message) = &reported.message {
        error = error.with_service_message(message.clone());
    }
    if let Some(fields) = reported.fields() {
        error = error.with_field(fields);
    }
    if let Some(hint) = kind::hint(status.unwrap_or_default(), &reported) {
        error = error.with_hint(hint);
    }
    secrets
        .into_iter()
        .fold(error, |error, secret| error.redact(secret.expose_secret()))
        .shorten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DUPLICATE: &str = "Cannot perform operation because duplicate or blank values are not allowed in field 'Code'.";

    #[test]
    fn a_duplicate_is_a_conflict_with_its_field() {
        for reason in [
            json!(DUPLICATE),
            json!({ "Code": "SqlServerError", "Message": DUPLICATE }),
        ] {
            let error = refused_row(Some(400), Some(&reason), []);

            assert_eq!(error.kind(), ErrorKind::Conflict, "{reason}");
            assert_eq!((error.field(), error.status()), (Some("Code"), Some(400)));
            assert_eq!(error.service_message(), Some(DUPLICATE));
            assert!(error.hint().is_some() && !error.maybe_applied());
        }
    }

    #[test]
    fn a_reason_that_repeats_a_secret_is_redacted() {
        let secret = SecretString::from("hunter2horse");
        let reason = json!("The value 'hunter2horse' is too weak");

        let error = refused_row(Some(400), Some(&reason), [&secret]);

        let text = format!("{error} {error:?}");
        assert!(
            !text.contains("hunter2horse") && text.contains("too weak"),
            "{text}"
        );
    }

    #[test]
    fn a_row_that_the_service_failed_at_may_have_been_written() {
        let internal = json!({ "Code": "InternalError", "Message": "m" });
        let invalid = json!({ "Code": "InvalidInputValue", "Message": "m" });
        for (status, reason, maybe) in [
            (500, json!("Internal error"), true),
            (503, json!("Unavailable"), true),
            (408, json!("Timeout"), true),
            (400, internal.clone(), true),
            (500, internal, true),
            (500, invalid, false),
            (500, json!(DUPLICATE), false),
            (302, json!("Found"), true),
            (400, json!("Field 'Quantity' must be a number"), false),
            (429, json!("Too many calls"), false),
        ] {
            let error = refused_row(Some(status), Some(&reason), []);

            assert_eq!(error.maybe_applied(), maybe, "{status} {reason}: {error}");
        }
    }

    #[test]
    fn a_row_without_a_reason_is_invalid() {
        let error = refused_row(None, None, []);

        assert_eq!((error.kind(), error.status()), (ErrorKind::Invalid, None));
        assert_eq!(error.hint(), None);
    }
}
