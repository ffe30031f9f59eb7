//! Files and folders as JSON.

use crate::http::Version;
use crate::store::files::{self, File, Folder};
use crate::store::{StoreError, date};
use rusqlite::Connection;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FileJson<'a> {
    name: &'a str,
    external_key: &'a str,
    size: i64,
    content_type: &'a str,
    date_created: String,
    last_modified: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FolderJson<'a> {
    name: &'a str,
    external_key: &'a str,
    date_created: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Uploaded {
    name: String,
    external_key: String,
    /// Only on v4.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_file_path: Option<String>,
}

impl Uploaded {
    pub(super) fn new(
        version: Version,
        connection: &Connection,
        name: &str,
        external_key: String,
    ) -> Result<Self, StoreError> {
        let full_file_path = match version {
            Version::V2 | Version::V3 => None,
            Version::V4 => Some(files::path(connection, &external_key)?),
        };
        Ok(Self {
            name: name.to_owned(),
            external_key,
            full_file_path,
        })
    }
}

/// Returns a date as it is shown for files. That v4 has the form of v3 is inferred, fact `dates-of-files-in-v4`.
fn shown(version: Version, stored: &str) -> String {
    match version {
        Version::V2 => date::american(stored),
        Version::V3 | Version::V4 => date::to_json(stored).to_owned(),
    }
}

pub(crate) fn file_json(version: Version, file: &File) -> FileJson<'_> {
    FileJson {
        name: &file.name,
        external_key: &file.key,
        size: file.size,
        content_type: &file.content_type,
        date_created: shown(version, &file.created),
        last_modified: shown(version, &file.modified),
    }
}

pub(crate) fn folder_json(version: Version, folder: &Folder) -> FolderJson<'_> {
    FolderJson {
        name: &folder.name,
        external_key: &folder.key,
        date_created: shown(version, &folder.created),
    }
}
