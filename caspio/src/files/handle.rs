//! The files of an account.

use super::errors::Place;
use super::folder::Folder;
use super::id::{FileId, FolderId};
use super::info::{FileInfo, FolderInfo};
use super::list::every_page;
use super::path::normalized;
use super::stored_file::StoredFile;
use super::uploaded::{IfExists, UploadedFile};
use crate::client::Client;
use crate::transfer::Upload;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};
use caspio_schema::nearest;

const SEARCH: &str = "files.search";
const SEARCH_FOLDERS: &str = "files.search_folders";
const FOLDER_AT: &str = "files.folder_at";

/// The files of an account. Created by [`Client::files`], without a call.
#[derive(Clone, Debug)]
pub struct Files {
    client: Client,
}

impl Client {
    /// Returns the files of the account, which Caspio calls File Assets. Makes no call.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// for file in caspio.files().list().await? {
    ///     println!("{} {}", file.id, file.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn files(&self) -> Files {
        Files {
            client: self.clone(),
        }
    }
}

impl Files {
    /// Returns the root folder. Makes no call.
    #[must_use]
    pub fn root(&self) -> Folder {
        Folder::new(self.client.clone(), None)
    }

    /// Returns the folder with an id. Makes no call, and the folder need not exist.
    #[must_use]
    pub fn folder(&self, id: impl Into<FolderId>) -> Folder {
        Folder::new(self.client.clone(), Some(id.into()))
    }

    /// Finds the folder at a path from the root folder, such as `/Photos/2026`. One call for each folder in the path,
    /// more if one of them contains more than 1,000 folders. Names are case-sensitive.
    ///
    /// # Errors
    ///
    /// `NotFound`: a folder of the path is missing; the error names it. `Refused`: this is no path.
    pub fn folder_at(&self, path: &str) -> impl Future<Output = Result<Folder>> + Send + use<> {
        let (root, path) = (self.root(), path.to_owned());
        async move {
            let place = Place::FolderAt(path.clone());
            let steps = normalized(&path).map_err(|reason| place.refused(FOLDER_AT, reason))?;
            let mut folder = root;
            for name in steps.split('/').skip(1) {
                folder = folder.subfolder(name, &path).await?;
            }
            Ok(folder)
        }
    }

    /// Returns the file with an id. Makes no call, and the file need not exist.
    #[must_use]
    pub fn file(&self, id: impl Into<FileId>) -> StoredFile {
        StoredFile::with_id(self.client.clone(), id.into())
    }

    /// Returns the file at a path from the root folder, such as `/Photos/ann.png`, which is also what a field of type
    /// File contains. Makes no call, and the file need not exist.
    #[must_use]
    pub fn file_at(&self, path: impl Into<String>) -> StoredFile {
        StoredFile::at(self.client.clone(), path.into())
    }

    /// Returns the files of all folders whose names contain a text. Only v4. One call for every 1,000 files.
    ///
    /// That the text may be a part of the name, in any case, is inferred, fact `search-of-files`.
    ///
    /// # Errors
    ///
    /// `Refused`: the text is empty, or the version has no search.
    pub fn search(&self, name: &str) -> impl Future<Output = Result<Vec<FileInfo>>> + Send + use<> {
        let (client, name) = (self.client.clone(), name.to_owned());
        async move {
            check_search(&client, SEARCH, &name)?;
            let (operations, base) = (client.dialect().files(), client.base());
            let url = |page| {
                let url = operations.search_files(base, &name, page);
                url.unwrap_or_else(|| base.clone())
            };
            let operation = operation(SEARCH);
            let found = every_page(&client, &operation, url, FileInfo::read, |file| {
                file.id.to_string()
            });
            found
                .await
                .map_err(|error| Place::Account.explain(SEARCH, error))
        }
    }

    /// Returns the folders whose names contain a text, wherever they are. Only v4. One call for every 1,000 folders.
    ///
    /// It is inferred to be like the search for files, fact `search-of-folders`.
    ///
    /// # Errors
    ///
    /// As for [`search`](Self::search).
    pub fn search_folders(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Vec<FolderInfo>>> + Send + use<> {
        let (client, name) = (self.client.clone(), name.to_owned());
        async move {
            check_search(&client, SEARCH_FOLDERS, &name)?;
            let (operations, base) = (client.dialect().files(), client.base());
            let url = |page| {
                let url = operations.search_folders(base, &name, page);
                url.unwrap_or_else(|| base.clone())
            };
            let operation = operation(SEARCH_FOLDERS);
            let found = every_page(&client, &operation, url, FolderInfo::read, |folder| {
                folder.id.to_string()
            });
            found
                .await
                .map_err(|error| Place::Account.explain(SEARCH_FOLDERS, error))
        }
    }

    /// Returns the files of the root folder, as [`Folder::list`] does.
    pub fn list(&self) -> impl Future<Output = Result<Vec<FileInfo>>> + Send + use<> {
        self.root().list()
    }

    /// Returns the folders of the root folder, as [`Folder::folders`] does.
    pub fn folders(&self) -> impl Future<Output = Result<Vec<FolderInfo>>> + Send + use<> {
        self.root().folders()
    }

    /// Uploads a file to the root folder, as [`Folder::upload`] does.
    pub fn upload(
        &self,
        upload: Upload,
        if_exists: IfExists,
    ) -> impl Future<Output = Result<UploadedFile>> + Send + use<> {
        self.root().upload(upload, if_exists)
    }
}

fn operation(name: &'static str) -> Operation {
    Operation::new(name).on(Place::Account.resource())
}

/// Refuses a search that the version does not have, or for nothing.
fn check_search(client: &Client, operation: &'static str, name: &str) -> Result<()> {
    let operations = client.dialect().files();
    if !operations.has_searches {
        return Err(Place::Account.unsupported(operation, "has no search for files and folders"));
    }
    if name.trim().is_empty() {
        return Err(Place::Account.refused(operation, "the name to search for is empty"));
    }
    Ok(())
}

impl Folder {
    /// Finds the folder with a name in this one; `path` is what was asked for.
    async fn subfolder(&self, name: &str, path: &str) -> Result<Self> {
        let folders = self.folders().await?;
        let found = folders.iter().find(|folder| folder.name == name);
        if let Some(found) = found {
            return Ok(Self::new(self.client.clone(), Some(found.id.clone())));
        }
        let place = self.place();
        let message = format!(
            "{} has no folder {name:?}, which {path:?} needs",
            place.resource()
        );
        let error = Error::new(ErrorKind::NotFound, message)
            .with_operation(FOLDER_AT)
            .with_resource(place.resource());
        let hint = match nearest(name, folders.iter().map(|folder| folder.name.as_str())) {
            Some(near) => format!("did you mean {near:?}? Names are case-sensitive"),
            None => "`folders()` lists the folders of a folder".to_owned(),
        };
        Err(error.with_hint(hint))
    }
}
