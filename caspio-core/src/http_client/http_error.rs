//! Errors of an HTTP client.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind};
use std::fmt;

/// Why no complete response arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// No connection was established, so the request was never sent.
    NeverSent,
    /// No response arrived in time after the request was sent.
    Timeout,
    /// The connection was lost after the request was sent and before a response began.
    Interrupted,
    /// The response that arrived belongs to another request, so this request's own response is lost.
    Repeated,
    /// The response ended before it was complete.
    CutShort,
    /// The response body is larger than the caller allows.
    TooLarge,
    /// The response has a content encoding that was not requested.
    Encoded,
    /// The request cannot be sent: an invalid URL or header, or a body that cannot be read completely.
    Unsendable,
}

/// The error of an [`HttpService`](super::HttpService) if no complete response arrived.
///
/// It contains no URL, because the query of a URL contains data.
#[derive(Debug)]
pub struct HttpError {
    kind: HttpErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl HttpError {
    /// Creates an error of a kind.
    #[must_use]
    pub fn new(kind: HttpErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Sets the source error. It must contain no secret and no URL: `Debug` prints it.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind of the failure.
    #[must_use]
    pub fn kind(&self) -> HttpErrorKind {
        self.kind
    }

    /// Returns whether the request certainly did not reach the service.
    #[must_use]
    pub fn never_sent(&self) -> bool {
        matches!(
            self.kind,
            HttpErrorKind::NeverSent | HttpErrorKind::Unsendable
        )
    }

    fn mentions(&self, word: &str) -> bool {
        let mut next: Option<&(dyn std::error::Error + 'static)> = match &self.source {
            Some(source) => Some(&**source),
            None => None,
        };
        while let Some(error) = next {
            if error.to_string().to_ascii_lowercase().contains(word) {
                return true;
            }
            next = error.source();
        }
        false
    }

    fn hint(&self) -> Option<&'static str> {
        match self.kind {
            HttpErrorKind::NeverSent if self.mentions("certificate") => Some(
                "the server's certificate is not trusted: behind a company proxy, add the proxy's certificate; check the clock",
            ),
            HttpErrorKind::NeverSent if self.mentions("dns") => {
                Some("the host name cannot be resolved: check the account and the network")
            }
            HttpErrorKind::NeverSent => Some("check the account, the network and the proxy"),
            HttpErrorKind::Repeated => Some(
                "a proxy or gateway on the way to the service sends responses twice; connect without it, or tell whoever runs it",
            ),
            HttpErrorKind::CutShort => Some(
                "the response is incomplete; repeating a read is safe, repeating a write may write twice",
            ),
            HttpErrorKind::TooLarge => {
                Some("request fewer records or fields, or read the response as a stream")
            }
            _ => None,
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HttpErrorKind::NeverSent => "no connection to the service",
            HttpErrorKind::Timeout => "no response from the service in time",
            HttpErrorKind::Interrupted => "the connection was lost before a response arrived",
            HttpErrorKind::Repeated => {
                "the response of an earlier request arrived instead of this one's"
            }
            HttpErrorKind::CutShort => "the response was cut short",
            HttpErrorKind::TooLarge => "the response is larger than allowed",
            HttpErrorKind::Encoded => "the response has a content encoding that was not requested",
            HttpErrorKind::Unsendable => "the request cannot be sent",
        })
    }
}

impl std::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let kind = match error.kind {
            HttpErrorKind::NeverSent => ErrorKind::Connect,
            HttpErrorKind::Timeout => ErrorKind::Timeout,
            HttpErrorKind::Interrupted | HttpErrorKind::Repeated => ErrorKind::Interrupted,
            HttpErrorKind::CutShort | HttpErrorKind::TooLarge | HttpErrorKind::Encoded => {
                ErrorKind::Protocol
            }
            HttpErrorKind::Unsendable => ErrorKind::Refused,
        };
        let mut out = Self::new(kind, error.to_string());
        if let Some(hint) = error.hint() {
            out = out.with_hint(hint);
        }
        if error.kind == HttpErrorKind::CutShort {
            out = out.with_retryable(true);
        }
        match error.source {
            Some(source) => out.with_source(source),
            None => out,
        }
    }
}
