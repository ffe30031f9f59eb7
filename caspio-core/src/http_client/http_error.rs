use std::fmt;

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind};

/// Why no whole answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// No connection came about, so the request was never sent.
    NeverSent,
    /// Nothing came in time after the request went out.
    Timeout,
    /// The connection was lost after the request went out and before an answer began.
    Interrupted,
    /// The answer began and ended before its end.
    CutShort,
    /// The answer's body is larger than the caller allows.
    TooLarge,
    /// The request cannot be sent as it is: an unusable address or header, or a body that cannot be
    /// read to its end.
    Unsendable,
}

/// What an [`HttpService`](super::HttpService) returns when no whole answer came.
///
/// It holds no URL: a URL's query is data.
#[derive(Debug)]
pub struct HttpError {
    kind: HttpErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl HttpError {
    /// Makes an error of a kind.
    #[must_use]
    pub fn new(kind: HttpErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Keeps the underlying error. It must hold no secret and no URL: `Debug` prints it.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> HttpErrorKind {
        self.kind
    }

    /// Whether it is certain that the request never reached the service.
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
                "the server's certificate is not trusted: behind a company proxy add its certificate, and check the clock",
            ),
            HttpErrorKind::NeverSent if self.mentions("dns") => {
                Some("the host name cannot be resolved: check the account and the network")
            }
            HttpErrorKind::NeverSent => Some("check the account, the network and the proxy"),
            HttpErrorKind::CutShort => Some(
                "the answer cannot be trusted as it is; reading again is safe, writing again may write twice",
            ),
            HttpErrorKind::TooLarge => {
                Some("ask for fewer records or fields, or read it as a stream")
            }
            _ => None,
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HttpErrorKind::NeverSent => "no connection to the service",
            HttpErrorKind::Timeout => "no answer from the service in time",
            HttpErrorKind::Interrupted => "the connection was lost before an answer came",
            HttpErrorKind::CutShort => "the answer was cut short",
            HttpErrorKind::TooLarge => "the answer is larger than allowed",
            HttpErrorKind::Unsendable => "the request cannot be sent as it is",
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
            HttpErrorKind::Interrupted => ErrorKind::Interrupted,
            HttpErrorKind::CutShort | HttpErrorKind::TooLarge => ErrorKind::Protocol,
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
