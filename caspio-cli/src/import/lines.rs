//! Reads files with one JSON object per line.

use super::bytes::{self, all_written, is_not_text};
use super::encoding::Encoding;
use super::members::{Members, object};
use super::reading::read_line;
use super::reason::{ReasonKind, is_of_sync};
use super::refused_columns::RefusedColumns;
use super::source_file::Input;
use super::source_row::{RowContent, Rows, SourceRow};
use crate::error::CliError;
use caspio_schema::is_same_name;
use std::collections::HashSet;
use std::io::BufRead;
use std::path::PathBuf;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a file of JSON lines.
pub(super) struct Reader {
    input: Box<dyn BufRead + Send>,
    path: PathBuf,
    encoding: Encoding,
    columns: Vec<String>,
    refused_columns: RefusedColumns,
    /// Whether any row has a column that a file of refused rows adds.
    has_added: bool,
    line: u64,
}

impl Reader {
    /// Opens a file. It is read once for the names of its members, so that an unknown one is found before any
    /// row is sent. `chosen` is the encoding of bytes that are written in its rows.
    pub(super) fn new(
        input: &Input,
        encoding: Encoding,
        chosen: Encoding,
        refused_columns: RefusedColumns,
    ) -> Result<Self, CliError> {
        let mut reader = Self {
            input: input.text(encoding)?,
            path: input.name().to_owned(),
            encoding: chosen,
            columns: Vec::new(),
            refused_columns,
            has_added: false,
            line: 1,
        };
        reader.columns = reader.names()?;
        reader.input = input.text(encoding)?;
        reader.line = 1;
        Ok(reader)
    }

    /// Returns the names of all members, in the order and in the case of their first use.
    fn names(&mut self) -> Result<Vec<String>, CliError> {
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        while let Some(row) = self.row()? {
            let RowContent::Json(json) = &row.content else {
                continue;
            };
            let members = Members::of(json).map(|members| members.0);
            for (name, _) in members.unwrap_or_default() {
                let is_new = seen.insert(name.clone());
                // A row may write a name otherwise than the ones before it.
                let is_same = |other: &String| is_same_name(other.trim(), name.trim());
                if is_new && !names.iter().any(is_same) {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    fn row(&mut self) -> Result<Option<SourceRow>, CliError> {
        let mut raw = Vec::new();
        loop {
            let line = self.line;
            raw.clear();
            let more = read_line(&mut self.input, &mut raw).map_err(|error| {
                CliError::file("read", &self.path, &error)
                    .with_hint(format!("the error is in line {line}"))
            })?;
            if !more {
                return Ok(None);
            }
            self.line += 1;
            let text = match line {
                1 => raw.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&raw),
                _ => &raw,
            };
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let mut of_sync = false;
            let (content, earlier) = match std::str::from_utf8(text) {
                Ok(text) if self.refused_columns.is_refused_file() => {
                    let own = own(text, &self.refused_columns, self.encoding);
                    self.has_added |= own.has_added;
                    of_sync = own.of_sync;
                    (own.content, own.earlier)
                }
                Ok(text) => (RowContent::Json(text.to_owned()), None),
                Err(_) => {
                    let content = match bytes::text(&all_written(text), self.encoding) {
                        Ok(text) => RowContent::Json(text),
                        Err(why) => RowContent::Unreadable(text.to_vec(), why),
                    };
                    (content, None)
                }
            };
            return Ok(Some(SourceRow {
                line,
                content,
                earlier,
                index: 0,
                of_sync,
            }));
        }
    }
}

impl Rows for Reader {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_line(&self) -> u64 {
        self.line
    }

    fn has_added_columns(&self) -> bool {
        self.has_added
    }

    fn next(&mut self) -> Option<Result<SourceRow, CliError>> {
        self.row().transpose()
    }
}

/// A line of a file of refused rows, without the columns that were added to the row.
struct Own {
    content: RowContent,
    /// What its reason means.
    earlier: Option<ReasonKind>,
    has_added: bool,
    of_sync: bool,
}

/// Returns a line of a file of refused rows without the columns that were added to the row.
fn own(line: &str, refused_columns: &RefusedColumns, encoding: Encoding) -> Own {
    let Ok(Members(mut members)) = Members::of(line) else {
        return Own {
            content: RowContent::Json(line.to_owned()),
            earlier: None,
            has_added: false,
            of_sync: false,
        };
    };
    let count = refused_columns.count(members.iter().map(|(name, _)| name.as_str()));
    // An editor may have sorted the members.
    let added = members.split_off(members.len() - count);
    let (moved, members): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|(name, _)| refused_columns.is_added(name));
    let has_added = !added.is_empty() || !moved.is_empty();
    let mut added = added.iter().chain(&moved);
    let reason = added.find(|(name, _)| refused_columns.is_reason(name));
    let reason = reason.and_then(|(_, reason)| serde_json::from_str::<String>(reason.get()).ok());
    let content = match members.as_slice() {
        [(name, text)] if refused_columns.is_unreadable(name) => {
            serde_json::from_str::<String>(text.get()).ok()
        }
        _ => None,
    };
    let content = content.map(|text| unreadable(text, reason.as_deref(), encoding));
    Own {
        content: content.unwrap_or_else(|| RowContent::Json(object(&members))),
        earlier: reason.as_deref().and_then(ReasonKind::of),
        has_added,
        of_sync: reason.as_deref().is_some_and(is_of_sync),
    }
}

/// Returns the content of a line that was not an object, from its text in a file of refused rows.
fn unreadable(text: String, reason: Option<&str>, encoding: Encoding) -> RowContent {
    if !reason.is_some_and(is_not_text) {
        return RowContent::Json(text);
    }
    match bytes::text(&text, encoding) {
        Ok(text) => RowContent::Json(text),
        Err(why) => RowContent::Unreadable(text.into_bytes(), why),
    }
}
