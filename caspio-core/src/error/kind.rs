//! The kinds of errors.

use std::fmt;

/// The kind of a failure: the coarse classes on which a program decides.
///
/// Finer facts (status, Caspio's own code and message, the request id) are accessors of
/// [`Error`](super::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The program's configuration is wrong: an account, a variable, a certificate.
    Config,
    /// The service rejects the credentials or the token.
    Auth,
    /// The API profile lacks the permission for this operation, or its access is restricted.
    Permission,
    /// The table, view, record or file does not exist, or the API profile has no access to it.
    NotFound,
    /// The write conflicts with existing data: a unique field, a file with the same name.
    Conflict,
    /// The service refused the content of the request: a field, a value, a condition.
    Invalid,
    /// Too many calls in a short time. The call was not executed.
    RateLimited,
    /// A limit on calls in a longer period is used up.
    Quota,
    /// The program's own limit on calls is used up: the call was not made.
    Budget,
    /// No connection was established: the request was never sent.
    Connect,
    /// No response arrived in time.
    Timeout,
    /// The connection was lost after the request was sent, or another request's response arrived over it. A write may
    /// have been applied.
    Interrupted,
    /// The service failed internally.
    Server,
    /// The response does not have a documented form: HTML, not JSON, truncated.
    Protocol,
    /// A record does not fit the Rust type it is decoded into.
    Decode,
    /// The SDK refused the request and did not send it. A count, or fields that it had to read first, may have taken a
    /// call.
    Refused,
    /// A result that must be complete is not.
    Incomplete,
    /// The program stopped before the end.
    Cancelled,
}

impl ErrorKind {
    /// Returns a short phrase for the kind, as shown by [`Display`](fmt::Display).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "configuration error",
            Self::Auth => "not authenticated",
            Self::Permission => "not permitted",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid request",
            Self::RateLimited => "rate limited",
            Self::Quota => "quota used up",
            Self::Budget => "call budget used up",
            Self::Connect => "no connection",
            Self::Timeout => "timed out",
            Self::Interrupted => "connection lost",
            Self::Server => "service failure",
            Self::Protocol => "unexpected response",
            Self::Decode => "undecodable record",
            Self::Refused => "refused before sending",
            Self::Incomplete => "incomplete result",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
