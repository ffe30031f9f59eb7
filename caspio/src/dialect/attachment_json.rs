//! The names, sizes and dates of files, as v3 and v4 return them.

use super::Pagination;
use crate::record::Key;
use serde::Deserialize;

/// One record's file. All members except the key may be null, which means that there is no file.
#[derive(Debug, Deserialize)]
pub(crate) struct AttachmentJson {
    #[serde(rename = "PK_ID")]
    pub(crate) key: Key,
    #[serde(rename = "FileName", alias = "fileName")]
    pub(crate) file_name: Option<String>,
    #[serde(rename = "FileType", alias = "fileType")]
    pub(crate) file_type: Option<String>,
    #[serde(rename = "Size", alias = "size")]
    pub(crate) size: Option<u64>,
    #[serde(rename = "DateCreated", alias = "dateCreated")]
    pub(crate) created: Option<String>,
    #[serde(rename = "DateUpdated", alias = "dateUpdated")]
    pub(crate) updated: Option<String>,
}

/// Returns the total number of entries, if a response reports it in addition to a page of them.
pub(crate) fn total_count(body: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Page {
        #[serde(alias = "Pagination")]
        pagination: Option<Pagination>,
    }
    let page: Page = serde_json::from_slice(body).ok()?;
    page.pagination?.total
}
