//! Prints the records of a query as they arrive.

use super::csv::list;
use super::{Align, Lines, Style, fitted};
use crate::error::CliError;
use crate::output::Out;
use crate::row::{Cell, Picker, Row};
use clap::ValueEnum;

/// The formats of `query` and `get`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    Table,
    /// CSV, with the column names in the first line
    Csv,
    /// One JSON array
    Json,
    /// One JSON object per line
    Jsonl,
}

/// Prints records in a format.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    /// The columns to print; by default those of the first record.
    names: Option<Vec<String>>,
    lines: Option<Lines>,
    /// The rows of a table, which is printed at the end.
    rows: Vec<Vec<String>>,
    numbers: Vec<bool>,
    records: u64,
    /// Print the records of a table below each other.
    expanded: bool,
}

impl Printer {
    pub(crate) fn new(format: Format, names: Option<Vec<String>>) -> Self {
        Self {
            format,
            names,
            lines: None,
            rows: Vec::new(),
            numbers: Vec::new(),
            records: 0,
            expanded: false,
        }
    }

    /// Sets whether the records of a table are printed below each other even if they fit the terminal.
    pub(crate) fn expanded(mut self, on: bool) -> Self {
        self.expanded = on;
        self
    }

    /// Returns the number of records so far.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    /// Prints the records of a page.
    pub(crate) fn print(&mut self, rows: &[Row<'_>], out: &mut Out) -> Result<(), CliError> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let names = self
            .names
            .get_or_insert_with(|| first.names().map(str::to_owned).collect());
        if self.format == Format::Table {
            let mut picker = Picker::new(names.iter().cloned());
            for row in rows {
                let cells: Vec<Cell<'_>> = picker.pick(row).map(|(_, cell)| cell).collect();
                note_numbers(&mut self.numbers, &cells);
                self.rows.push(cells.into_iter().map(shown).collect());
            }
            self.records += rows.len() as u64;
            return Ok(());
        }
        let style = match self.format {
            Format::Csv => Style::Csv,
            _ => Style::Jsonl,
        };
        let mut text = Vec::new();
        let lines = self.lines.get_or_insert_with(|| {
            let lines = Lines::new(style, names.clone());
            text = lines.header();
            lines
        });
        for row in rows {
            if self.format == Format::Json {
                text.extend_from_slice(if self.records == 0 {
                    b"[\n  "
                } else {
                    b",\n  "
                });
            }
            lines.record(&mut text, row)?;
            if self.format == Format::Json {
                // Remove the line feed: a comma may follow.
                text.pop();
            }
            self.records += 1;
        }
        out.write(&text)
    }

    /// Prints the end of the output.
    pub(crate) fn finish(&mut self, out: &mut Out) -> Result<(), CliError> {
        match (self.format, self.records, &self.names) {
            (Format::Json, 0, _) => out.line(format_args!("[]")),
            (Format::Json, ..) => out.line(format_args!("\n]")),
            (Format::Csv, 0, Some(names)) => {
                let header = Lines::new(Style::Csv, names.clone()).header();
                let header = String::from_utf8_lossy(&header).into_owned();
                out.line(format_args!("{}", header.trim_end()))
            }
            (Format::Table, 1.., Some(names)) => {
                let aligned = |(index, name): (usize, &'_ String)| {
                    let right = self.numbers.get(index) == Some(&true);
                    (name.clone(), if right { Align::Right } else { Align::Left })
                };
                let header: Vec<_> = names.iter().enumerate().map(aligned).collect();
                let header: Vec<_> = header.iter().map(|(n, a)| (n.as_str(), *a)).collect();
                let rows = std::mem::take(&mut self.rows);
                out.line(format_args!("{}", fitted(&header, rows, self.expanded)))
            }
            _ => Ok(()),
        }
    }
}

/// Tracks which columns contain only numbers, which are aligned to the right.
fn note_numbers(numbers: &mut Vec<bool>, cells: &[Cell<'_>]) {
    numbers.resize(cells.len(), true);
    for (all, cell) in numbers.iter_mut().zip(cells) {
        let number = cell
            .json()
            .starts_with(|c: char| c == '-' || c.is_ascii_digit());
        *all &= number || cell.is_null();
    }
}

fn shown(cell: Cell<'_>) -> String {
    match (cell.is_null(), cell.is_list()) {
        (true, _) => String::new(),
        (_, true) => list(cell),
        _ => cell.text().into_owned(),
    }
}
