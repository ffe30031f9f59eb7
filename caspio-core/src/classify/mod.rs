//! What an answer means.
//!
//! The transport asks a [`ResponseClassifier`] about every answer; [`CaspioClassifier`] knows how Caspio says no. Services
//! with other habits get a judge of their own and keep the rest.

mod body_format;
mod caspio;
mod kind;
mod service_error;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub(crate) use body_format::{BodyFormat, body_format};
pub use caspio::CaspioClassifier;
pub(crate) use service_error::{ServiceError, clean};

use crate::{Error, Expect};

/// An answer, to be judged. The body is empty while a download's head is judged.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ResponseView<'a> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
    /// What the caller expects of a success.
    pub expect: Expect,
    /// The age of the token the request carried, where there was one.
    pub token_age: Option<Duration>,
}

impl<'a> ResponseView<'a> {
    /// An answer that is expected to be JSON and whose request carried no token.
    #[must_use]
    pub fn new(status: StatusCode, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self {
            status,
            headers,
            body,
            expect: Expect::Json,
            token_age: None,
        }
    }

    /// Says what the caller expects of a success.
    #[must_use]
    pub fn expecting(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Says how old the request's token is.
    #[must_use]
    pub fn with_token_age(mut self, age: Option<Duration>) -> Self {
        self.token_age = age;
        self
    }
}

/// How sure it is that the credentials are why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectionCertainty {
    /// The service said so.
    Certain,
    /// Another cause is possible: old credentials stay in use until new ones are there.
    Suspected,
}

/// What an answer means. The errors carry what the answer says; the transport adds the rest.
#[derive(Debug)]
#[non_exhaustive]
pub enum Classification {
    /// A success.
    Ok,
    /// The credentials were refused; with fresh ones the same request may succeed.
    TokenRejected {
        /// What to report when it does not.
        error: Error,
        /// Whether the token is known or only suspected to be the cause.
        certainty: RejectionCertainty,
    },
    /// Too many calls; this one was not executed.
    RateLimited(Error),
    /// A failure that is final unless its kind and the request allow another attempt.
    Failed(Error),
}

/// Decides what answers mean.
pub trait ResponseClassifier: fmt::Debug + Send + Sync {
    /// Decides what one answer means.
    fn classify(&self, response: &ResponseView<'_>) -> Classification;
}
