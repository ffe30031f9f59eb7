//! The body of an upload: exactly as long as announced, or an error.

use super::super::{HttpError, HttpErrorKind};
use bytes::Bytes;
use futures::stream::{self, BoxStream, Fuse, Stream, StreamExt as _};

/// Fused, because it is read again after its end.
type Chunks = Fuse<BoxStream<'static, Result<Bytes, HttpError>>>;

struct Upload {
    chunks: Chunks,
    /// How many bytes are still announced.
    left: u64,
    held: Option<Bytes>,
}

/// Returns the chunks if they have `length` bytes together, otherwise an error instead of the last chunk.
///
/// The HTTP client stops reading at the announced length. So the last chunk is held back until the source has ended:
/// otherwise an upload that is cut, or whose source fails at its end, would be sent completely and succeed.
pub(super) fn exact(
    chunks: BoxStream<'static, Result<Bytes, HttpError>>,
    length: u64,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static {
    let upload = Upload {
        chunks: chunks.fuse(),
        left: length,
        held: None,
    };
    stream::unfold(Some(upload), |upload| async move {
        let mut upload = upload?;
        match upload.next().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(upload))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
}

impl Upload {
    async fn next(&mut self) -> Result<Option<Bytes>, HttpError> {
        while let Some(chunk) = self.chunks.next().await {
            let chunk = chunk.map_err(unsendable)?;
            if chunk.is_empty() {
                continue;
            }
            self.left = self
                .left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| unsendable("the upload has more bytes than its length"))?;
            if let Some(previous) = self.held.replace(chunk) {
                return Ok(Some(previous));
            }
        }
        if self.left > 0 {
            return Err(unsendable("the upload has fewer bytes than its length"));
        }
        Ok(self.held.take())
    }
}

fn unsendable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> HttpError {
    HttpError::new(HttpErrorKind::Unsendable).with_source(source)
}
