//! Reads CSV as of RFC 4180, in UTF-8. Unlike other readers it distinguishes an empty text, `""`, from an empty
//! cell.

use super::input::{RejectColumns, RowContent, Rows, SourceRow, read_line};
use crate::error::CliError;
use std::io::BufRead;
use std::path::{Path, PathBuf};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a CSV file whose first line names its columns.
#[derive(Debug)]
pub(super) struct Reader<R> {
    input: R,
    path: PathBuf,
    columns: Vec<String>,
    /// How many columns at the end were added by a reject file.
    reject_columns: usize,
    /// The number of the next line.
    line: u64,
    /// The bytes of the current row.
    raw: Vec<u8>,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(
        path: &Path,
        input: R,
        reject_columns: &RejectColumns,
    ) -> Result<Self, CliError> {
        let mut reader = Self {
            input,
            path: path.to_owned(),
            columns: Vec::new(),
            reject_columns: 0,
            line: 1,
            raw: Vec::new(),
        };
        let unnamed = || {
            let message = format!("the first line of {} names no columns", path.display());
            CliError::usage(message)
                .with_hint("the first line must hold the column names, UTF-8, comma-separated")
        };
        match reader.record()?.map(|row| row.content) {
            Some(RowContent::Cells(names)) => {
                let names = names.into_iter().map(Option::unwrap_or_default);
                reader.columns = names.collect();
            }
            _ => return Err(unnamed()),
        }
        if reader.columns.iter().any(|name| name.trim().is_empty()) {
            return Err(unnamed());
        }
        reader.reject_columns = reject_columns.count(reader.columns.iter().map(String::as_str));
        reader
            .columns
            .truncate(reader.columns.len() - reader.reject_columns);
        Ok(reader)
    }

    /// Reads the next row with all of its cells.
    fn record(&mut self) -> Result<Option<SourceRow>, CliError> {
        let line = self.line;
        self.raw.clear();
        let mut cells = Cells::default();
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
        let content = match cells.finish() {
            Ok(cells) => RowContent::Cells(cells),
            Err((why, close)) => {
                let mut raw = self.raw.trim_ascii_end().to_vec();
                raw.extend_from_slice(close.as_bytes());
                RowContent::Unreadable(raw, why.to_owned())
            }
        };
        Ok(Some(SourceRow { line, content }))
    }
}

impl<R: BufRead + Send> Rows for Reader<R> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Option<Result<SourceRow, CliError>> {
        let all = self.columns.len() + self.reject_columns;
        loop {
            let mut row = match self.record().transpose()? {
                Ok(row) => row,
                Err(failure) => return Some(Err(failure)),
            };
            if let RowContent::Cells(cells) = &mut row.content {
                if all > 1 && matches!(cells.as_slice(), [None]) {
                    continue;
                }
                if cells.len() == all {
                    cells.truncate(self.columns.len());
                }
            }
            return Some(Ok(row));
        }
    }
}

/// The state of the parser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Bare,
    Quoted,
    /// After a quote that ends the cell, unless another follows.
    Quote,
}

/// The cells of a row, which may span several lines.
#[derive(Debug, Default)]
struct Cells {
    done: Vec<(Vec<u8>, bool)>,
    cell: Vec<u8>,
    quoted: bool,
    state: State,
    ended: bool,
}

impl Cells {
    /// Parses the next line, including its line break.
    fn take(&mut self, line: &[u8]) {
        for (at, &byte) in line.iter().enumerate() {
            let line_end = byte == b'\n' || byte == b'\r' && line.get(at + 1) == Some(&b'\n');
            match (self.state, byte) {
                (State::Quoted, b'"') => self.state = State::Quote,
                (State::Quoted, _) => self.cell.push(byte),
                (_, _) if line_end => {
                    self.ended = true;
                    return;
                }
                (_, b',') => self.end_cell(),
                (State::Start, b'"') => {
                    self.quoted = true;
                    self.state = State::Quoted;
                }
                (State::Quote, b'"') => {
                    self.cell.push(byte);
                    self.state = State::Quoted;
                }
                _ => {
                    self.cell.push(byte);
                    self.state = State::Bare;
                }
            }
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.done.push((cell, self.quoted));
        self.quoted = false;
        self.state = State::Start;
    }

    /// Returns the cells. On an error, returns the reason and the text that closes the row.
    fn finish(mut self) -> Result<Vec<Option<String>>, (&'static str, &'static str)> {
        if self.state == State::Quoted {
            return Err(("a quote is opened and not closed", "\""));
        }
        self.end_cell();
        let cells = self.done.into_iter().map(|(cell, quoted)| {
            let text = String::from_utf8(cell).map_err(|_| ("the row is not UTF-8", ""))?;
            Ok((quoted || !text.is_empty()).then_some(text))
        });
        cells.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &[u8]) -> Vec<SourceRow> {
        let reader = Reader::new(Path::new("in.csv"), text, &RejectColumns::default());
        let mut reader = reader.expect("a header");
        let rows = std::iter::from_fn(|| reader.next());
        rows.map(|row| row.expect("a row")).collect()
    }

    fn cells(text: &str) -> Vec<Option<String>> {
        match rows(text.as_bytes()).remove(0).content {
            RowContent::Cells(cells) => cells,
            other => panic!("{other:?}"),
        }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn an_empty_cell_differs_from_an_empty_text() {
        assert_eq!(cells("a,b,c\n,\"\",x\n"), [None, some(""), some("x")]);
    }

    #[test]
    fn a_row_of_several_lines_has_the_number_of_its_first() {
        let rows = rows(b"\xef\xbb\xbfa,b\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\r\n\r\n5\" pipe,2");
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 5]);
        let RowContent::Cells(first) = &rows[0].content else {
            panic!("cells")
        };
        assert_eq!(*first, [some("x\r\ny"), some("say \"hi\"")]);
        let RowContent::Cells(second) = &rows[1].content else {
            panic!("cells")
        };
        assert_eq!(*second, [some("5\" pipe"), some("2")]);
    }

    #[test]
    fn an_unreadable_row_is_one_row() {
        let rows = rows(b"a,b\n\xff,1\n2,3\n\"4,5\n6,7\n");
        assert!(matches!(rows[0].content, RowContent::Unreadable(..)));
        assert!(matches!(rows[1].content, RowContent::Cells(_)));
        assert!(
            matches!(&rows[2].content, RowContent::Unreadable(raw, _) if raw.ends_with(b"7\""))
        );
        assert_eq!(rows.len(), 3);
    }

    proptest! {
        #[test]
        fn reads_csv_crate_output(
            written in proptest::collection::vec(
                proptest::collection::vec("[a-c,\" \n\r]{0,4}", 3..4), 1..4),
        ) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).expect("written");
            for row in &written {
                writer.write_record(row).expect("written");
            }
            let text = writer.into_inner().expect("a file");
            let read: Vec<Vec<String>> = rows(&text).into_iter().map(|row| match row.content {
                RowContent::Cells(cells) => {
                    cells.into_iter().map(Option::unwrap_or_default).collect()
                }
                other => panic!("{other:?}"),
            }).collect();
            prop_assert_eq!(read, written);
        }
    }
}
