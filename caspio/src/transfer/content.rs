//! The bytes of an upload as the body of a request.

use crate::dialect::MultipartFile;
use bytes::{Bytes, BytesMut};
use caspio_core::http_client::{Body, HttpError, HttpErrorKind};
use futures::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use sync_wrapper::SyncWrapper;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// The number of bytes of a file that are read at once.
const PIECE: usize = 64 * 1024;

type Chunks = BoxStream<'static, io::Result<Bytes>>;

/// The source of the bytes.
pub(crate) enum Content {
    Bytes(Bytes),
    File(PathBuf),
    Stream(SyncWrapper<Chunks>),
}

impl Content {
    /// Returns the content within its form. Bytes and files can be sent again, a stream cannot.
    pub(crate) fn into_body(self, length: u64, form: &MultipartFile) -> Body {
        let total = length.saturating_add(form.length());
        let (before, after) = (form.before.clone(), form.after.clone());
        match self {
            Self::Bytes(bytes) => Body::from_source(total, move || {
                stream::iter([Ok(before.clone()), Ok(bytes.clone()), Ok(after.clone())])
            }),
            Self::File(path) => Body::from_source(total, move || {
                let chunks = pieces(path.clone()).boxed();
                framed(before.clone(), exactly(chunks, length), after.clone())
            }),
            Self::Stream(chunks) => {
                let chunks = exactly(chunks.into_inner(), length);
                Body::from_stream(framed(before, chunks, after), total)
            }
        }
    }
}

fn framed(
    before: Bytes,
    content: impl Stream<Item = Result<Bytes, HttpError>> + Send,
    after: Bytes,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Send {
    let one = |bytes| stream::iter([Ok(bytes)]);
    one(before).chain(content).chain(one(after))
}

/// Returns the content unchanged if it has the given length. Otherwise the stream ends with an error before the form is
/// complete, so that the request fails and the service never stores a truncated file.
fn exactly(chunks: Chunks, length: u64) -> impl Stream<Item = Result<Bytes, HttpError>> + Send {
    stream::try_unfold((chunks, length), |(mut chunks, left)| async move {
        match chunks.next().await {
            Some(Ok(chunk)) => match left.checked_sub(chunk.len() as u64) {
                Some(left) => Ok(Some((chunk, (chunks, left)))),
                None => Err(unsendable(ContentError::Longer)),
            },
            Some(Err(error)) => Err(unsendable(ContentError::Unreadable(error))),
            None if left > 0 => Err(unsendable(ContentError::Shorter(left))),
            None => Ok(None),
        }
    })
}

fn pieces(path: PathBuf) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let opened = stream::once(File::open(path));
    let read = |file| {
        stream::try_unfold(file, |mut file: File| async move {
            let mut piece = BytesMut::with_capacity(PIECE);
            let count = file.read_buf(&mut piece).await?;
            Ok((count > 0).then(|| (piece.freeze(), file)))
        })
    };
    opened.map_ok(read).try_flatten()
}

fn unsendable(error: ContentError) -> HttpError {
    HttpError::new(HttpErrorKind::Unsendable).with_source(error)
}

/// Why the content of an upload could not be sent.
#[derive(Debug)]
pub(crate) enum ContentError {
    Unreadable(io::Error),
    Longer,
    Shorter(u64),
}

impl ContentError {
    /// Finds a content error among the causes of an error.
    pub(crate) fn find_in<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Self> {
        let mut next = Some(error);
        while let Some(cause) = next {
            if let Some(found) = cause.downcast_ref() {
                return Some(found);
            }
            next = cause.source();
        }
        None
    }
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "the content cannot be read: {error}"),
            Self::Longer => f.write_str("the content is longer than the given length"),
            Self::Shorter(left) => {
                write!(
                    f,
                    "the content ended {left} bytes short of the given length"
                )
            }
        }
    }
}

impl StdError for ContentError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            Self::Longer | Self::Shorter(_) => None,
        }
    }
}
