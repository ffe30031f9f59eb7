//! The body of a request or a response.

use super::{HttpError, HttpErrorKind};
use bytes::{Bytes, BytesMut};
use futures::future;
use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

type Chunks = BoxStream<'static, Result<Bytes, HttpError>>;

/// The body of a request or of a response: bytes, or a stream.
///
/// The stream of a request has a known length, because the service resets chunked uploads.
#[derive(Default)]
pub struct Body(Inner);

enum Inner {
    Bytes(Bytes),
    /// In a mutex so that a body is `Sync`, and with it every future that holds a request.
    Stream {
        chunks: Mutex<Chunks>,
        length: Option<u64>,
    },
    Source(Source),
}

#[derive(Clone)]
struct Source {
    open: Arc<dyn Fn() -> Chunks + Send + Sync>,
    length: u64,
}

impl Default for Inner {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Body {
    /// Creates an empty body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Creates a request body that is read once from a stream of exactly `length` bytes.
    ///
    /// It cannot be sent again, so such a request is never retried. Prefer
    /// [`from_source`](Self::from_source) if the data can be read twice.
    pub fn from_stream(
        chunks: impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static,
        length: u64,
    ) -> Self {
        Self::response_stream(chunks, Some(length))
    }

    /// Creates a request body of exactly `length` bytes that can be opened again for every attempt,
    /// e.g. a file.
    pub fn from_source<S>(length: u64, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = Result<Bytes, HttpError>> + Send + 'static,
    {
        let open = Arc::new(move || open().boxed());
        Self(Inner::Source(Source { open, length }))
    }

    /// Creates a response body, whose length may be unknown.
    pub fn response_stream(
        chunks: impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self(Inner::Stream {
            chunks: Mutex::new(chunks.boxed()),
            length,
        })
    }

    /// Returns the number of bytes, if known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(bytes.len() as u64),
            Inner::Stream { length, .. } => *length,
            Inner::Source(source) => Some(source.length),
        }
    }

    /// Returns whether the body is known to be empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Returns the bytes, if they are in memory.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns a second body with the same content; `None` for a stream that can be read only once.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(Self(Inner::Bytes(bytes.clone()))),
            Inner::Source(source) => Some(Self(Inner::Source(source.clone()))),
            Inner::Stream { .. } => None,
        }
    }

    /// Reads the whole body into memory.
    ///
    /// # Errors
    ///
    /// [`HttpErrorKind::TooLarge`] if it exceeds `limit` bytes, [`HttpErrorKind::CutShort`] if the
    /// stream ends before its known length, and the errors of the stream itself.
    pub async fn bytes(self, limit: usize) -> Result<Bytes, HttpError> {
        let expected = self.len();
        if expected.is_some_and(|length| length > limit as u64) {
            return Err(HttpError::new(HttpErrorKind::TooLarge));
        }
        match self.0 {
            Inner::Bytes(bytes) => Ok(bytes),
            Inner::Stream { chunks, .. } => collect(into_chunks(chunks), expected, limit).await,
            Inner::Source(source) => collect((source.open)(), expected, limit).await,
        }
    }

    /// Returns the body as a stream of chunks.
    #[must_use]
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, HttpError>> {
        match self.0 {
            Inner::Bytes(bytes) if bytes.is_empty() => stream::empty().boxed(),
            Inner::Bytes(bytes) => stream::once(future::ready(Ok(bytes))).boxed(),
            Inner::Stream { chunks, .. } => into_chunks(chunks),
            Inner::Source(source) => (source.open)(),
        }
    }
}

fn into_chunks(chunks: Mutex<Chunks>) -> Chunks {
    chunks.into_inner().unwrap_or_else(PoisonError::into_inner)
}

async fn collect(
    mut chunks: Chunks,
    expected: Option<u64>,
    limit: usize,
) -> Result<Bytes, HttpError> {
    let Some(first) = chunks.next().await.transpose()? else {
        return complete(Bytes::new(), expected);
    };
    let Some(second) = chunks.next().await.transpose()? else {
        return complete(within(first, limit)?, expected);
    };
    let capacity = expected
        .unwrap_or(0)
        .max((first.len() + second.len()) as u64);
    let mut whole = BytesMut::with_capacity(usize::try_from(capacity).unwrap_or(0).min(limit));
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    while let Some(chunk) = chunks.next().await.transpose()? {
        if whole.len() + chunk.len() > limit {
            return Err(HttpError::new(HttpErrorKind::TooLarge));
        }
        whole.extend_from_slice(&chunk);
    }
    complete(within(whole.freeze(), limit)?, expected)
}

fn within(bytes: Bytes, limit: usize) -> Result<Bytes, HttpError> {
    if bytes.len() > limit {
        return Err(HttpError::new(HttpErrorKind::TooLarge));
    }
    Ok(bytes)
}

fn complete(bytes: Bytes, expected: Option<u64>) -> Result<Bytes, HttpError> {
    match expected {
        Some(length) if length != bytes.len() as u64 => {
            Err(HttpError::new(HttpErrorKind::CutShort))
        }
        _ => Ok(bytes),
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl fmt::Debug for Body {
    /// Shows the kind and the length, and hides the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Inner::Bytes(_) => "bytes",
            Inner::Stream { .. } => "stream",
            Inner::Source(_) => "source",
        };
        match self.len() {
            Some(length) => write!(f, "Body({kind}, {length} bytes)"),
            None => write!(f, "Body({kind})"),
        }
    }
}
