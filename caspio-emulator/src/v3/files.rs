//! Files and folders of the account. Their parameters have no `q.`.

use super::attachments::file_response;
use super::file_json::{Uploaded, file_json, folder_json};
use crate::auth::Rights;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::multipart::Part;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response, Version};
use crate::paging::{Pagination, Paging};
use crate::store::StoreError;
use crate::store::files::{self, File};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde::Serialize;

pub(crate) const ROUTES: &[Route] = &[
    Route::get("files/folders", "ListFilesFolders", list_folders),
    Route::get(
        "files/folders/{}",
        "GetFilesFolderMetadataByKey",
        get_folder,
    ),
    Route::get("files", "ListFiles", list),
    Route::post("files", "UploadFiles", upload).form(),
    Route::put("files", "UpdateFile", replace).form(),
    Route::get("files/path/fileInfo", "GetFileMetadataByPath", |call| {
        info(call, &by_path(call, Rights::READ)?)
    }),
    Route::get("files/path", "DownloadFileByPath", |call| {
        download(call, by_path(call, Rights::READ)?)
    }),
    Route::delete("files/path", "DeleteFileByPath", |call| {
        delete(call, &by_path(call, Rights::DELETE)?)
    }),
    Route::get("files/{}/fileInfo", "GetFileMetadataByKey", |call| {
        info(call, &by_key(call, Rights::READ)?)
    }),
    Route::get("files/{}", "DownloadFileByKey", |call| {
        download(call, by_key(call, Rights::READ)?)
    }),
    Route::delete("files/{}", "DeleteFileByKey", |call| {
        delete(call, &by_key(call, Rights::DELETE)?)
    }),
];

/// What lists can be sorted by, in lower case.
const FILE_FIELDS: [&str; 5] = ["name", "size", "contenttype", "datecreated", "lastmodified"];
const FOLDER_FIELDS: [&str; 2] = ["name", "datecreated"];

/// The name by which a profile gets permissions on the files.
pub(crate) const OBJECT: &str = "Files";

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<T> {
    result: Vec<T>,
    pagination: Pagination,
}

/// Returns the key of the folder. v4's name for the parameter is inferred from that in its path, fact `folders-of-v4`.
pub(crate) fn folder_key<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    let named = call.params.get("externalKey");
    named.or_else(|| call.params.get("folderId"))
}

/// Returns the folder that is listed. For the lists of v3 the document has 400 and no 404.
fn listed_folder(call: &Call<'_>, connection: &Connection) -> Result<String, Refusal> {
    match files::resolve(connection, folder_key(call)) {
        Err(StoreError::FileNotFound) if call.version == Version::V3 => {
            Err(Refusal::incorrect_query())
        }
        folder => Ok(folder?),
    }
}

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let mut files = call.app.store.read(|connection, _| {
        let folder = listed_folder(call, connection)?;
        Ok::<_, Refusal>(files::in_folder(connection, &folder)?)
    })?;
    if !call.profile.may(OBJECT, Rights::READ) {
        files.clear();
    }
    sort(call, &mut files, &FILE_FIELDS, |file, field| match field {
        "size" => (file.size, String::new()),
        "contenttype" => (0, file.content_type.clone()),
        "datecreated" => (0, file.created.clone()),
        "lastmodified" => (0, file.modified.clone()),
        _ => (0, file.name.to_lowercase()),
    })?;
    if call.version == Version::V4 {
        return envelope::objects(
            call,
            "fileId",
            files
                .iter()
                .map(|file| file_json(call.version, file))
                .collect(),
        );
    }
    let total = files.len() as u64;
    let paging = Paging::of_pages(call.params)?;
    let files = paging.cut(files);
    Response::json(
        StatusCode::OK,
        &List {
            result: files
                .iter()
                .map(|file| file_json(call.version, file))
                .collect(),
            pagination: paging.pagination(total),
        },
    )
}

pub(crate) fn list_folders(call: &Call<'_>) -> Outcome {
    let mut folders = call.app.store.read(|connection, _| {
        let parent = listed_folder(call, connection)?;
        Ok::<_, Refusal>(files::folders(connection, &parent)?)
    })?;
    if !call.profile.may(OBJECT, Rights::READ) {
        folders.clear();
    }
    sort(call, &mut folders, &FOLDER_FIELDS, |folder, field| {
        if field == "datecreated" {
            folder.created.clone()
        } else {
            folder.name.to_lowercase()
        }
    })?;
    if call.version == Version::V4 {
        return envelope::objects(
            call,
            "folderId",
            folders
                .iter()
                .map(|folder| folder_json(call.version, folder))
                .collect(),
        );
    }
    let total = folders.len() as u64;
    let paging = Paging::of_pages(call.params)?;
    let folders = paging.cut(folders);
    Response::json(
        StatusCode::OK,
        &List {
            result: folders
                .iter()
                .map(|folder| folder_json(call.version, folder))
                .collect(),
            pagination: paging.pagination(total),
        },
    )
}

/// Lists the files of all folders whose name contains the parameter `name`. Only the path and the parameter are
/// recorded; the rest is inferred, fact `search-of-files`.
pub(crate) fn search(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::READ)?;
    let name = call
        .params
        .get("name")
        .ok_or_else(Refusal::incorrect_query)?;
    let files = call
        .app
        .store
        .read(|connection, _| files::containing(connection, name))?;
    envelope::objects(
        call,
        "fileId",
        files
            .iter()
            .map(|file| file_json(call.version, file))
            .collect(),
    )
}

/// Sorts by `sortField` and `sortDescending`. It is inferred that an unknown field is refused, fact
/// `sorted-files`.
fn sort<T, K: Ord>(
    call: &Call<'_>,
    items: &mut [T],
    fields: &[&str],
    key: impl Fn(&T, &str) -> K,
) -> Result<(), Refusal> {
    let field = call
        .params
        .get("sortField")
        .unwrap_or("Name")
        .to_lowercase();
    if !fields.contains(&field.as_str()) {
        return Err(Refusal::incorrect_query());
    }
    items.sort_by_cached_key(|item| key(item, &field));
    if call.params.flag("sortDescending")? {
        items.reverse();
    }
    Ok(())
}

pub(crate) fn get_folder(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::READ)?;
    let folder = call
        .app
        .store
        .read(|connection, _| files::folder(connection, call.segment(0)))?
        .ok_or_else(Refusal::object_not_found)?;
    envelope::object(call, "folderId", &folder_json(call.version, &folder))
}

/// Returns the name and type of a part; a part without a file name is not a file.
pub(crate) fn named(part: &Part) -> Result<(&str, &str), Refusal> {
    let name = part
        .file_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .ok_or_else(Refusal::incorrect_body)?;
    let content_type = part.content_type.as_deref();
    Ok((name, content_type.unwrap_or("application/octet-stream")))
}

/// Stores new files. On v3 and v4 one existing name refuses all files, which is inferred, fact `existing-files`; v2
/// stores the others and refuses only if none is left.
pub(crate) fn upload(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::INSERT)?;
    let parts: Vec<_> = call
        .parts
        .iter()
        .filter(|part| part.file_name.is_some())
        .collect();
    if parts.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let uploaded = call.app.store.write(|transaction, _| {
        let folder = files::resolve(transaction, folder_key(call))?;
        let mut uploaded = Vec::new();
        for part in parts {
            let (name, content_type) = named(part)?;
            let taken = files::by_name(transaction, &folder, name)?.is_some();
            match (taken, call.version) {
                (false, _) => {}
                (true, Version::V2) => continue,
                (true, Version::V3 | Version::V4) => return Err(Refusal::file_exists()),
            }
            let mut random = call.app.store.random();
            let bytes = &part.bytes;
            let key = files::add(transaction, &mut random, &folder, name, content_type, bytes)?;
            uploaded.push(Uploaded::new(call.version, transaction, name, key)?);
        }
        if uploaded.is_empty() {
            Err(Refusal::file_exists())
        } else {
            Ok(uploaded)
        }
    })?;
    let mut response = envelope::objects(call, "fileId", uploaded)?;
    response.status = StatusCode::CREATED;
    Ok(response)
}

/// Stores a file by name, new or not; an existing file keeps its key.
pub(crate) fn replace(call: &Call<'_>) -> Outcome {
    call.require(OBJECT, Rights::UPDATE)?;
    let part = call
        .parts
        .iter()
        .find(|part| part.file_name.is_some())
        .ok_or_else(Refusal::incorrect_body)?;
    let (name, content_type) = named(part)?;
    let (status, uploaded) = call
        .app
        .store
        .write(|transaction, _| -> Result<_, StoreError> {
            let folder = files::resolve(transaction, folder_key(call))?;
            let bytes = &part.bytes;
            let (status, key) = match files::by_name(transaction, &folder, name)? {
                Some(known) => {
                    files::overwrite(transaction, &known.key, content_type, bytes)?;
                    (StatusCode::OK, known.key)
                }
                None => {
                    let mut random = call.app.store.random();
                    let key =
                        files::add(transaction, &mut random, &folder, name, content_type, bytes)?;
                    (StatusCode::CREATED, key)
                }
            };
            Ok((status, Uploaded::new(call.version, transaction, name, key)?))
        })?;
    let mut response = envelope::object(call, "fileId", &uploaded)?;
    response.status = status;
    Ok(response)
}

pub(crate) fn by_key(call: &Call<'_>, wanted: Rights) -> Result<File, Refusal> {
    call.require(OBJECT, wanted)?;
    call.app
        .store
        .read(|connection, _| files::by_key(connection, call.segment(0)))?
        .ok_or_else(Refusal::file_not_found)
}

pub(crate) fn by_path(call: &Call<'_>, wanted: Rights) -> Result<File, Refusal> {
    call.require(OBJECT, wanted)?;
    let path = call
        .params
        .get("filePath")
        .ok_or_else(Refusal::incorrect_query)?;
    call.app
        .store
        .read(|connection, _| files::by_path(connection, path))?
        .ok_or_else(Refusal::file_not_found)
}

pub(crate) fn info(call: &Call<'_>, file: &File) -> Outcome {
    envelope::object(call, "fileId", &file_json(call.version, file))
}

pub(crate) fn download(call: &Call<'_>, file: File) -> Outcome {
    let bytes = call
        .app
        .store
        .read(|connection, _| files::bytes(connection, &file.key))?;
    Ok(file_response(&file.name, bytes))
}

pub(crate) fn delete(call: &Call<'_>, file: &File) -> Outcome {
    call.app
        .store
        .write(|transaction, _| files::remove(transaction, &file.key))?;
    Ok(call.done())
}
