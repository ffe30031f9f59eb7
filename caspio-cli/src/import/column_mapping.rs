//! Maps the columns of a file to the fields of a table.

use super::convert;
use super::decimal_comma::{self, DecimalCommas};
use super::members::Members;
use super::prepared::Prepared;
use super::reading::Reading;
use super::reason::{AMBIGUOUS, BYTES, ReasonKind};
use super::source_row::{RowContent, SourceRow};
use super::violations::not_converted;
use crate::column::PK_ID;
use crate::error::CliError;
use crate::format::formula::restored;
use crate::suggest::near_or_all;
use caspio::field::FieldValue;
use caspio::schema::{DataType, FieldDefinition};
use caspio::{Error, ErrorKind};
use caspio_schema::is_same_name;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The field of each column of the file.
#[derive(Debug)]
pub(super) struct ColumnMapping {
    columns: Vec<(String, Option<Target>)>,
    reading: Reading,
    notes: Notes,
    commas: DecimalCommas,
}

/// What is noticed while rows are converted.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes(Arc<Mutex<Noticed>>);

#[derive(Debug, Default)]
struct Noticed {
    shortened: BTreeMap<Arc<str>, u64>,
    apostrophes: u64,
}

impl Notes {
    fn lock(&self) -> MutexGuard<'_, Noticed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns, for each column, how many times lost what is shorter than a millisecond.
    pub(super) fn shortened(&self) -> BTreeMap<String, u64> {
        let noticed = self.lock();
        let shortened = noticed.shortened.iter();
        shortened
            .map(|(name, count)| (name.to_string(), *count))
            .collect()
    }

    /// Returns how many cells may have an apostrophe from `export --excel`.
    pub(super) fn apostrophes(&self) -> u64 {
        self.lock().apostrophes
    }
}

/// A field that is written.
#[derive(Clone, Debug)]
struct Target {
    name: Arc<str>,
    data_type: DataType,
}

impl ColumnMapping {
    /// Maps columns to the fields of their names.
    ///
    /// # Errors
    ///
    /// The table does not have a column, a column is in the file twice, or none can be written.
    pub(super) fn new(
        table: &str,
        columns: &[String],
        fields: &[FieldDefinition],
        reading: Reading,
    ) -> Result<Self, CliError> {
        let mut mapping = Self {
            columns: Vec::with_capacity(columns.len()),
            reading,
            notes: Notes::default(),
            commas: DecimalCommas::default(),
        };
        for column in columns {
            let name = mapping.plain(column).trim();
            if mapping
                .columns
                .iter()
                .any(|(other, _)| is_same_name(other, name))
            {
                return Err(CliError::usage(format!(
                    "column {name:?} is in the file twice"
                )));
            }
            mapping
                .columns
                .push((name.to_owned(), target(table, name, fields)?));
        }
        if columns.is_empty() || mapping.columns.iter().any(|(_, target)| target.is_some()) {
            return Ok(mapping);
        }
        Err(CliError::usage(format!(
            "none of these columns can be written to {table}: {}",
            mapping.skipped().join(", ")
        )))
    }

    /// Returns the columns that are not written.
    pub(super) fn skipped(&self) -> Vec<String> {
        let columns = self.columns.iter();
        let skipped = columns.filter(|(_, target)| target.is_none());
        skipped.map(|(name, _)| name.clone()).collect()
    }

    /// Returns what is noticed, which grows while rows are converted.
    pub(super) fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// Returns the columns of passwords.
    pub(super) fn passwords(&self) -> Vec<String> {
        let targets = self.targets().map(|(_, target)| target);
        let passwords = targets.filter(|target| target.data_type == DataType::Password);
        passwords.map(|target| target.name.to_string()).collect()
    }

    /// Returns whether a column has numbers.
    pub(super) fn has_numbers(&self) -> bool {
        self.targets().any(|(_, target)| is_number(target))
    }

    /// Notes which columns have numbers with a decimal comma.
    pub(super) fn note_commas(&mut self, source_row: &SourceRow) {
        let RowContent::Cells(cells) = &source_row.content else {
            return;
        };
        for (at, (_, target)) in self.columns.iter().enumerate() {
            let cell = cells.get(at).and_then(Option::as_deref);
            if let (true, Some(cell)) = (target.as_ref().is_some_and(is_number), cell) {
                self.commas.note(at, cell, source_row.line);
            }
        }
    }

    fn note_shortened(&self, target: &Target, text: &str) {
        if convert::loses_time(&target.data_type, text) {
            let mut noticed = self.notes.lock();
            *noticed.shortened.entry(target.name.clone()).or_default() += 1;
        }
    }

    /// Returns a cell without what `export --excel` adds, if the file was written by it.
    fn plain<'c>(&self, cell: &'c str) -> &'c str {
        match restored(cell) {
            Some(plain) if self.reading.excel => plain,
            Some(_) => {
                self.notes.lock().apostrophes += 1;
                cell
            }
            None => cell,
        }
    }

    /// Returns the field of the key column.
    pub(super) fn key(&self, name: &str) -> Result<Arc<str>, CliError> {
        let mut columns = self.columns.iter();
        match columns.find(|(column, _)| is_same_name(column, name)) {
            Some((_, Some(target))) => match identifies(&target.data_type) {
                true => Ok(target.name.clone()),
                false => Err(CliError::usage(format!(
                    "{} is a {} column, whose values do not identify records, so it cannot be the key",
                    target.name, target.data_type
                ))
                .with_hint("choose a column with a number, a text or a time that is unique")),
            },
            Some((_, None)) => Err(CliError::usage(format!(
                "{name:?} is filled by Caspio, so it cannot be the key"
            ))
            .with_hint("choose a column that can be written")),
            None => {
                let names: Vec<&str> = self.columns.iter().map(|(name, _)| &**name).collect();
                let hint = near_or_all(name, names.into_iter(), "its columns are");
                Err(CliError::usage(format!("the file has no column {name:?}")).with_hint(hint))
            }
        }
    }

    /// Converts a source row to the row to send.
    ///
    /// # Errors
    ///
    /// `Refused`, with everything that is wrong with the row.
    pub(super) fn row(&self, source_row: &SourceRow) -> Result<Prepared, Error> {
        if let Some(ReasonKind::Bytes(why)) = &source_row.earlier {
            return Err(refused(format!("{BYTES}{why}")));
        }
        match &source_row.content {
            RowContent::Unreadable(_, why) => Err(refused(why.clone())),
            RowContent::Cells(cells) => self.cells(cells, source_row.earlier.as_ref()),
            RowContent::Json(json) => Members::of(json)
                .map_err(refused)
                .and_then(|members| self.members(&members)),
        }
    }

    fn cells(
        &self,
        cells: &[Option<String>],
        earlier: Option<&ReasonKind>,
    ) -> Result<Prepared, Error> {
        if cells.len() != self.columns.len() {
            return Err(refused(format!(
                "the row has {}, the first line names {} columns",
                match cells.len() {
                    1 => "1 cell".to_owned(),
                    count => format!("{count} cells"),
                },
                self.columns.len()
            )));
        }
        let mut is_ambiguous = false;
        let values = self.targets().map(|(at, target)| {
            let cell = cells.get(at).and_then(Option::as_deref);
            let cell = cell.map(|cell| self.plain(cell));
            let text = cell.unwrap_or_default();
            let value = match self.unambiguous(at, target, text, earlier) {
                Err(violation) => {
                    is_ambiguous = true;
                    Err(violation)
                }
                Ok(()) => convert::cell(&target.data_type, cell, self.reading.nulls),
            };
            if value.is_ok() {
                self.note_shortened(target, text);
            }
            (target.name.clone(), value)
        });
        let row = row(values);
        row.map_err(|(why, others)| match is_ambiguous {
            true => not_converted(format!("{AMBIGUOUS}{why}"), others),
            false => not_converted(why, others),
        })
    }

    /// Checks that a number is not a thousand times as large as it seems.
    fn unambiguous(
        &self,
        at: usize,
        target: &Target,
        text: &str,
        earlier: Option<&ReasonKind>,
    ) -> Result<(), String> {
        if !is_number(target) {
            return Ok(());
        }
        self.commas.check(at, text)?;
        match earlier {
            Some(ReasonKind::Ambiguous(reason)) => {
                decimal_comma::check_changed(reason, &target.name, text)
            }
            _ => Ok(()),
        }
    }

    fn members(&self, members: &Members<'_>) -> Result<Prepared, Error> {
        for (at, (name, _)) in members.0.iter().enumerate() {
            let mut before = members.0.iter().take(at);
            if before.any(|(other, _)| is_same_name(other, name)) {
                return Err(refused(format!("member {name:?} is in the row twice")));
            }
        }
        // Fields that the object does not contain are not sent.
        let values = self.targets().filter_map(|(at, target)| {
            let cell = members.get(at, &target.name)?;
            let value = convert::json(&target.data_type, cell);
            if value.is_ok() {
                self.note_shortened(target, cell.json().trim_matches('"'));
            }
            Some((target.name.clone(), value))
        });
        row(values).map_err(|(why, others)| not_converted(why, others))
    }

    fn targets(&self) -> impl Iterator<Item = (usize, &Target)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(|(at, (_, target))| Some((at, target.as_ref()?)))
    }
}

fn row(
    columns: impl Iterator<Item = (Arc<str>, Result<FieldValue<'static>, String>)>,
) -> Result<Prepared, (String, Prepared)> {
    let mut values = Vec::new();
    let mut violations = Vec::new();
    for (name, value) in columns {
        match value {
            Ok(value) => values.push((name, value)),
            Err(violation) => violations.push(format!("{name}: {violation}")),
        }
    }
    let prepared = Prepared::new(values);
    if violations.is_empty() {
        Ok(prepared)
    } else {
        Err((violations.join("; "), prepared))
    }
}

/// Returns whether records can be found by a value of this type.
fn identifies(data_type: &DataType) -> bool {
    !data_type.is_list() && !matches!(data_type, DataType::YesNo | DataType::Password)
}

fn is_number(target: &Target) -> bool {
    matches!(
        target.data_type,
        DataType::Number | DataType::Integer | DataType::Currency
    )
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Refused, message)
}

/// Returns the field of a column; `None` for a column that is skipped.
fn target(
    table: &str,
    column: &str,
    fields: &[FieldDefinition],
) -> Result<Option<Target>, CliError> {
    let mut named = fields.iter();
    match named.find(|field| is_same_name(&field.name, column)) {
        Some(field) if field.is_writable() => Ok(Some(Target {
            name: field.name.as_str().into(),
            data_type: field.data_type.clone(),
        })),
        Some(_) => Ok(None),
        None if is_same_name(column, PK_ID) => Ok(None),
        None => {
            let names = fields.iter().map(|field| &*field.name);
            let hint = near_or_all(column, names, "its fields are");
            Err(CliError::usage(format!("{table} has no field {column:?}")).with_hint(hint))
        }
    }
}
