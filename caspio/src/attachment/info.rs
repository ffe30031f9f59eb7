//! A file's name, size and dates.

use crate::decode::decode_value;
use crate::dialect::{AttachmentJson, Dialect, total_count};
use crate::record::{Key, ObjectKind, with_key};
use crate::transfer::name;
use crate::value::reported_date;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use jiff::civil::DateTime;

/// The name, size and dates of an attachment.
///
/// ```no_run
/// # use caspio::attachment::Attachment;
/// # async fn example(photo: Attachment) -> caspio::Result<()> {
/// if let Some(info) = photo.info().await? {
///     println!("record {}: {}, {:?} bytes", info.key, info.file_name, info.size);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachmentInfo {
    /// The key of the record.
    pub key: Key,
    /// The name without the extension, which Caspio stores separately. People type it, so it may
    /// contain anything: never build a path from it unchecked.
    pub file_name: String,
    /// The extension without a dot; empty if there is none.
    pub file_type: String,
    /// The size in bytes, if Caspio reports it.
    pub size: Option<u64>,
    /// When a file was first uploaded to this field, if Caspio reports it. In UTC if the response has an offset;
    /// otherwise the time zone is not documented.
    pub created: Option<DateTime>,
    /// When the file was last uploaded or renamed, as `created`.
    pub updated: Option<DateTime>,
}

impl AttachmentInfo {
    /// Returns the name with its extension, safe as the name of a file: parts of a path, characters that Windows
    /// refuses, control characters and characters that change the direction of text are replaced by `_`.
    /// [`file_name`](Self::file_name) has the name as Caspio stores it.
    ///
    /// ```no_run
    /// # use caspio::attachment::AttachmentInfo;
    /// # fn example(info: AttachmentInfo) {
    /// // "cv" of type "pdf" is cv.pdf.
    /// println!("{}", info.full_name());
    /// # }
    /// ```
    #[must_use]
    pub fn full_name(&self) -> String {
        let known = self.file_name.rsplit_once('.');
        let has = known.is_some_and(|(_, end)| end.eq_ignore_ascii_case(&self.file_type));
        if has || self.file_type.is_empty() {
            return name::safe(&self.file_name);
        }
        name::safe(&format!("{}.{}", self.file_name, self.file_type))
    }
}

/// Reads the files in a response. Records without a file are left out.
pub(super) fn infos(
    body: &[u8],
    dialect: &dyn Dialect,
    kind: ObjectKind,
) -> Result<Vec<AttachmentInfo>> {
    let files: Vec<AttachmentJson> = decode_value(body, dialect)?;
    let total = total_count(body);
    if let Some(total) = total.filter(|total| *total > files.len() as u64) {
        let message = format!("the response contains {} of {total} files", files.len());
        return Err(Error::new(ErrorKind::Incomplete, message)
            .with_hint("select fewer records at once by a condition that restricts them further"));
    }
    let infos = files.into_iter().map(|file| info(file, kind));
    infos.filter_map(Result::transpose).collect()
}

fn info(file: AttachmentJson, kind: ObjectKind) -> Result<Option<AttachmentInfo>> {
    let Some(file_name) = file.file_name else {
        return Ok(None);
    };
    let key = of_kind(file.key, kind);
    let date = |text: Option<String>| match text {
        Some(text) => {
            let at = reported_date(&text);
            at.map(Some).ok_or_else(|| not_a_date(&text, &key))
        }
        None => Ok(None),
    };
    let (created, updated) = (date(file.created)?, date(file.updated)?);
    let file_type = file.file_type.unwrap_or_default();
    Ok(Some(AttachmentInfo {
        key,
        file_name,
        file_type: file_type.trim_start_matches('.').to_owned(),
        size: file.size,
        created,
        updated,
    }))
}

/// v4 returns keys as text in some responses.
fn of_kind(key: Key, kind: ObjectKind) -> Key {
    match (kind, key) {
        (ObjectKind::Table, Key::Text(text)) => text.parse().map_or(Key::Text(text), Key::Id),
        (ObjectKind::View, Key::Id(id)) => Key::Text(id.to_string()),
        (_, key) => key,
    }
}

fn not_a_date(text: &str, key: &Key) -> Error {
    let message = format!("{text:?} is not a date and time");
    with_key(Error::new(ErrorKind::Decode, message), key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;
    use caspio_core::ApiVersion;

    fn read(body: &str) -> Result<Vec<AttachmentInfo>> {
        let v3 = dialect::of(ApiVersion::V3);
        infos(body.as_bytes(), v3, ObjectKind::Table)
    }

    #[test]
    fn a_record_without_a_file_may_come_as_nulls() {
        let body = r#"{"Result":[
            {"PK_ID":1,"FileName":null,"FileType":null,"Size":null,"DateCreated":null,"DateUpdated":null},
            {"PK_ID":2,"FileName":"cv","FileType":"pdf","Size":7,
             "DateCreated":"2026-01-02T03:04:05","DateUpdated":"2026-01-02T03:04:05+02:00"}]}"#;

        let found = read(body).expect("a response");

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].full_name(), "cv.pdf");
        assert_eq!(found[0].created, "2026-01-02T03:04:05".parse().ok());
        assert_eq!(found[0].updated, "2026-01-02T01:04:05".parse().ok());
    }

    #[test]
    fn an_incomplete_response_is_an_error() {
        let error = read(r#"{"Result":[],"Pagination":{"TotalCount":3}}"#).expect_err("a part");

        assert_eq!(error.kind(), ErrorKind::Incomplete);
    }

    #[test]
    fn an_extension_is_added_once() {
        let named = |name: &str, file_type: &str| AttachmentInfo {
            key: Key::Id(1),
            file_name: name.to_owned(),
            file_type: file_type.to_owned(),
            size: None,
            created: None,
            updated: None,
        };

        assert_eq!(named("cv", "pdf").full_name(), "cv.pdf");
        assert_eq!(named("cv.PDF", "pdf").full_name(), "cv.PDF");
        assert_eq!(named("README", "").full_name(), "README");
        assert_eq!(named("../../planted", "sh").full_name(), ".._.._planted.sh");
    }
}
