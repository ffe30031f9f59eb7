//! Formats with one record per line.

use super::formula::defused;
use super::{csv, json};
use crate::error::CliError;
use crate::row::{Picker, Row};

/// The style of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Csv,
    /// CSV for spreadsheets: with a byte order mark, by which they recognize UTF-8, and without formulas.
    Excel,
    Jsonl,
}

/// Writes records as lines.
#[derive(Debug)]
pub(crate) struct Lines {
    style: Style,
    names: Vec<String>,
    members: Vec<String>,
    picker: Picker,
}

impl Lines {
    /// Creates a writer of these columns, in this order.
    pub(crate) fn new(style: Style, names: Vec<String>) -> Self {
        Self {
            style,
            members: names.iter().map(|name| json::member(name)).collect(),
            picker: Picker::new(names.iter().cloned()),
            names,
        }
    }

    /// Returns the lines before the first record: CSV has a line of column names.
    pub(crate) fn header(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.style == Style::Jsonl {
            return out;
        }
        let excel = self.style == Style::Excel;
        if excel {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        for (index, name) in self.names.iter().enumerate() {
            separate(&mut out, index);
            let name = if excel { defused(name) } else { name.into() };
            csv::text(&mut out, &name);
        }
        out.push(b'\n');
        out
    }

    /// Appends a record's line.
    ///
    /// # Errors
    ///
    /// The format cannot hold a value.
    pub(crate) fn record(&mut self, out: &mut Vec<u8>, row: &Row<'_>) -> Result<(), CliError> {
        match self.style {
            Style::Csv | Style::Excel => {
                let excel = self.style == Style::Excel;
                for (index, (name, cell)) in self.picker.pick(row).enumerate() {
                    separate(out, index);
                    csv::value(out, cell, excel)
                        .ok_or_else(|| row.misfit(name, cell, "is not Unicode text"))?;
                }
            }
            Style::Jsonl => {
                out.push(b'{');
                for (index, (_, cell)) in self.picker.pick(row).enumerate() {
                    separate(out, index);
                    out.extend_from_slice(self.members[index].as_bytes());
                    json::value(out, cell);
                }
                out.push(b'}');
            }
        }
        out.push(b'\n');
        Ok(())
    }
}

fn separate(out: &mut Vec<u8>, index: usize) {
    if index > 0 {
        out.push(b',');
    }
}
