use std::fmt;

/// What went wrong, in the coarse classes a program decides by.
///
/// The finer facts (status, Caspio's own code and message, the request id) are accessors of
/// [`Error`](super::Error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The program's own configuration is wrong: an account, a variable, a certificate.
    Config,
    /// The service does not accept the credentials or the token.
    Auth,
    /// The API profile lacks the right for this operation, or its access is restricted.
    Permission,
    /// The table, view, record or file does not exist, or is not granted to the profile.
    NotFound,
    /// The write clashes with what is there: a unique field, a file of that name.
    Conflict,
    /// The service refused the request's content: a field, a value, a condition.
    Invalid,
    /// Too many calls in a short time. The call was not executed.
    RateLimited,
    /// A limit on calls in a longer period is used up.
    Quota,
    /// No connection came about: the request was never sent.
    Connect,
    /// No answer came in time.
    Timeout,
    /// The connection was lost after the request went out. A write may have been applied.
    Interrupted,
    /// The service failed on its own side.
    Server,
    /// The answer is not what the service promises: HTML, not JSON, cut short.
    Protocol,
    /// A record does not fit the type it is read into.
    Decode,
    /// The SDK refused the request before sending it; no call was spent.
    Refused,
    /// A result that had to be complete is not.
    Incomplete,
    /// The program itself gave up before the end.
    Cancelled,
}

impl ErrorKind {
    /// A short phrase for the kind, as [`Display`](fmt::Display) shows it.
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
            Self::Connect => "no connection",
            Self::Timeout => "timed out",
            Self::Interrupted => "connection lost",
            Self::Server => "service failure",
            Self::Protocol => "unexpected answer",
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
