//! The bytes of an upload as the body of a request.

use crate::dialect::MultipartForm;
use bytes::{Bytes, BytesMut};
use caspio_core::error::ErrorContext as _;
use caspio_core::http_client::{Body, HttpError, HttpErrorKind};
use caspio_core::{Error, ErrorKind};
use futures::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use sync_wrapper::SyncWrapper;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// The number of bytes that are read and sent at once.
const PIECE: usize = 64 * 1024;

pub(super) type Chunks = BoxStream<'static, io::Result<Bytes>>;

/// A function that is called with the bytes that were sent so far, and the length.
pub(super) type Progress = Arc<Mutex<dyn FnMut(u64, u64) + Send>>;

/// The bytes of an upload.
pub(super) enum Content {
    Source(Source),
    Stream(SyncWrapper<Chunks>),
}

/// Bytes that can be read, and so sent, again.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Bytes(Bytes),
    File(PathBuf),
}

impl Source {
    pub(super) fn open(&self) -> Chunks {
        match self {
            Self::Bytes(bytes) => slices(bytes.clone()).boxed(),
            Self::File(path) => pieces(path.clone()).boxed(),
        }
    }
}

/// A file of a form.
pub(super) struct Part<C> {
    pub(super) content: C,
    pub(super) length: u64,
    pub(super) progress: Option<Progress>,
}

impl Part<Content> {
    /// Returns the content within its form. Bytes and files can be sent again, a stream cannot.
    pub(super) fn into_body(self, form: &MultipartForm) -> Body {
        let (length, progress) = (self.length, self.progress);
        match self.content {
            Content::Source(content) => {
                let part = Part {
                    content,
                    length,
                    progress,
                };
                sources_body(vec![part], form)
            }
            Content::Stream(chunks) => {
                let content = checked(chunks.into_inner(), length, progress);
                let total = length.saturating_add(form.length());
                Body::from_stream(framed(form.clone(), vec![content]), total)
            }
        }
    }
}

/// Returns files within their form, which can be sent again.
pub(super) fn sources_body(files: Vec<Part<Source>>, form: &MultipartForm) -> Body {
    let lengths = files.iter().map(|file| file.length);
    let total = lengths.fold(form.length(), u64::saturating_add);
    let form = form.clone();
    Body::from_source(total, move || {
        let open =
            |file: &Part<Source>| checked(file.content.open(), file.length, file.progress.clone());
        framed(form.clone(), files.iter().map(open).collect())
    })
}

type Checked = BoxStream<'static, Result<Bytes, HttpError>>;

fn framed(
    form: MultipartForm,
    contents: Vec<Checked>,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Send {
    let one = |bytes| stream::iter([Ok(bytes)]);
    let files = stream::iter(form.heads.into_iter().zip(contents));
    files
        .flat_map(move |(head, content)| one(head).chain(content))
        .chain(one(form.end))
}

/// Returns the content unchanged if it has the given length. Otherwise the stream ends with an error before the form is
/// complete, so that the request fails and the service never stores a truncated file.
fn checked(chunks: Chunks, length: u64, progress: Option<Progress>) -> Checked {
    let next = move |(mut chunks, left): (Chunks, u64)| {
        let progress = progress.clone();
        async move {
            match chunks.next().await {
                Some(Ok(chunk)) => match left.checked_sub(chunk.len() as u64) {
                    Some(left) => {
                        report(progress.as_ref(), length - left, length);
                        Ok(Some((chunk, (chunks, left))))
                    }
                    None => Err(unsendable(ContentError::Longer)),
                },
                Some(Err(error)) => Err(unsendable(ContentError::Unreadable(error))),
                None if left > 0 => Err(unsendable(ContentError::Shorter(left))),
                None => Ok(None),
            }
        }
    };
    stream::try_unfold((chunks, length), next).boxed()
}

fn report(progress: Option<&Progress>, sent: u64, length: u64) {
    if let Some(progress) = progress {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        (*progress)(sent, length);
    }
}

fn slices(bytes: Bytes) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::iter(std::iter::successors(Some(bytes), |rest| {
        (rest.len() > PIECE).then(|| rest.slice(PIECE..))
    }))
    .map(|rest| Ok(rest.slice(..rest.len().min(PIECE))))
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

/// Turns the failure of an upload into the error of its content, if that caused it.
pub(crate) fn content_error(error: Error) -> Error {
    let Some(cause) = ContentError::find_in(&error) else {
        return error;
    };
    let message = cause.to_string();
    Error::new(ErrorKind::Refused, message)
        .with_attempts(error.attempts())
        .with_maybe_applied(error.maybe_applied())
        .with_source(error)
}

/// Why the content of an upload could not be sent.
#[derive(Debug)]
enum ContentError {
    Unreadable(io::Error),
    Longer,
    Shorter(u64),
}

impl ContentError {
    /// Finds a content error among the causes of an error.
    fn find_in<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Self> {
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
