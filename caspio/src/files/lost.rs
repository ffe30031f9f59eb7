//! Whether the service stored an upload whose response was lost.

use super::folder::Folder;
use super::info::FileInfo;
use crate::transfer::Original;
use caspio_core::Result;

/// A file with the name of an upload, compared with its content.
#[derive(Debug)]
pub(super) enum Found {
    Equal(FileInfo),
    Different,
    /// There is no such file yet, or it cannot be compared.
    Nothing,
}

impl Folder {
    /// Looks for a file of this name and compares it with what was uploaded: first by size, then byte by byte, because
    /// a file that was there before may have the same size.
    pub(super) async fn compare(&self, name: &str, original: Option<&Original>) -> Found {
        let Some(original) = original else {
            return Found::Nothing;
        };
        // The error of the upload says more than one of this search.
        self.compare_stored(name, original)
            .await
            .unwrap_or(Found::Nothing)
    }

    async fn compare_stored(&self, name: &str, original: &Original) -> Result<Found> {
        let Some(stored) = self.find_file(name).await? else {
            return Ok(Found::Nothing);
        };
        if stored.size.is_some_and(|size| size != original.length()) {
            return Ok(Found::Different);
        }
        let download = self.client.files().file(&stored.id).download().await?;
        match original.is_equal_to(download).await? {
            true => Ok(Found::Equal(stored)),
            false => Ok(Found::Different),
        }
    }
}
