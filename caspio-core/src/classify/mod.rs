//! Classifies responses.
//!
//! The transport passes every response to a [`ResponseClassifier`]. [`CaspioClassifier`] knows how Caspio
//! reports failures; for another service, implement a classifier and keep the other parts.
//!
#![doc = include_str!("responses.md")]

mod body_format;
mod caspio;
mod kind;
mod row;
mod service_error;
#[cfg(test)]
mod tests;

use crate::{Error, Expect};
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::time::Duration;

pub(crate) use body_format::{BodyFormat, body_format};
pub use caspio::CaspioClassifier;
#[doc(hidden)]
pub use row::refused_row;
pub(crate) use service_error::{ServiceError, clean, cleaned, without_bom};

/// A response to be classified. The body is empty when only the head of a download has arrived.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResponseView<'a> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
    /// The expected body of a success.
    pub expect: Expect,
    /// The age of the token in the request, if there was one.
    pub token_age: Option<Duration>,
}

impl<'a> ResponseView<'a> {
    /// Creates a view of a response that is expected to be JSON and whose request had no token.
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

    /// Sets the expected body of a success.
    #[must_use]
    pub fn expecting(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Sets the age of the token in the request.
    #[must_use]
    pub fn with_token_age(mut self, age: Option<Duration>) -> Self {
        self.token_age = age;
        self
    }
}

/// Whether rejected credentials are known to be the cause of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectionCertainty {
    /// The service reported it.
    Certain,
    /// Another cause is possible: the old credentials stay in use until new ones are available.
    Suspected,
}

/// The meaning of a response. The errors contain the facts of the response; the transport adds the
/// rest.
#[derive(Debug)]
#[non_exhaustive]
pub enum Classification {
    /// A success.
    Ok,
    /// The credentials were rejected; the same request may succeed with new ones.
    TokenRejected {
        /// The error to report if it does not.
        error: Error,
        /// Whether the token is known or only suspected to be the cause.
        certainty: RejectionCertainty,
    },
    /// Too many calls; this one was not executed.
    RateLimited(Error),
    /// A failure. It is final unless its kind and the request allow another attempt.
    Failed(Error),
}

/// Classifies responses.
pub trait ResponseClassifier: fmt::Debug + Send + Sync {
    /// Classifies one response.
    fn classify(&self, response: &ResponseView<'_>) -> Classification;
}
