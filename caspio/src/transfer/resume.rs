//! The content of a file, requested again from where a connection broke.
//!
//! What was received before a break is continued only by bytes of the same content: by a part of the file if the
//! service sends one that begins there and has the same strong `ETag`, and otherwise by the whole file, if it begins
//! with what was received. A file that was replaced in between is an error, never a mixture of both.

use super::range;
use crate::client::Client;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::http::{HeaderValue, StatusCode, header};
use caspio_core::http_client::{HttpError, HttpErrorKind};
use caspio_core::{Error, ErrorKind, Request, Result, StreamingResponse};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// After so many bytes the count of breaks begins again.
const PROGRESS: u64 = 1024 * 1024;

/// The longest wait after the first break; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The file that is downloaded.
pub(crate) trait Subject: fmt::Debug + Send + Sync {
    fn client(&self) -> &Client;

    /// Returns the request of the download.
    fn request(&self) -> BoxFuture<'_, Result<Request>>;

    /// Names the file in an error of its download.
    fn with_context(&self, error: Error) -> Error;
}

/// The content of a file while it is received.
pub(super) struct Content {
    subject: Arc<dyn Subject>,
    response: StreamingResponse,
    /// The length of the whole file.
    length: Option<u64>,
    /// The strong `ETag` of the content.
    etag: Option<HeaderValue>,
    /// The number of bytes that were passed on, and their digest.
    received: u64,
    digest: Sha256,
    /// Bytes that arrived with those that were skipped.
    ready: Option<Bytes>,
    /// The breaks since the last progress, and what was received by the last one.
    breaks: u32,
    received_before: u64,
}

impl Content {
    /// Requests a file.
    ///
    /// # Errors
    ///
    /// The error of the call. `Protocol`: the response is a part of the file.
    pub(super) async fn start(subject: Arc<dyn Subject>) -> Result<Self> {
        let request = subject.request().await?;
        let response = whole(subject.client().send_streaming(request).await?)?;
        Ok(Self {
            length: response.content_length(),
            etag: strong_etag(&response),
            response,
            subject,
            received: 0,
            digest: Sha256::new(),
            ready: None,
            breaks: 0,
            received_before: 0,
        })
    }

    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the next bytes; `None` at the end of the file.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let next = match self.ready.take() {
                Some(ready) => Ok(Some(ready)),
                None => self.response.chunk().await,
            };
            match next {
                Ok(Some(chunk)) => {
                    self.count(&chunk)?;
                    return Ok(Some(chunk));
                }
                Ok(None) if self.length.is_none_or(|length| length == self.received) => {
                    return Ok(None);
                }
                // The response announced no length of its own, and ended early.
                Ok(None) => {
                    let status = self.response.status().as_u16();
                    let broken = Error::from(HttpError::new(HttpErrorKind::CutShort));
                    self.resume(broken.with_status(status)).await?;
                }
                Err(_) if self.length == Some(self.received) => return Ok(None),
                Err(broken) => self.resume(broken).await?,
            }
        }
    }

    /// Counts bytes that are passed on.
    ///
    /// # Errors
    ///
    /// `Protocol`: they are more than the file has, so that they cannot be its content.
    fn count(&mut self, chunk: &Bytes) -> Result<()> {
        let received = self.received + chunk.len() as u64;
        if let Some(length) = self.length
            && received > length
        {
            let message = format!("the service sent more than the {length} bytes of the file");
            let status = self.response.status().as_u16();
            return Err(Error::new(ErrorKind::Protocol, message)
                .with_status(status)
                .with_hint("start the download again"));
        }
        self.received = received;
        self.digest.update(chunk);
        Ok(())
    }

    /// Continues after a break, or returns its error.
    async fn resume(&mut self, mut broken: Error) -> Result<()> {
        loop {
            if self.received - self.received_before >= PROGRESS {
                self.breaks = 0;
            }
            self.breaks += 1;
            self.received_before = self.received;
            let attempts = self.subject.client().attempts();
            if !broken.is_retryable() || self.breaks >= attempts {
                return Err(broken);
            }
            let wait = FIRST_WAIT.saturating_mul(1 << self.breaks.min(6));
            tokio::time::sleep(wait.mul_f64(fastrand::f64() / 2.0)).await;
            match self.request_again().await {
                Err(error) if error.is_retryable() => broken = error,
                other => return other,
            }
        }
    }

    async fn request_again(&mut self) -> Result<()> {
        let again = match self.request_rest().await? {
            Some(rest) if self.continues(&rest) => {
                self.response = rest;
                return Ok(());
            }
            // The service ignores ranges, or the file has another `ETag`.
            Some(response) if response.status() == StatusCode::OK => Some(response),
            other => {
                // It holds a place among the calls in progress.
                drop(other);
                None
            }
        };
        let response = match again {
            Some(response) => response,
            None => {
                let request = self.subject.request().await?;
                whole(self.subject.client().send_streaming(request).await?)?
            }
        };
        self.skip_received(response).await
    }

    /// Requests the rest of the file, if the service can tell whether it is of the same content; `None` if there is no
    /// such part.
    async fn request_rest(&mut self) -> Result<Option<StreamingResponse>> {
        let etag = self.etag.clone().filter(|_| self.received > 0);
        let (Some(etag), Some(_)) = (etag, self.length) else {
            return Ok(None);
        };
        let request = self.subject.request().await?;
        let request = request
            .header(header::RANGE, range::from(self.received)?)
            .header(header::IF_RANGE, etag);
        match self.subject.client().send_streaming(request).await {
            Ok(response) => Ok(Some(response)),
            Err(error) if error.status() == Some(416) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a response is exactly what was not received yet.
    fn continues(&self, response: &StreamingResponse) -> bool {
        let Some(length) = self.length else {
            return false;
        };
        let range = response.header("content-range");
        response.status() == StatusCode::PARTIAL_CONTENT
            && strong_etag(response) == self.etag
            && range.is_some_and(|text| range::is_rest(text, self.received, length))
            && response
                .content_length()
                .is_none_or(|rest| rest == length - self.received)
    }

    /// Skips what was received already, if the file begins with it.
    async fn skip_received(&mut self, mut response: StreamingResponse) -> Result<()> {
        if response.content_length() != self.length {
            return Err(changed());
        }
        let mut digest = Sha256::new();
        let mut left = self.received;
        let mut ready = None;
        while left > 0 {
            let Some(mut chunk) = response.chunk().await? else {
                return Err(changed());
            };
            let length = usize::try_from(left).map_or(chunk.len(), |left| left.min(chunk.len()));
            let skipped = chunk.split_to(length);
            digest.update(&skipped);
            left -= length as u64;
            ready = Some(chunk).filter(|rest| !rest.is_empty());
        }
        if digest.finalize() != self.digest.clone().finalize() {
            return Err(changed());
        }
        self.etag = strong_etag(&response);
        self.ready = ready;
        self.response = response;
        Ok(())
    }
}

/// Checks that a response has the whole file.
fn whole(response: StreamingResponse) -> Result<StreamingResponse> {
    match response.status() {
        StatusCode::OK | StatusCode::NO_CONTENT => Ok(response),
        status => {
            let message = "the response to a download is not the whole file";
            Err(Error::new(ErrorKind::Protocol, message).with_status(status.as_u16()))
        }
    }
}

/// Returns the `ETag`, unless it is weak: files with the same weak one may differ.
fn strong_etag(response: &StreamingResponse) -> Option<HeaderValue> {
    let etag = response.headers().get(header::ETAG)?;
    etag.as_bytes().starts_with(b"\"").then(|| etag.clone())
}

fn changed() -> Error {
    Error::new(
        ErrorKind::Incomplete,
        "the file was replaced while it was downloaded",
    )
    .with_hint("start the download again")
}
