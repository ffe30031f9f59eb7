//! One error type for the whole SDK.
//!
//! An [`Error`] is one word wide, names the operation and the resource, and keeps every fact the service reported:
//! status, code, message, request id. It never contains a secret or a token, and the SDK's own texts contain neither
//! a condition nor its values. The service's message is passed on, and may quote a value.

mod context;
mod display;
mod kind;
#[cfg(test)]
mod tests;

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

pub use context::ErrorContext;
pub use kind::ErrorKind;

/// A result whose error is the SDK's [`Error`] by default.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Arc<dyn std::error::Error + Send + Sync + 'static>;

/// An error of the SDK, with the facts on which a program decides.
///
/// [`kind`](Self::kind) and the `is_*` methods are for decisions, the other accessors for logs and
/// people. `Display` writes one line, without the [source](std::error::Error::source).
///
/// ```
/// use caspio_core::error::ErrorContext;
/// use caspio_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::NotFound, "the object does not exist")
///     .with_operation("records.list")
///     .with_resource("table \"Contact\"")
///     .with_status(404)
///     .with_code("ObjectNotFound")
///     .with_hint("check the table's name");
///
/// assert!(error.is_not_found());
/// assert_eq!(
///     error.to_string(),
///     "ObjectNotFound: the object does not exist (404, records.list on table \"Contact\"); check the table's name",
/// );
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<&'static str>,
    resource: Option<String>,
    field: Option<String>,
    key: Option<String>,
    hint: Option<String>,
    source: Option<Source>,
    status: Option<u16>,
    code: Option<String>,
    service_message: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    elapsed: Option<Duration>,
    maybe_applied: bool,
    retryable: Option<bool>,
    sent: Option<String>,
}

// The source is shared and immutable, so a panic cannot leave it in an inconsistent state.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

impl Error {
    /// Creates an error. The message is lower case without a full stop and names the failure.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            resource: None,
            field: None,
            key: None,
            hint: None,
            source: None,
            status: None,
            code: None,
            service_message: None,
            request_id: None,
            retry_after: None,
            attempts: 0,
            elapsed: None,
            maybe_applied: false,
            retryable: None,
            sent: None,
        }))
    }

    /// Returns the kind of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the SDK's own description of the failure.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the operation that failed, e.g. `records.list`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// Returns the table, view or other resource the operation was on, e.g. `table "Contacts"`.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.resource.as_deref()
    }

    /// Returns the field or fields that caused the failure, by the service's names, separated by `, `.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns the key of the record that caused the failure, e.g. `PK_ID 7`.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// Returns the remedy.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns the HTTP status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the service's own code, e.g. `InvalidInputValue` or OAuth's `invalid_client`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the service's own message.
    #[must_use]
    pub fn service_message(&self) -> Option<&str> {
        self.0.service_message.as_deref()
    }

    /// Returns the service's id of the request (`X-Caspio-Request-ID`), which Caspio's support asks
    /// for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns how long to wait before the next attempt, as requested by the service or by the SDK's
    /// own pause.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns how many times the SDK tried to send the request; 0 if it did not get that far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the time from the start of the call to the failure, including waits.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        self.0.elapsed
    }

    /// Returns whether this is a write whose response was lost, so that it may have been applied.
    ///
    /// Reading the record back immediately proves little: the service's replicas may lag behind.
    #[must_use]
    pub fn maybe_applied(&self) -> bool {
        self.0.maybe_applied
    }

    /// Returns the JSON that a write sent, if it [may have been applied](Self::maybe_applied).
    ///
    /// It is the user's data, so neither `Display` nor `Debug` shows it; passwords are redacted.
    #[must_use]
    pub fn sent(&self) -> Option<&str> {
        self.0.sent.as_deref()
    }

    /// Returns whether the same call may succeed later and repeating it does no harm.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let by_kind = match self.0.kind {
            ErrorKind::RateLimited | ErrorKind::Connect => true,
            ErrorKind::Timeout | ErrorKind::Interrupted => true,
            ErrorKind::Server => self.0.code.is_none(),
            _ => false,
        };
        self.0.retryable.unwrap_or(by_kind && !self.0.maybe_applied)
    }

    /// Returns whether no response arrived in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether the resource does not exist (or the API profile has no access to it).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Returns whether the service rejects the credentials or the token.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.0.kind == ErrorKind::Auth
    }

    /// Returns whether too many calls were made in a short time.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }
}
