//! Attachments: v3 finds a file by field and record, v4 by record and field.

use super::{Member, change, collection_url};
use crate::record::{Key, SourceKind};
use caspio_core::{ApiVersion, Operation, Request, Url};
use serde::Deserialize;

/// Whether a version has operations on attachments.
pub(crate) fn has_attachments(version: ApiVersion) -> bool {
    version != ApiVersion::V2
}

/// The attachment field of a table or view, as an address.
#[derive(Debug)]
pub(crate) struct AttachmentField<'a> {
    pub(crate) version: ApiVersion,
    pub(crate) base: &'a Url,
    pub(crate) kind: SourceKind,
    /// What stands for the table or view in a path.
    pub(crate) segment: &'a str,
    pub(crate) field: &'a str,
}

impl AttachmentField<'_> {
    /// The file of one record.
    pub(crate) fn file(&self, key: &str) -> Url {
        match self.version {
            ApiVersion::V4 => self.url(&["records", key, "attachments", self.field]),
            _ => self.url(&["attachments", self.field, key]),
        }
    }

    /// What is known of the files of all records that meet a condition.
    pub(crate) fn infos(&self, condition: &str) -> Url {
        change::with_condition(self.version, self.of_many(&["fileInfo"]), condition)
    }

    pub(crate) fn rename(&self, condition: &str, name: &str, operation: Operation) -> Request {
        let url = self.of_many(&["fileInfo"]);
        let name = (Member::FILE_NAME, name);
        change::set_where(self.version, url, condition, name, operation)
    }

    pub(crate) fn delete(&self, condition: &str, operation: Operation) -> Request {
        change::clear_where(self.version, self.of_many(&[]), condition, operation)
    }

    /// Deletes one record's file; v3 has no address for that and takes the condition.
    pub(crate) fn delete_one(&self, key: &str, condition: &str, operation: Operation) -> Request {
        match self.version {
            ApiVersion::V4 => change::delete(self.file(key), operation),
            _ => self.delete(condition, operation),
        }
    }

    fn of_many(&self, rest: &[&str]) -> Url {
        let field = match self.version {
            ApiVersion::V4 => vec!["records", "bulk", "attachments", self.field],
            _ => vec!["attachments", self.field],
        };
        self.url(&[&field, rest].concat())
    }

    fn url(&self, rest: &[&str]) -> Url {
        collection_url(self.base, self.kind, &[&[self.segment], rest].concat())
    }
}

/// What an answer tells of one record's file. All but the key may be null: there is no file then.
#[derive(Debug, Deserialize)]
pub(crate) struct ToldFile {
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

/// How many things there are in all, where an answer tells beside a page of them.
pub(crate) fn total_count(body: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(alias = "Pagination")]
        pagination: Option<Pagination>,
    }
    #[derive(Deserialize)]
    struct Pagination {
        #[serde(rename = "totalCount", alias = "TotalCount")]
        total: Option<u64>,
    }
    let answer: Answer = serde_json::from_slice(body).ok()?;
    answer.pagination?.total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(version: ApiVersion, base: &Url) -> AttachmentField<'_> {
        AttachmentField {
            version,
            base,
            kind: SourceKind::View,
            segment: "People",
            field: "My Photo",
        }
    }

    #[test]
    fn each_version_has_addresses_of_its_own() {
        let base = Url::parse("http://127.0.0.1/rest").expect("a url");
        let path = |url: Url| url[url::Position::BeforePath..].to_owned();
        let (v3, v4) = (field(ApiVersion::V3, &base), field(ApiVersion::V4, &base));

        assert_eq!(
            path(v3.file("12,7")),
            "/rest/views/People/attachments/My%20Photo/12,7"
        );
        assert_eq!(
            path(v4.file("12,7")),
            "/rest/views/People/records/12,7/attachments/My%20Photo"
        );
        assert_eq!(
            path(v3.infos("PK_ID = '7'")),
            "/rest/views/People/attachments/My%20Photo/fileInfo?q.where=PK_ID%20%3D%20%277%27"
        );
        assert_eq!(
            path(v4.infos("")),
            "/rest/views/People/records/bulk/attachments/My%20Photo/fileInfo"
        );
    }
}
