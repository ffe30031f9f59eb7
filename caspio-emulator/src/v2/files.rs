//! Files and folders in one list. Uploads are accepted with any part name, as on v3.

use crate::auth::Rights;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Version};
use crate::store::StoreError;
use crate::store::files::{self, File, Folder};
use crate::v3::file_json::{FileJson, FolderJson, file_json, folder_json};
use crate::v3::files::OBJECT;
use serde::Serialize;

pub(super) const ROUTES: &[Route] = &[Route::get("files", "ListFiles", list)];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<'a> {
    folders: Vec<Typed<'a>>,
    files: Vec<FileJson<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Typed<'a> {
    #[serde(flatten)]
    folder: FolderJson<'a>,
    content_type: &'static str,
}

/// Lists the contents of a folder; the key of a file lists that file.
fn list(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::READ)?;
    let key = call.params.get("externalKey");
    let (folders, files) = call
        .app
        .store
        .read(|connection, _| -> Result<_, StoreError> {
            let file = key.map(|key| files::by_key(connection, key)).transpose()?;
            if let Some(file) = file.flatten() {
                return Ok((Vec::new(), vec![file]));
            }
            let folder = files::resolve(connection, key)?;
            Ok((
                files::folders(connection, &folder)?,
                files::in_folder(connection, &folder)?,
            ))
        })?;
    call.ok(&sorted(&folders, &files))
}

/// Sorted by name; Caspio's order is not recorded.
fn sorted<'a>(folders: &'a [Folder], files: &'a [File]) -> List<'a> {
    let mut folders: Vec<_> = folders.iter().collect();
    folders.sort_by_key(|folder| folder.name.to_lowercase());
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_key(|file| file.name.to_lowercase());
    List {
        folders: folders
            .into_iter()
            .map(|folder| Typed {
                folder: folder_json(Version::V2, folder),
                content_type: "caspio/folder",
            })
            .collect(),
        files: files
            .into_iter()
            .map(|file| file_json(Version::V2, file))
            .collect(),
    }
}
