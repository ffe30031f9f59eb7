//! Responses: complete ones, and ones whose body is still being received.

use crate::error::ErrorContext as _;
use crate::{Body, Error, HttpError, HttpErrorKind, Meter, Operation, Result};
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use std::fmt;
use tokio::sync::OwnedSemaphorePermit;

pub(crate) use crate::http_client::REQUEST_ID;

pub(crate) fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Response status and headers, with the number of attempts.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) operation: Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
    pub(crate) maybe_repeated: bool,
}

macro_rules! head_accessors {
    () => {
        /// Returns the status, which the classifier accepted.
        #[must_use]
        pub fn status(&self) -> StatusCode {
            self.head.status
        }

        /// Returns all headers.
        #[must_use]
        pub fn headers(&self) -> &HeaderMap {
            &self.head.headers
        }

        /// Returns the text of one header.
        #[must_use]
        pub fn header(&self, name: &str) -> Option<&str> {
            header_text(&self.head.headers, name)
        }

        /// Returns the service's id of the request.
        #[must_use]
        pub fn request_id(&self) -> Option<&str> {
            self.header(REQUEST_ID)
        }

        /// Returns the operation of the request.
        #[must_use]
        pub fn operation(&self) -> &Operation {
            &self.head.operation
        }

        /// Returns the number of attempts; 1 if the first one succeeded.
        #[must_use]
        pub fn attempts(&self) -> u32 {
            self.head.attempts
        }

        /// Returns whether an earlier attempt of this call may already have been executed, so that counts
        /// such as "records affected" may be too low.
        #[must_use]
        pub fn maybe_repeated(&self) -> bool {
            self.head.maybe_repeated
        }
    };
}

/// A response with its complete body.
pub struct Response {
    head: Head,
    body: Bytes,
}

impl Response {
    pub(crate) fn new(head: Head, body: Bytes) -> Self {
        Self { head, body }
    }

    head_accessors!();

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Consumes the response and returns the body.
    #[must_use]
    pub fn into_body(self) -> Bytes {
        self.body
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("operation", &self.head.operation)
            .field("status", &self.head.status)
            .field("request_id", &self.request_id())
            .field("attempts", &self.head.attempts)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// A response whose body is received in chunks: a download.
///
/// Dropping it before the end of the body closes the connection.
pub struct StreamingResponse {
    head: Head,
    length: Option<u64>,
    seen: u64,
    chunks: Option<BoxStream<'static, Result<Bytes, HttpError>>>,
    meter: Meter,
    // Held until the body is complete: the call counts as in progress until then.
    permit: Option<OwnedSemaphorePermit>,
}

impl StreamingResponse {
    pub(crate) fn new(
        head: Head,
        body: Body,
        meter: Meter,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self {
            head,
            length: body.len(),
            seen: 0,
            chunks: Some(body.into_stream()),
            meter,
            permit,
        }
    }

    head_accessors!();

    /// Returns the length of the body, if the service sent it.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the next chunk of the body; `None` at its end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) if the body ends before its announced
    /// length, [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if no data arrives in time. After an
    /// error the body has ended.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no data is lost if the future is dropped.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let Some(chunks) = &mut self.chunks else {
            return Ok(None);
        };
        match chunks.next().await {
            Some(Ok(chunk)) => {
                self.seen += chunk.len() as u64;
                self.meter.received(chunk.len() as u64);
                Ok(Some(chunk))
            }
            Some(Err(error)) => {
                self.end();
                Err(self.with_context(error))
            }
            None => {
                self.end();
                self.complete().map(|()| None)
            }
        }
    }

    fn end(&mut self) {
        self.chunks = None;
        self.permit = None;
    }

    /// Reads the rest of the body into memory.
    ///
    /// # Errors
    ///
    /// As for [`chunk`](Self::chunk), and [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) if the
    /// body exceeds `limit` bytes.
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if whole.len() + chunk.len() > limit {
                return Err(self.with_context(HttpError::new(HttpErrorKind::TooLarge)));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    /// Returns the body as a stream that ends after its first error.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes>> {
        stream::try_unfold(self, |mut response| async move {
            Ok(response.chunk().await?.map(|chunk| (chunk, response)))
        })
        .boxed()
    }

    fn complete(&self) -> Result<()> {
        match self.length {
            Some(length) if length != self.seen => {
                Err(self.with_context(HttpError::new(HttpErrorKind::CutShort)))
            }
            _ => Ok(()),
        }
    }

    fn with_context(&self, error: HttpError) -> Error {
        let mut error = Error::from(error)
            .with_operation(self.head.operation.name)
            .with_status(self.head.status.as_u16())
            .with_attempts(self.head.attempts);
        if let Some(resource) = &self.head.operation.resource {
            error = error.with_resource(resource.clone());
        }
        match self.request_id() {
            Some(id) => error.with_request_id(id.to_owned()),
            None => error,
        }
    }
}

impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingResponse")
            .field("operation", &self.head.operation)
            .field("status", &self.head.status)
            .field("request_id", &self.request_id())
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
