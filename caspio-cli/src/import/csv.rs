//! Reads CSV by RFC 4180, in UTF-8. Unlike other readers it distinguishes an empty text, `""`, from an empty cell.

mod delimiter;
mod refused;

use super::bytes::{self, all_written, is_not_text};
use super::cells::Cells;
use super::encoding::Encoding;
use super::reading::{Reading, read_line};
use super::reason::{ReasonKind, is_of_sync};
use super::refused_columns::RefusedColumns;
use super::source_row::{RowContent, Rows, SkippedLines, SourceRow};
use crate::error::CliError;
use delimiter::{likely_delimiter, separator_line};
use refused::{in_first_cell, remove_padding};
use std::io::BufRead;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What to do about columns without names at the end.
const UNNAMED_AT_END: &str = "a spreadsheet adds such columns where a row has more cells than the first line names: \
                              remove the columns, and the row's additional cells";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a CSV file whose first line names its columns.
#[derive(Debug)]
pub(super) struct Reader<R> {
    input: R,
    path: PathBuf,
    /// The encoding of bytes that are not UTF-8.
    encoding: Encoding,
    columns: Vec<String>,
    /// What separates the cells.
    delimiter: u8,
    /// How many columns at the end were added by a file of refused rows.
    refused_columns: usize,
    /// Whether the last of them has the reasons.
    has_reason: bool,
    /// The number of the next line.
    line: u64,
    /// The bytes of the current row.
    raw: Vec<u8>,
    /// Whether a blank line at the end of a file of one column is a row.
    keeps_blank: bool,
    /// Blank lines that are rows only if another row follows.
    blank: Range<u64>,
    /// The row after them.
    after: Option<SourceRow>,
    /// The line after the last row that was returned.
    next_line: u64,
    skipped: SkippedLines,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(
        path: &Path,
        input: R,
        reading: Reading,
        refused_columns: &RefusedColumns,
    ) -> Result<Self, CliError> {
        let mut reader = Self {
            input,
            path: path.to_owned(),
            encoding: reading.encoding,
            columns: Vec::new(),
            delimiter: reading.delimiter.unwrap_or(b','),
            refused_columns: 0,
            has_reason: false,
            line: 1,
            raw: Vec::new(),
            keeps_blank: reading.nulls,
            blank: 0..0,
            after: None,
            next_line: 1,
            skipped: SkippedLines::default(),
        };
        reader.columns = reader.header(reading.delimiter, refused_columns)?;
        reader.next_line = reader.line;
        reader.refused_columns = refused_columns.count(reader.columns.iter().map(String::as_str));
        let last = reader.columns.last();
        reader.has_reason = last.is_some_and(|last| refused_columns.is_reason(last));
        reader
            .columns
            .truncate(reader.columns.len() - reader.refused_columns);
        Ok(reader)
    }

    /// Reads the names of the columns, and finds out what separates them.
    fn header(
        &mut self,
        delimiter: Option<u8>,
        refused_columns: &RefusedColumns,
    ) -> Result<Vec<String>, CliError> {
        let mut header = self.record()?;
        if let Some(delimiter) = delimiter
            && refused_columns.is_refused_file()
            && refused_columns.end_line(without_line_end(&self.raw), b',')
        {
            // This program wrote it, with commas.
            if delimiter != b',' {
                self.delimiter = b',';
                header = self.split_again(header);
            }
        } else if let Some(named) = separator_line(&self.raw) {
            self.delimiter = delimiter.unwrap_or(named);
            header = self.record()?;
        } else if delimiter.is_none()
            && let Some(found) = likely_delimiter(&self.raw)
        {
            self.delimiter = found;
            header = self.split_again(header);
        }
        let names = match header.map(|row| row.content) {
            Some(RowContent::Cells(names)) => names,
            Some(RowContent::Unreadable(_, why)) => return Err(self.no_columns(&why)),
            Some(RowContent::Json(_)) | None => return Err(self.no_columns("it is empty")),
        };
        let names: Vec<String> = names.into_iter().map(Option::unwrap_or_default).collect();
        if names.iter().any(|name| name.contains('\r')) {
            return Err(
                self.no_columns("its lines end with a carriage return alone, not with a line feed")
            );
        }
        match names.iter().position(|name| name.trim().is_empty()) {
            Some(at) if names[at..].iter().all(|name| name.trim().is_empty()) => {
                let why = format!("column {} has no name", at + 1);
                Err(self.no_columns(&why).with_hint(UNNAMED_AT_END))
            }
            Some(at) => Err(self.no_columns(&format!("column {} has no name", at + 1))),
            None => Ok(names),
        }
    }

    /// Splits the first line again, by another delimiter.
    fn split_again(&self, header: Option<SourceRow>) -> Option<SourceRow> {
        let content = texts(self.raw_cells()).map(RowContent::Cells);
        let header = header.zip(content);
        header.map(|(row, content)| SourceRow { content, ..row })
    }

    fn no_columns(&self, why: &str) -> CliError {
        let path = self.path.display();
        let (why, hint) = match (is_not_text(why), self.encoding) {
            (true, Encoding::Utf8) => (
                "it is not UTF-8",
                "if the file is Windows-1252, use `--encoding windows-1252`",
            ),
            (true, Encoding::Windows1252) => (
                "it is not Windows-1252",
                "it has a byte for which that encoding has no character",
            ),
            (false, _) => (
                why,
                "the first line must hold the column names, separated by commas or by the character of `--delimiter`",
            ),
        };
        let message = format!("the first line of {path} does not name the columns: {why}");
        CliError::usage(message).with_hint(hint)
    }

    /// Reads the next row with all of its cells.
    fn record(&mut self) -> Result<Option<SourceRow>, CliError> {
        let line = self.line;
        self.raw.clear();
        let mut cells = Cells::separated_by(self.delimiter);
        let mut from = 0;
        while !cells.ended {
            let more = read_line(&mut self.input, &mut self.raw).map_err(|error| {
                CliError::file("read", &self.path, &error).with_hint(format!(
                    "the error is in the row that begins in line {line}"
                ))
            })?;
            if !more {
                break;
            }
            if self.line == 1 && self.raw.starts_with(BYTE_ORDER_MARK) {
                self.raw.drain(..BYTE_ORDER_MARK.len());
            }
            self.line += 1;
            cells.take(self.raw.get(from..).unwrap_or_default());
            from = self.raw.len();
        }
        if from == 0 {
            return Ok(None);
        }
        let (content, earlier) = match cells.finish().map(texts) {
            Ok(Some(cells)) => (RowContent::Cells(cells), None),
            Ok(None) => self.not_text(),
            Err(why) => (self.unreadable(Some(why)), None),
        };
        Ok(Some(SourceRow {
            line,
            content,
            earlier,
            index: 0,
            of_sync: false,
        }))
    }

    /// Returns the cells of the current row, whose bytes may not be text; none if it cannot be read.
    fn raw_cells(&self) -> Vec<Option<Vec<u8>>> {
        let mut cells = Cells::separated_by(self.delimiter);
        cells.take(&self.raw);
        cells.finish().unwrap_or_default()
    }

    /// Returns the content of the current row, whose bytes are not text. If each cell has its column, the bytes are
    /// written in the cells.
    fn not_text(&self) -> (RowContent, Option<ReasonKind>) {
        let cells = self.raw_cells().into_iter();
        let cells: Vec<Option<String>> =
            cells.map(|cell| cell.as_deref().map(all_written)).collect();
        match bytes::cell_texts(&cells, self.encoding) {
            Ok(cells) => (RowContent::Cells(cells), None),
            // The columns of a file of refused rows say what is known of the row.
            Err(why) if self.refused_columns == 0 && cells.len() == self.columns.len() => {
                (RowContent::Cells(cells), Some(ReasonKind::Bytes(why)))
            }
            Err(_) => (self.unreadable(None), None),
        }
    }

    /// Returns the content of the current row, which has no cells.
    fn unreadable(&self, why: Option<&str>) -> RowContent {
        let raw = without_line_end(&self.raw);
        let not_text = match std::str::from_utf8(raw) {
            Ok(_) => None,
            Err(_) => bytes::text(&all_written(raw), self.encoding).err(),
        };
        let reasons: Vec<&str> = why.into_iter().chain(not_text.as_deref()).collect();
        RowContent::Unreadable(raw.to_vec(), reasons.join("; "))
    }

    /// Returns the next row of those that were read already: blank lines, and the row after them.
    fn next_read(&mut self) -> Option<SourceRow> {
        self.after.as_ref()?;
        let Some(line) = self.blank.next() else {
            self.next_line = self.line;
            return self.after.take();
        };
        self.next_line = line + 1;
        Some(SourceRow {
            line,
            content: RowContent::Cells(vec![None]),
            earlier: None,
            index: 0,
            of_sync: false,
        })
    }

    /// Removes from a row what a file of refused rows added to it. A row that could not be read, and was not fixed,
    /// stays unreadable.
    fn restore(&self, row: &mut SourceRow) {
        let RowContent::Cells(cells) = &mut row.content else {
            return;
        };
        let added = self.refused_columns;
        if self.has_reason {
            remove_padding(cells, self.columns.len() + added);
        }
        let own = cells.len().saturating_sub(added);
        let reason = cells.last().cloned().flatten().filter(|_| self.has_reason);
        let kind = reason.as_deref().and_then(ReasonKind::of);
        let has_bytes = match &kind {
            Some(ReasonKind::Unreadable(why)) => is_not_text(why),
            kind => matches!(kind, Some(ReasonKind::Bytes(_))),
        };
        row.of_sync = reason.as_deref().is_some_and(is_of_sync);
        let numbered = added == 2 && own > 0 && is_number(cells[own].as_deref());
        if own != self.columns.len() && kind.is_none() && !numbered {
            return;
        }
        cells.truncate(own);
        match kind {
            Some(ReasonKind::Unreadable(why)) if own == 1 => {
                let raw = cells.first().cloned().flatten().unwrap_or_default();
                row.content = in_first_cell(raw, why, self.encoding);
            }
            _ if has_bytes => match bytes::cell_texts(cells, self.encoding) {
                Ok(restored) => *cells = restored,
                Err(why) => row.earlier = Some(ReasonKind::Bytes(why)),
            },
            Some(ReasonKind::TooShort) => {
                while matches!(cells.last(), Some(None)) {
                    cells.pop();
                }
            }
            Some(
                ReasonKind::Unresolved(_) | ReasonKind::Ambiguous(_) | ReasonKind::Duplicate(_),
            ) => row.earlier = kind,
            _ => {}
        }
    }
}

impl<R: BufRead + Send> Rows for Reader<R> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_line(&self) -> u64 {
        self.next_line
    }

    fn skipped(&self) -> SkippedLines {
        self.skipped.clone()
    }

    fn has_added_columns(&self) -> bool {
        self.refused_columns > 0
    }

    fn delimiter(&self) -> Option<u8> {
        Some(self.delimiter)
    }

    fn next(&mut self) -> Option<Result<SourceRow, CliError>> {
        loop {
            if let Some(row) = self.next_read() {
                return Some(Ok(row));
            }
            let mut row = match self.record() {
                Ok(Some(row)) => row,
                Ok(None) => {
                    self.skipped.add(self.blank.clone().count());
                    self.blank = 0..0;
                    return None;
                }
                Err(failure) => return Some(Err(failure)),
            };
            if is_blank(&row) && self.columns.len() + self.refused_columns > 1 {
                continue;
            }
            if is_blank(&row) && !self.keeps_blank {
                let first = if self.blank.is_empty() {
                    row.line
                } else {
                    self.blank.start
                };
                self.blank = first..row.line + 1;
                continue;
            }
            if self.refused_columns > 0 {
                self.restore(&mut row);
            }
            self.after = Some(row);
        }
    }
}

/// Returns cells as texts, if all of them are.
fn texts(cells: Vec<Option<Vec<u8>>>) -> Option<Vec<Option<String>>> {
    let texts = cells.into_iter().map(|cell| cell.map(String::from_utf8));
    texts.map(Option::transpose).collect::<Result<_, _>>().ok()
}

fn is_blank(row: &SourceRow) -> bool {
    matches!(&row.content, RowContent::Cells(cells) if **cells == [None])
}

fn is_number(cell: Option<&str>) -> bool {
    cell.is_some_and(|cell| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()))
}

fn without_line_end(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    raw.strip_suffix(b"\r").unwrap_or(raw)
}

#[cfg(test)]
mod tests;
