//! File assets: v3's files and folders with other paths.

use crate::auth::Rights;
use crate::http::route::Route;
use crate::v3::files::{
    by_key, by_path, delete, download, get_folder, info, list, list_folders, replace, search,
    upload,
};

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
    Route::get(
        "fileAssets/folders/{}",
        "GetFilesFolderMetadataByKey",
        get_folder,
    ),
];
