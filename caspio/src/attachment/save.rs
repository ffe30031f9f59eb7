//! A file that is there whole or not at all.

use bytes::Bytes;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;

/// A file being written beside the one it will replace; dropped before its end it leaves nothing.
pub(super) struct Saving {
    file: Option<File>,
    beside: PathBuf,
    path: PathBuf,
}

impl Saving {
    pub(super) async fn start(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut beside = name.to_owned();
        beside.push(format!(".{:016x}.part", fastrand::u64(..)));
        let beside = path.with_file_name(beside);
        let mut options = OpenOptions::new();
        let file = options.create_new(true).write(true).open(&beside).await?;
        Ok(Self {
            file: Some(file),
            beside,
            path: path.to_owned(),
        })
    }

    pub(super) async fn write(&mut self, bytes: &Bytes) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).await,
            None => Ok(()),
        }
    }

    /// Puts the file in its place, over the one that was there.
    pub(super) async fn finish(mut self) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.flush().await?;
            file.sync_all().await?;
        }
        self.close().await;
        tokio::fs::rename(&self.beside, &self.path).await?;
        self.beside.clear();
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(file) = self.file.take() {
            // Until its last write is done the file stays open, and some systems rename no open file.
            drop(file.into_std().await);
        }
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        self.file = None;
        if !self.beside.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.beside);
        }
    }
}
