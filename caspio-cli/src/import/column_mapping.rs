//! Which column becomes which field.

use super::convert::Kind;
use super::input::{Members, RowContent, SourceRow};
use crate::column::PK_ID;
use crate::error::CliError;
use caspio::field::FieldValue;
use caspio::record::{FieldInfo, Row, ToRow};
use caspio::schema::FieldDefinition;
use caspio::{Error, ErrorKind, RecordMap};

/// What becomes of each column of the file.
#[derive(Debug)]
pub(super) struct ColumnMapping {
    columns: Vec<(String, Option<Target>)>,
    /// Whether nothing between the commas is null for a text.
    nulls: bool,
}

/// A field that is written.
#[derive(Clone, Copy, Debug)]
struct Target {
    // The SDK's rows borrow their names; an import names a few in the program's whole life.
    name: &'static str,
    kind: Kind,
}

/// A row as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Prepared(pub(super) Row<'static>);

impl ToRow for Prepared {
    type Source = RecordMap;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        self.0.clone()
    }
}

impl ColumnMapping {
    /// # Errors
    ///
    /// A column that the table does not have, or that stands there twice; none that can be written.
    pub(super) fn new(
        table: &str,
        columns: &[String],
        fields: &[FieldDefinition],
        nulls: bool,
    ) -> Result<Self, CliError> {
        let mut mapping = Self {
            columns: Vec::with_capacity(columns.len()),
            nulls,
        };
        for column in columns {
            let name = column.trim();
            if mapping
                .columns
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(name))
            {
                return Err(CliError::usage(format!(
                    "column {name:?} is in the file twice"
                )));
            }
            mapping
                .columns
                .push((name.to_owned(), target(table, name, fields)?));
        }
        match mapping.columns.iter().any(|(_, target)| target.is_some()) || columns.is_empty() {
            true => Ok(mapping),
            false => Err(CliError::usage(format!(
                "the file has no column that can be written to {table}"
            ))),
        }
    }

    /// The columns that are not written.
    pub(super) fn left_out(&self) -> Vec<String> {
        let columns = self.columns.iter();
        let left_out = columns.filter(|(_, target)| target.is_none());
        left_out.map(|(name, _)| name.clone()).collect()
    }

    /// The field of a column that tells rows apart.
    pub(super) fn key(&self, name: &str) -> Result<&'static str, CliError> {
        let mut columns = self.columns.iter();
        match columns.find(|(column, _)| column.eq_ignore_ascii_case(name)) {
            Some((_, Some(target))) => Ok(target.name),
            Some((_, None)) => Err(CliError::usage(format!(
                "{name:?} is filled by Caspio, so it cannot tell the file's rows apart"
            ))
            .with_hint("choose a column that is written")),
            None => {
                let names: Vec<&str> = self.columns.iter().map(|(name, _)| &**name).collect();
                let failure = CliError::usage(format!("the file has no column {name:?}"));
                Err(failure.with_hint(format!("its columns are {}", names.join(", "))))
            }
        }
    }

    /// A row as it is sent.
    ///
    /// # Errors
    ///
    /// `Refused`: all that is wrong with it.
    pub(super) fn row(&self, source_row: &SourceRow) -> Result<Prepared, Error> {
        let told = match &source_row.content {
            RowContent::Unreadable(_, why) => Err(refused(why.clone())),
            RowContent::Cells(cells) => self.cells(cells),
            RowContent::Json(json) => Members::of(json)
                .map_err(refused)
                .and_then(|members| self.members(&members)),
        };
        told.map(Prepared)
    }

    fn cells(&self, cells: &[Option<String>]) -> Result<Row<'static>, Error> {
        if cells.len() != self.columns.len() {
            return Err(refused(format!(
                "the row has {} cells, the first line names {} columns",
                cells.len(),
                self.columns.len()
            )));
        }
        let values = self.targets().map(|(at, target)| {
            let cell = cells.get(at).and_then(Option::as_deref);
            (target, target.kind.cell(cell, self.nulls))
        });
        row(values)
    }

    fn members(&self, members: &Members<'_>) -> Result<Row<'static>, Error> {
        for (at, (name, _)) in members.0.iter().enumerate() {
            let mut before = members.0.iter().take(at);
            if before.any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                return Err(refused(format!("{name:?} is there twice")));
            }
        }
        // What an object lacks is not sent.
        let values = self.targets().filter_map(|(at, target)| {
            let cell = members.get(at, target.name)?;
            Some((target, target.kind.json(cell)))
        });
        row(values)
    }

    fn targets(&self) -> impl Iterator<Item = (usize, Target)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(|(at, (_, target))| Some((at, (*target)?)))
    }
}

fn row(
    values: impl Iterator<Item = (Target, Result<FieldValue<'static>, String>)>,
) -> Result<Row<'static>, Error> {
    let mut row = Row::with_capacity(16);
    let mut faults = Vec::new();
    for (target, value) in values {
        match value {
            Ok(value) => row.push(target.name, value),
            Err(fault) => faults.push(format!("{}: {fault}", target.name)),
        }
    }
    match faults.is_empty() {
        true => Ok(row),
        false => Err(refused(faults.join("; "))),
    }
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Refused, what)
}

/// The field of a column; `None` for one that is left out.
fn target(
    table: &str,
    column: &str,
    fields: &[FieldDefinition],
) -> Result<Option<Target>, CliError> {
    let mut named = fields.iter();
    match named.find(|field| field.name.eq_ignore_ascii_case(column)) {
        Some(field) if field.is_writable() => Ok(Some(Target {
            name: Box::leak(field.name.clone().into_boxed_str()),
            kind: Kind::of(&field.data_type),
        })),
        Some(_) => Ok(None),
        None if column.eq_ignore_ascii_case(PK_ID) => Ok(None),
        None => {
            let names = || fields.iter().map(|field| &*field.name);
            let hint = match caspio_schema::nearest(column, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its fields are {}", names().collect::<Vec<_>>().join(", ")),
            };
            Err(CliError::usage(format!("{table} has no field {column:?}")).with_hint(hint))
        }
    }
}
