//! What is known of a file without its content.

use crate::decode::decode_value;
use crate::dialect::{AttachmentJson, Dialect, total_count};
use crate::record::{Key, SourceKind};
use crate::value::wall_clock;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What Caspio knows of an attachment.
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
    /// The record it belongs to.
    pub key: Key,
    /// Its name; Caspio keeps the extension apart. Take it for a text that people typed: it may
    /// hold anything, so never build a path of it unchecked.
    pub file_name: String,
    /// Its extension without a dot; empty when it has none.
    pub file_type: String,
    /// Its size in bytes, where Caspio tells.
    pub size: Option<u64>,
    /// When a file was first uploaded here, where Caspio tells. In UTC when it came with an offset;
    /// which zone it is in otherwise is not documented.
    pub created: Option<DateTime>,
    /// When it was last uploaded or renamed, where Caspio tells; as `created`.
    pub updated: Option<DateTime>,
}

impl AttachmentInfo {
    /// The name with its extension.
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
            return self.file_name.clone();
        }
        format!("{}.{}", self.file_name, self.file_type)
    }
}

/// Reads the files that an answer tells of; records without one are left out.
pub(super) fn infos(
    body: &[u8],
    dialect: &dyn Dialect,
    kind: SourceKind,
) -> Result<Vec<AttachmentInfo>> {
    let told: Vec<AttachmentJson> = decode_value(body, dialect)?;
    let total = total_count(body);
    if let Some(total) = total.filter(|total| *total > told.len() as u64) {
        let message = format!("the answer tells of {} files of {total}", told.len());
        return Err(Error::new(ErrorKind::Incomplete, message)
            .with_hint("ask for fewer records at once, by a narrower condition"));
    }
    let infos = told.into_iter().map(|told| info(told, kind));
    infos.filter_map(Result::transpose).collect()
}

fn info(told: AttachmentJson, kind: SourceKind) -> Result<Option<AttachmentInfo>> {
    let Some(file_name) = told.file_name else {
        return Ok(None);
    };
    let key = of_kind(told.key, kind);
    let date = |text: Option<String>| match text {
        Some(text) => date(&text).map(Some).ok_or_else(|| undated(&text, &key)),
        None => Ok(None),
    };
    let (created, updated) = (date(told.created)?, date(told.updated)?);
    let file_type = told.file_type.unwrap_or_default();
    Ok(Some(AttachmentInfo {
        key,
        file_name,
        file_type: file_type.trim_start_matches('.').to_owned(),
        size: told.size,
        created,
        updated,
    }))
}

/// v4 tells keys as text in some answers.
fn of_kind(key: Key, kind: SourceKind) -> Key {
    match (kind, key) {
        (SourceKind::Table, Key::Text(text)) => text.parse().map_or(Key::Text(text), Key::Id),
        (SourceKind::View, Key::Id(id)) => Key::Text(id.to_string()),
        (_, key) => key,
    }
}

/// The wire's `date-time`, or the American form in which v2 and v3 tell the dates of files.
fn date(text: &str) -> Option<DateTime> {
    let in_utc = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).datetime();
    wall_clock(text)
        .or_else(|| text.parse().ok().map(in_utc))
        .or_else(|| DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).ok())
}

fn undated(text: &str, key: &Key) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("{text:?} is not a date and time"),
    )
    .with_key(format!("PK_ID {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;
    use caspio_core::ApiVersion;

    fn read(body: &str) -> Result<Vec<AttachmentInfo>> {
        let v3 = dialect::of(ApiVersion::V3);
        infos(body.as_bytes(), v3, SourceKind::Table)
    }

    #[test]
    fn a_record_without_a_file_may_come_as_nulls() {
        let body = r#"{"Result":[
            {"PK_ID":1,"FileName":null,"FileType":null,"Size":null,"DateCreated":null,"DateUpdated":null},
            {"PK_ID":2,"FileName":"cv","FileType":"pdf","Size":7,
             "DateCreated":"2026-01-02T03:04:05","DateUpdated":"2026-01-02T03:04:05+02:00"}]}"#;

        let found = read(body).expect("an answer");

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].full_name(), "cv.pdf");
        assert_eq!(found[0].created, "2026-01-02T03:04:05".parse().ok());
        assert_eq!(found[0].updated, "2026-01-02T01:04:05".parse().ok());
    }

    #[test]
    fn the_american_form_of_dates_is_read_too() {
        assert_eq!(
            date("1/12/2022 7:14:50 PM"),
            "2022-01-12T19:14:50".parse().ok()
        );
        assert_eq!(date("yesterday"), None);
    }

    #[test]
    fn a_part_is_not_passed_off_as_the_whole() {
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
    }
}
