//! The bytes of an upload, kept to find out whether the service stored them.

use super::Download;
use super::content::Source;
use bytes::{Buf, Bytes};
use caspio_core::Result;
use futures::stream::{StreamExt, TryStreamExt};

/// The bytes of an upload that can be read again.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(super) source: Source,
    pub(super) length: u64,
}

impl Original {
    /// Returns the number of bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Whether a stored file has exactly these bytes. It is read until the first difference.
    ///
    /// # Errors
    ///
    /// The file cannot be read completely.
    pub(crate) async fn is_equal_to(&self, mut stored: Download) -> Result<bool> {
        let mut own = self.source.open();
        let mut ready = Bytes::new();
        while let Some(mut chunk) = stored.try_next().await? {
            while !chunk.is_empty() {
                if ready.is_empty() {
                    match own.next().await {
                        Some(Ok(next)) => ready = next,
                        // The file on this machine is shorter, or cannot be read any more.
                        Some(Err(_)) | None => return Ok(false),
                    }
                    continue;
                }
                let length = ready.len().min(chunk.len());
                if ready[..length] != chunk[..length] {
                    return Ok(false);
                }
                ready.advance(length);
                chunk.advance(length);
            }
        }
        Ok(stored.received() == self.length)
    }
}
