//! A file on its way here.

use super::place::Place;
use super::save::Saving;
use bytes::{Bytes, BytesMut};
use caspio_core::{Error, ErrorKind, Result, StreamingResponse};
use futures::stream::{BoxStream, Stream, StreamExt, TryStreamExt};
use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The most that is set aside for a file before any of it has come.
const AT_ONCE: u64 = 16 * 1024 * 1024;

type Watch = Box<dyn FnMut(u64, Option<u64>) + Send>;

/// A file's content as a stream of bytes, which comes as fast as it is read.
///
/// It ends well only when all of the file has come: a connection that breaks is an error. Dropping
/// it stops the download.
#[must_use = "a download does nothing until it is read"]
pub struct Download {
    chunks: BoxStream<'static, Result<Bytes>>,
    place: Place,
    key: String,
    length: Option<u64>,
    received: u64,
    watch: Option<Watch>,
}

impl Download {
    pub(super) fn new(answer: StreamingResponse, place: Place, key: String) -> Self {
        Self {
            length: answer.content_length(),
            chunks: answer.into_stream(),
            place,
            key,
            received: 0,
            watch: None,
        }
    }

    /// How many bytes the file has, where the service said so.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// How many bytes have come so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Calls back whenever some bytes have come, with how many came so far and the file's length.
    pub fn on_progress(mut self, watch: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// The whole file in memory.
    ///
    /// # Errors
    ///
    /// `Protocol` when the connection breaks, `Timeout` when it falls silent.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let capacity = self.length.unwrap_or(0).min(AT_ONCE);
        let mut whole = BytesMut::with_capacity(usize::try_from(capacity).unwrap_or(0));
        while let Some(chunk) = self.try_next().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Saves the file under a path, over what was there, and tells how many bytes it has.
    ///
    /// The path gets the whole file or stays as it was: the bytes go into a file beside it, which is
    /// renamed at the end and removed when the download fails or is dropped. The folder must exist.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Self::bytes); `Cancelled` when the file cannot be written.
    pub async fn save_to(mut self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let saving = Saving::start(path).await;
        let mut saving = saving.map_err(|error| self.unwritable(path, error))?;
        while let Some(chunk) = self.try_next().await? {
            let written = saving.write(&chunk).await;
            written.map_err(|error| self.unwritable(path, error))?;
        }
        let finished = saving.finish().await;
        finished.map_err(|error| self.unwritable(path, error))?;
        Ok(self.received)
    }

    fn unwritable(&self, path: &Path, error: io::Error) -> Error {
        let message = format!("{path:?} cannot be written: {error}");
        let error = Error::new(ErrorKind::Cancelled, message).with_source(error);
        self.locate(error)
    }

    fn locate(&self, error: Error) -> Error {
        let error = self.place.locate(super::handle::DOWNLOAD, error);
        error.with_key(format!("PK_ID {}", self.key))
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let next = this.chunks.poll_next_unpin(context);
        next.map(|chunk| match chunk? {
            Ok(chunk) => {
                this.received += chunk.len() as u64;
                if let Some(watch) = &mut this.watch {
                    watch(this.received, this.length);
                }
                Some(Ok(chunk))
            }
            Err(error) => Some(Err(this.locate(error))),
        })
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("of", &self.place.target)
            .field("field", &self.place.field)
            .field("key", &self.key)
            .field("length", &self.length)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
