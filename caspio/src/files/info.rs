//! Names, sizes and dates of files, and names of folders.

use super::id::{FileId, FolderId};
use crate::dialect::{FileJson, FolderJson};
use crate::transfer::name;
use crate::value::reported_date;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use jiff::civil::DateTime;

/// A file's id, name, size and dates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileInfo {
    /// The id.
    pub id: FileId,
    /// The name with its extension; empty if the service does not report it. People type it, so it may contain
    /// anything: never build a path from it unchecked, use [`safe_name`](Self::safe_name).
    pub name: String,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The content type.
    pub content_type: Option<String>,
    /// When the file was uploaded, in UTC. `None` also for a text that is not understood: the form of dates is
    /// documented for no version.
    pub created: Option<DateTime>,
    /// When the content was last replaced, as `created`.
    pub modified: Option<DateTime>,
    /// The path from the root folder. Only v4 was seen to report it, for uploads.
    pub path: Option<String>,
}

impl FileInfo {
    /// Returns the name, safe as the name of a file on this machine: separators of paths, characters that Windows
    /// refuses, control characters and characters that change the direction of text are replaced by `_`.
    #[must_use]
    pub fn safe_name(&self) -> String {
        name::safe(&self.name)
    }

    pub(super) fn read(json: FileJson) -> Result<Self> {
        let id = json
            .id
            .ok_or_else(|| without_id("file", json.name.as_deref()))?;
        let date = |text: Option<String>| text.as_deref().and_then(reported_date);
        Ok(Self {
            id: FileId::from(id),
            name: json.name.unwrap_or_default(),
            size: json.size,
            content_type: json.content_type,
            created: date(json.created),
            modified: date(json.modified),
            path: json.path,
        })
    }
}

/// A folder's id, name and date.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FolderInfo {
    /// The id.
    pub id: FolderId,
    /// The name; empty if the service does not report it.
    pub name: String,
    /// When it was created, as [`FileInfo::created`].
    pub created: Option<DateTime>,
}

impl FolderInfo {
    pub(super) fn read(json: FolderJson) -> Result<Self> {
        let id = json
            .id
            .ok_or_else(|| without_id("folder", json.name.as_deref()))?;
        Ok(Self {
            id: FolderId::from(id),
            name: json.name.unwrap_or_default(),
            created: json.created.as_deref().and_then(reported_date),
        })
    }
}

/// The id is documented to be there always.
fn without_id(kind: &str, name: Option<&str>) -> Error {
    let message = format!(
        "the response has no id of the {kind} {:?}",
        name.unwrap_or_default()
    );
    Error::new(ErrorKind::Protocol, message)
}

/// The error of a response that describes nothing.
pub(super) fn describes_nothing(kind: &str) -> Error {
    let message = format!("the response does not describe a {kind}");
    Error::new(ErrorKind::Protocol, message).with_hint("check the account and the API version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_form_of_a_date_is_no_date() {
        let json = FileJson {
            id: Some("k-1".to_owned()),
            created: Some("28/01/2022 15:31:03".to_owned()),
            modified: Some("1/28/2022 3:31:03 PM".to_owned()),
            ..FileJson::default()
        };

        let info = FileInfo::read(json).expect("a file");

        assert_eq!(info.created, None);
        assert_eq!(info.modified, "2022-01-28T15:31:03".parse().ok());
        assert_eq!(info.name, "");
    }

    #[test]
    fn an_entry_without_an_id_is_named() {
        let json = FileJson {
            name: Some("a.png".to_owned()),
            ..FileJson::default()
        };

        let error = FileInfo::read(json).expect_err("no id");

        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.to_string().contains("a.png"), "{error}");
    }
}
