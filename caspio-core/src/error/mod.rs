//! One error type for the whole SDK.
//!
//! An [`Error`] is one word wide, says what was being done to what, and keeps every fact the service
//! gave: status, code, message, request id. It never holds a secret, a token, or a query's text.

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

/// A result whose error is, unless said otherwise, the SDK's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Arc<dyn std::error::Error + Send + Sync + 'static>;

/// Everything that can go wrong, with the facts to decide by.
///
/// [`kind`](Self::kind) and the `is_*` predicates serve decisions; the other accessors serve logs and
/// people. `Display` is one line without the [source](std::error::Error::source).
///
/// ```
/// use caspio_core::error::ErrorContext;
/// use caspio_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::NotFound, "the service refused the request")
///     .with_operation("records.list")
///     .with_resource("table \"Contact\"")
///     .with_status(404)
///     .with_code("ObjectNotFound")
///     .with_hint("check the table's name");
///
/// assert!(error.is_not_found());
/// assert_eq!(
///     error.to_string(),
///     "records.list on table \"Contact\": the service refused the request (404 ObjectNotFound); check the table's name",
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

// The source is shared and never changed, so a panic cannot leave it half written.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

impl Error {
    /// Makes an error of a kind with a message: lower case, no full stop, what failed and with what.
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

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The SDK's own words for what failed.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What was being done, e.g. `records.list`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// What it was done to, e.g. `table "Contacts"`.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.resource.as_deref()
    }

    /// The field or fields at fault, by the service's names, separated by `, `.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The key of the record at fault, e.g. `PK_ID 7`.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The HTTP status of the answer, when there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code, e.g. `InvalidInputValue` or OAuth's `invalid_client`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The service's own message.
    #[must_use]
    pub fn service_message(&self) -> Option<&str> {
        self.0.service_message.as_deref()
    }

    /// The service's id of the request (`X-Caspio-Request-ID`), which Caspio's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long to wait before the next try, when the service or the SDK's own pause says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many times the request was sent or tried to be sent; 0 when it never got that far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The time from the start of the call to the failure, waits included.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        self.0.elapsed
    }

    /// Whether this is a write whose answer was lost, so that it may have been applied.
    ///
    /// Reading back at once proves little: the service's replicas may lag behind.
    #[must_use]
    pub fn maybe_applied(&self) -> bool {
        self.0.maybe_applied
    }

    /// What a write had sent, as JSON, where it [may have been applied](Self::maybe_applied).
    ///
    /// It is the user's data, so it is in neither `Display` nor `Debug`; passwords are blotted out.
    #[must_use]
    pub fn sent(&self) -> Option<&str> {
        self.0.sent.as_deref()
    }

    /// Whether the same call may succeed later and repeating it can do no harm.
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

    /// Whether no answer came in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the object or record does not exist (or is not granted to the profile).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether the service does not accept the credentials or the token.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.0.kind == ErrorKind::Auth
    }

    /// Whether too many calls were made in a short time.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }
}
