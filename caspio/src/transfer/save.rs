//! A download that replaces a file only once it is complete.

use bytes::Bytes;
use caspio_support::file::{self, Access, Temporary};
use std::io;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

/// A temporary file next to the one that it will replace. It is removed if it is dropped before its end.
pub(crate) struct Saving {
    file: File,
    temporary: Temporary,
}

impl Saving {
    pub(crate) async fn start(path: &Path) -> io::Result<Self> {
        let path = path.to_owned();
        let created = spawn_blocking(move || file::create(&path, Access::Default)).await;
        let (file, temporary) = created??;
        Ok(Self {
            file: File::from_std(file),
            temporary,
        })
    }

    pub(crate) async fn write(&mut self, bytes: &Bytes) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// Replaces the file.
    pub(crate) async fn finish(self) -> io::Result<()> {
        let Self {
            mut file,
            temporary,
        } = self;
        file.flush().await?;
        file.sync_all().await?;
        // The file stays open until its last write is done, and Windows does not rename an open file.
        drop(file.into_std().await);
        spawn_blocking(move || temporary.rename()).await?
    }
}
