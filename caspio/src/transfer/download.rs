//! Downloads of files.

use super::resume::{Content, Subject};
use super::save::Saving;
use bytes::{Bytes, BytesMut};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use sync_wrapper::SyncWrapper;

/// The largest buffer that is allocated before any bytes have arrived.
const AT_ONCE: u64 = 16 * 1024 * 1024;

type Watch = Box<dyn FnMut(u64, Option<u64>) + Send>;

/// A file's content as a stream of bytes, received as fast as it is read.
///
/// The stream ends only when the whole file has arrived: exactly as many bytes as the service reported, if it did. If a
/// connection breaks, the file is requested again, from where it broke if the service sends a part of a file, as often
/// as the client's [`RetryPolicy`](crate::RetryPolicy) sends one call; the count begins again with each MiB. Each
/// request is a call. The bytes before and after a break are of the same content; if the file was replaced in between,
/// the stream ends with an error of kind `Incomplete`. Dropping it stops the download.
///
/// ```no_run
/// # use caspio::attachment::Attachment;
/// use caspio::prelude::*;
///
/// # async fn example(photo: Attachment) -> caspio::Result<()> {
/// let mut download = photo.download().await?;
/// while let Some(piece) = download.try_next().await? {
///     println!("{} of {:?} bytes", download.received(), download.length());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a download does nothing until it is read"]
pub struct Download {
    chunks: SyncWrapper<BoxStream<'static, Result<Bytes>>>,
    subject: Arc<dyn Subject>,
    length: Option<u64>,
    received: u64,
    watch: SyncWrapper<Option<Watch>>,
}

impl Download {
    /// Requests a file.
    ///
    /// # Errors
    ///
    /// The error of the call, without the name of the file.
    pub(crate) async fn start(subject: Arc<dyn Subject>) -> Result<Self> {
        let content = Content::start(Arc::clone(&subject)).await?;
        let next = |mut content: Content| async move {
            let next = content.next().await?;
            Ok(next.map(|chunk| (chunk, content)))
        };
        Ok(Self {
            length: content.length(),
            chunks: SyncWrapper::new(stream::try_unfold(content, next).boxed()),
            subject,
            received: 0,
            watch: SyncWrapper::new(None),
        })
    }

    /// Returns the length of the file in bytes, if the service reported it.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the number of bytes that have arrived.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Sets a function that is called when bytes have arrived, with the number of bytes so far and the file's length.
    ///
    /// ```no_run
    /// # use caspio::attachment::Attachment;
    /// # async fn example(photo: Attachment) -> caspio::Result<()> {
    /// let download = photo.download().await?;
    /// let watched = download.on_progress(|received, length| println!("{received} of {length:?} bytes"));
    /// watched.save_to("photo.png").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, watch: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.watch = SyncWrapper::new(Some(Box::new(watch)));
        self
    }

    /// Returns the whole file in memory.
    ///
    /// # Errors
    ///
    /// `Protocol` if the connection breaks again and again or the service sends more bytes than it reported, `Timeout`
    /// if no bytes arrive, `Incomplete` if the file was replaced after a connection broke.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let capacity = self.length.unwrap_or(0).min(AT_ONCE);
        let mut whole = BytesMut::with_capacity(usize::try_from(capacity).unwrap_or(0));
        while let Some(chunk) = self.try_next().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Saves the file at a path, replacing a file that is there, and returns its length in bytes.
    ///
    /// The bytes are written to a temporary file in the same folder, which is renamed at the end, and
    /// removed if the download fails or is dropped. So the path never contains a part of the file. The folder must
    /// exist.
    ///
    /// # Errors
    ///
    /// As for [`bytes`](Self::bytes); `Cancelled` if the file cannot be written.
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
        self.subject.with_context(error)
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let next = this.chunks.get_mut().poll_next_unpin(context);
        next.map(|chunk| match chunk? {
            Ok(chunk) => {
                this.received += chunk.len() as u64;
                if let Some(watch) = this.watch.get_mut() {
                    watch(this.received, this.length);
                }
                Some(Ok(chunk))
            }
            Err(error) => Some(Err(this.subject.with_context(error))),
        })
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("of", &self.subject)
            .field("length", &self.length)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
