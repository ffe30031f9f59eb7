//! One file of the account.

use super::errors::{Place, is_absent};
use super::id::{self, FileId};
use super::info::{FileInfo, describes_nothing};
use super::path::normalized;
use crate::client::Client;
use crate::dialect::{FileAt, one_file};
use crate::transfer::{Download, Subject};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Operation, Request, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;

const DELETE: &str = "files.delete";
const DOWNLOAD: &str = "files.download";
const INFO: &str = "files.info";

/// One file of the account, by its id or its path.
///
/// Created by [`Files::file`](super::Files::file) and [`Files::file_at`](super::Files::file_at).
///
/// ```no_run
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let report = caspio.files().file_at("/Reports/2026.pdf");
///
/// println!("{:?} bytes", report.info().await?.size);
/// report.download().await?.save_to("2026.pdf").await?;
/// report.delete().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StoredFile {
    client: Client,
    at: Location,
}

#[derive(Clone, Debug)]
enum Location {
    Id(FileId),
    Path(String),
}

impl StoredFile {
    pub(super) fn with_id(client: Client, id: FileId) -> Self {
        Self {
            client,
            at: Location::Id(id),
        }
    }

    pub(super) fn at(client: Client, path: String) -> Self {
        Self {
            client,
            at: Location::Path(path),
        }
    }

    /// Returns the file's id, name, size and dates. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such file. `Refused`: the id or path cannot be one.
    pub fn info(&self) -> impl Future<Output = Result<FileInfo>> + Send + use<> {
        let this = self.clone();
        async move {
            let info = this.read_info().await;
            info.map_err(|error| this.place().explain(INFO, error))
        }
    }

    async fn read_info(&self) -> Result<FileInfo> {
        let location = self.location(INFO)?;
        let url = self.client.dialect().files();
        let url = url.file_info(self.client.base(), location.file());
        let body = self.client.get(url, self.operation(INFO)).await?;
        let file = one_file(&body).ok_or_else(|| describes_nothing("file"))?;
        FileInfo::read(file)
    }

    /// Starts to download the file. One call, and one more for each time that the connection breaks: see [`Download`].
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such file. `Refused`: the id or path cannot be one.
    pub fn download(&self) -> impl Future<Output = Result<Download>> + Send + use<> {
        let this = Arc::new(self.clone());
        async move {
            let started = Download::start(this.clone()).await;
            started.map_err(|error| this.with_context(error))
        }
    }

    /// Deletes the file. One call, and one more if the response to a deletion by path is lost.
    ///
    /// By id, the call is repeated after a lost response, and by path it is not, because another program may have
    /// stored another file there since. If the file does not exist after a lost response, that is a success.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such file. `Refused`: the id or path cannot be one.
    pub fn delete(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let this = self.clone();
        async move {
            let deleted = this.remove().await;
            deleted.map_err(|error| this.place().explain(DELETE, error))
        }
    }

    async fn remove(&self) -> Result<()> {
        let location = self.location(DELETE)?;
        let operations = self.client.dialect().files();
        let operation = self.operation(DELETE);
        let request = operations.delete(self.client.base(), location.file(), operation);
        let Err(error) = self.client.send(request).await else {
            return Ok(());
        };
        if !error.maybe_applied() {
            return Err(error);
        }
        let is_gone = match is_absent(&error) {
            true => true,
            false => self.read_info().await.is_err_and(|error| is_absent(&error)),
        };
        match is_gone {
            true => Ok(()),
            false => Err(error),
        }
    }

    fn operation(&self, name: &'static str) -> Operation {
        Operation::new(name).on(self.place().resource())
    }

    fn place(&self) -> Place {
        match &self.at {
            Location::Id(id) => Place::File(id.to_string()),
            Location::Path(path) => Place::FileAt(path.clone()),
        }
    }

    /// Returns where the file is, in the form of a request.
    fn location(&self, operation: &'static str) -> Result<Location> {
        let refused = |reason: &str| self.place().refused(operation, reason);
        match &self.at {
            Location::Id(id) if id::is_possible(id.as_str()) => Ok(self.at.clone()),
            Location::Id(_) => Err(refused("this is not the id of a file")
                .with_hint("ids are GUIDs, which lists of files and uploads return")),
            Location::Path(path) => match normalized(path) {
                Ok(path) if path.is_empty() => Err(refused("this is not the path of a file")),
                Ok(path) => Ok(Location::Path(path)),
                Err(reason) => Err(refused(reason)),
            },
        }
    }
}

impl Location {
    fn file(&self) -> FileAt<'_> {
        match self {
            Self::Id(id) => FileAt::Id(id.as_str()),
            Self::Path(path) => FileAt::Path(path),
        }
    }
}

impl Subject for StoredFile {
    fn client(&self) -> &Client {
        &self.client
    }

    fn request(&self) -> BoxFuture<'_, Result<Request>> {
        let request = async {
            let location = self.location(DOWNLOAD)?;
            let operations = self.client.dialect().files();
            let operation = self.operation(DOWNLOAD);
            Ok(operations.download(self.client.base(), location.file(), operation))
        };
        request.boxed()
    }

    fn with_context(&self, error: Error) -> Error {
        self.place().explain(DOWNLOAD, error)
    }
}
