//! One folder of the account's files.

use super::errors::{Place, is_absent};
use super::id::{self, FolderId};
use super::info::{FileInfo, FolderInfo, describes_nothing};
use super::list::every_page;
use crate::client::Client;
use crate::decode::decode_value;
use crate::dialect::{TogetherJson, one_folder};
use crate::transfer::name;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};

const CREATE_FOLDER: &str = "files.create_folder";
const FOLDER_INFO: &str = "files.folder_info";
const FOLDERS: &str = "files.folders";
const LIST: &str = "files.list";

/// One folder of the account's files.
///
/// Created by [`Files::root`](super::Files::root), [`Files::folder`](super::Files::folder) and
/// [`Files::folder_at`](super::Files::folder_at).
///
/// ```no_run
/// use caspio::files::{IfExists, Upload};
///
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let reports = caspio.files().folder_at("/Reports").await?;
/// let report = Upload::bytes("2026.csv", "Month,Total\n");
/// let stored = reports.upload(report, IfExists::NewName).await?;
/// println!("stored as {}", stored.name);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    pub(super) client: Client,
    /// None for the root folder.
    id: Option<FolderId>,
}

impl Folder {
    pub(super) fn new(client: Client, id: Option<FolderId>) -> Self {
        Self { client, id }
    }

    /// Returns the folder's id; `None` for the root folder, which has none.
    #[must_use]
    pub fn id(&self) -> Option<&FolderId> {
        self.id.as_ref()
    }

    /// Returns all files in this folder, without those in its folders, in the service's order: by name, on v2 not
    /// documented. One call for every 1,000 files, on v2 one call.
    ///
    /// A list of more than 1,000 files is read again if files were added or deleted in the meantime.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such folder. `Incomplete`: the list changed each time that it was read.
    pub fn list(&self) -> impl Future<Output = Result<Vec<FileInfo>>> + Send + use<> {
        let this = self.clone();
        async move {
            let files = this.read_files().await;
            files.map_err(|error| this.place().explain(LIST, error))
        }
    }

    async fn read_files(&self) -> Result<Vec<FileInfo>> {
        self.check(LIST)?;
        let (operations, base) = (self.client.dialect().files(), self.client.base());
        let url = |page| operations.files(base, self.id_text(), page);
        let operation = self.operation(LIST);
        if operations.lists_together {
            let body = self.client.get(url(1), operation).await?;
            let both: TogetherJson = decode_value(&body, self.client.dialect())?;
            return both.files.into_iter().map(FileInfo::read).collect();
        }
        let id = |file: &FileInfo| file.id.to_string();
        every_page(&self.client, &operation, url, FileInfo::read, id).await
    }

    /// Returns all folders in this folder, as [`list`](Self::list) returns its files.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub fn folders(&self) -> impl Future<Output = Result<Vec<FolderInfo>>> + Send + use<> {
        let this = self.clone();
        async move {
            let folders = this.read_folders().await;
            folders.map_err(|error| this.place().explain(FOLDERS, error))
        }
    }

    async fn read_folders(&self) -> Result<Vec<FolderInfo>> {
        self.check(FOLDERS)?;
        let (operations, base) = (self.client.dialect().files(), self.client.base());
        let url = |page| operations.folders(base, self.id_text(), page);
        let operation = self.operation(FOLDERS);
        if operations.lists_together {
            let body = self.client.get(url(1), operation).await?;
            let both: TogetherJson = decode_value(&body, self.client.dialect())?;
            return both.folders.into_iter().map(FolderInfo::read).collect();
        }
        let id = |folder: &FolderInfo| folder.id.to_string();
        every_page(&self.client, &operation, url, FolderInfo::read, id).await
    }

    /// Returns the file with this name, which is case-sensitive, in this folder; `None` if there is none. As many calls
    /// as [`list`](Self::list) makes; in the root folder one call.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list); `Refused`: no file can have this name.
    pub fn find(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<FileInfo>>> + Send + use<> {
        let (this, name) = (self.clone(), name.to_owned());
        async move {
            if let Some(violation) = name::check(&name) {
                let message = format!("{violation}: {name:?}");
                return Err(this.place().refused(LIST, message));
            }
            this.find_file(&name).await
        }
    }

    pub(super) async fn find_file(&self, name: &str) -> Result<Option<FileInfo>> {
        let lists_together = self.client.dialect().files().lists_together;
        if self.id.is_none() && !lists_together {
            let file = self.client.files().file_at(format!("/{name}"));
            return match file.info().await {
                Ok(info) => Ok(Some(info)),
                Err(error) if is_absent(&error) => Ok(None),
                Err(error) => Err(error),
            };
        }
        let files = self.list().await?;
        Ok(files.into_iter().find(|file| file.name == name))
    }

    /// Returns the folder's name and date. One call. The root folder has none, so that this is refused.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such folder.
    pub fn info(&self) -> impl Future<Output = Result<FolderInfo>> + Send + use<> {
        let this = self.clone();
        async move {
            let info = this.read_info().await;
            info.map_err(|error| this.place().explain(FOLDER_INFO, error))
        }
    }

    async fn read_info(&self) -> Result<FolderInfo> {
        self.check(FOLDER_INFO)?;
        let Some(id) = &self.id else {
            let message = "the root folder has no name and no id";
            return Err(self.place().refused(FOLDER_INFO, message));
        };
        let operations = self.client.dialect().files();
        let url = operations.folder_info(self.client.base(), id.as_str());
        let body = self.client.get(url, self.operation(FOLDER_INFO)).await?;
        let folder = one_folder(&body).ok_or_else(|| describes_nothing("folder"))?;
        FolderInfo::read(folder)
    }

    /// Creates a folder in this one. Only v4. Two calls: the second one finds the folder in the list, because the
    /// request is inferred, fact `new-folders-in-v4`, and a folder elsewhere must not be reported as one here.
    ///
    /// The first call is not repeated after a lost response; if the folder exists then, that is a success.
    ///
    /// # Errors
    ///
    /// `Refused`: the version cannot create folders, or no folder can have this name. `Conflict`: there is one of this
    /// name. `Protocol`: the service confirms the folder, but it is not in this one.
    pub fn create_folder(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<FolderInfo>> + Send + use<> {
        let (this, name) = (self.clone(), name.to_owned());
        async move {
            let created = this.create(&name).await;
            created.map_err(|error| this.place().explain(CREATE_FOLDER, error))
        }
    }

    async fn create(&self, name: &str) -> Result<FolderInfo> {
        self.check(CREATE_FOLDER)?;
        if let Some(violation) = name::check(name) {
            let violation = violation.replace("file", "folder");
            let message = format!("{violation}: {name:?}");
            return Err(self.place().refused(CREATE_FOLDER, message));
        }
        let operations = self.client.dialect().files();
        let operation = self.operation(CREATE_FOLDER);
        let request = operations.create_folder(self.client.base(), self.id_text(), name, operation);
        let Some(request) = request else {
            return Err(self
                .place()
                .unsupported(CREATE_FOLDER, "cannot create folders"));
        };
        let sent = self.client.send(request).await;
        if let Err(error) = &sent
            && !error.maybe_applied()
        {
            return Err(error.clone());
        }
        let listed = self.read_folders().await;
        let found = listed.map(|folders| folders.into_iter().find(|folder| folder.name == name));
        match (found, sent) {
            (Ok(Some(folder)), _) => Ok(folder),
            (_, Err(error)) => Err(error),
            (Err(error), Ok(_)) => Err(error.with_maybe_applied(true)),
            (Ok(None), Ok(response)) => {
                let message = format!("the new folder {name:?} is not in the list of this folder");
                Err(Error::new(ErrorKind::Protocol, message)
                    .with_status(response.status().as_u16())
                    .with_maybe_applied(true)
                    .with_hint("`Files::search_folders` finds where it is"))
            }
        }
    }

    pub(super) fn id_text(&self) -> Option<&str> {
        self.id.as_ref().map(FolderId::as_str)
    }

    pub(super) fn place(&self) -> Place {
        match &self.id {
            None => Place::RootFolder,
            Some(id) => Place::Folder(id.to_string()),
        }
    }

    pub(super) fn check(&self, operation: &'static str) -> Result<()> {
        match &self.id {
            Some(id) if !id::is_possible(id.as_str()) => {
                let error = self
                    .place()
                    .refused(operation, "this is not the id of a folder");
                Err(error.with_hint("ids are GUIDs, which lists of folders return"))
            }
            _ => Ok(()),
        }
    }

    fn operation(&self, name: &'static str) -> Operation {
        Operation::new(name).on(self.place().resource())
    }
}
