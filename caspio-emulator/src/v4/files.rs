//! File assets: v3's files and folders with other paths, and new folders.
//!
//! That the path of a file is `filePath`, as in v3, is inferred, fact `paths-of-files-in-v4`, and so is the part of an
//! upload that replaces a file, fact `replaced-files-in-v4`: any part is accepted.

use crate::auth::Rights;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal};
use crate::store::StoreError;
use crate::store::files;
use crate::v3::file_json::folder_json;
use crate::v3::files::{
    OBJECT, by_key, by_path, delete, download, folder_key, get_folder, info, list, list_folders,
    replace, search, upload,
};
use axum::http::StatusCode;
use serde::Deserialize;

pub(super) const ROUTES: &[Route] = &[
    Route::get("fileAssets/files", "ListFiles", list),
    Route::get("fileAssets/files/search", "SearchFiles", search),
    Route::put("fileAssets/files", "UpdateFile", replace).form(),
    Route::post("fileAssets/files/bulk", "UploadFiles", upload).form(),
    Route::get(
        "fileAssets/files/path/fileInfo",
        "GetFileMetadataByPath",
        |call| info(call, &by_path(call, Rights::READ)?),
    ),
    Route::get("fileAssets/files/path", "DownloadFileByPath", |call| {
        download(call, by_path(call, Rights::READ)?)
    }),
    Route::delete("fileAssets/files/path", "DeleteFileByPath", |call| {
        delete(call, &by_path(call, Rights::DELETE)?)
    }),
    Route::get(
        "fileAssets/files/{}/fileInfo",
        "GetFileMetadataByKey",
        |call| info(call, &by_key(call, Rights::READ)?),
    ),
    Route::get("fileAssets/files/{}", "DownloadFileByKey", |call| {
        download(call, by_key(call, Rights::READ)?)
    }),
    Route::delete("fileAssets/files/{}", "DeleteFileByKey", |call| {
        delete(call, &by_key(call, Rights::DELETE)?)
    }),
    Route::get("fileAssets/folders", "ListFilesFolders", list_folders),
    Route::post("fileAssets/folders", "CreateFilesFolder", create_folder),
    Route::get(
        "fileAssets/folders/search",
        "SearchFilesFolders",
        search_folders,
    ),
    Route::get(
        "fileAssets/folders/{}",
        "GetFilesFolderMetadataByKey",
        get_folder,
    ),
];

/// A new folder. The members, and that the parameter names the folder above, are inferred, fact `new-folders-in-v4`.
#[derive(Debug, Deserialize)]
struct NewFolder {
    name: String,
}

fn create_folder(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::INSERT)?;
    let new: NewFolder = call.read()?;
    let is_name = !new.name.trim().is_empty() && !new.name.contains(['/', '\\']);
    if !is_name {
        return Err(Refusal::incorrect_body());
    }
    let folder = call
        .app
        .store
        .write(|transaction, _| -> Result<_, StoreError> {
            let parent = files::resolve(transaction, folder_key(call))?;
            files::add_folder(
                transaction,
                &mut call.app.store.random(),
                &parent,
                &new.name,
            )
        })?;
    let json = folder_json(call.version, &folder);
    envelope::created(call, StatusCode::CREATED, "folderId", &json)
}

/// Lists the folders whose names contain the parameter `name`, wherever they are. All but the path is inferred, fact
/// `search-of-folders`.
fn search_folders(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::READ)?;
    let name = call
        .params
        .get("name")
        .ok_or_else(Refusal::incorrect_query)?;
    let folders = call
        .app
        .store
        .read(|connection, _| files::folders_containing(connection, name))?;
    let folders = folders.iter();
    envelope::objects(
        call,
        "folderId",
        folders
            .map(|folder| folder_json(call.version, folder))
            .collect(),
    )
}
