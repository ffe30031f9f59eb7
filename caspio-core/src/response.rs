//! What comes back: a whole answer, or one whose body is still coming.

use std::fmt;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use crate::error::ErrorContext as _;
use crate::{Body, Error, HttpError, HttpErrorKind, Meter, Operation, Result};

/// The header that carries the service's id of a request.
pub const REQUEST_ID: &str = "x-caspio-request-id";

pub(crate) fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The head of an answer and how it came about.
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
        /// The status, which the judge found good.
        #[must_use]
        pub fn status(&self) -> StatusCode {
            self.head.status
        }

        /// All headers.
        #[must_use]
        pub fn headers(&self) -> &HeaderMap {
            &self.head.headers
        }

        /// One header's text.
        #[must_use]
        pub fn header(&self, name: &str) -> Option<&str> {
            header_text(&self.head.headers, name)
        }

        /// The service's id of the request.
        #[must_use]
        pub fn request_id(&self) -> Option<&str> {
            self.header(REQUEST_ID)
        }

        /// The operation this answers.
        #[must_use]
        pub fn operation(&self) -> &Operation {
            &self.head.operation
        }

        /// How many calls it took, 1 when the first succeeded.
        #[must_use]
        pub fn attempts(&self) -> u32 {
            self.head.attempts
        }

        /// Whether an earlier attempt of this call may have been executed already, so that counts such
        /// as "records affected" may be too low.
        #[must_use]
        pub fn maybe_repeated(&self) -> bool {
            self.head.maybe_repeated
        }
    };
}

/// A whole answer.
pub struct Response {
    head: Head,
    body: Bytes,
}

impl Response {
    pub(crate) fn new(head: Head, body: Bytes) -> Self {
        Self { head, body }
    }

    head_accessors!();

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body, taken out.
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

/// An answer whose body is read chunk by chunk: a download.
///
/// Dropping it closes the connection if the body was not read to its end.
pub struct StreamingResponse {
    head: Head,
    length: Option<u64>,
    seen: u64,
    chunks: Option<BoxStream<'static, Result<Bytes, HttpError>>>,
    meter: Meter,
    // Held until the body has come: it counts as a call in flight.
    _permit: Option<OwnedSemaphorePermit>,
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
            _permit: permit,
        }
    }

    head_accessors!();

    /// The body's length, where the service says it.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) when the body ends before its announced length,
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when it falls silent. After an error the body is over.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
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
                self.chunks = None;
                Err(self.with_context(error))
            }
            None => {
                self.chunks = None;
                self.complete().map(|()| None)
            }
        }
    }

    /// The rest of the body in memory.
    ///
    /// # Errors
    ///
    /// As for [`chunk`](Self::chunk), and [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) past `limit` bytes.
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

    /// The body as a stream that ends after its first error.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes>> {
        stream::try_unfold(self, |mut answer| async move {
            Ok(answer.chunk().await?.map(|chunk| (chunk, answer)))
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
