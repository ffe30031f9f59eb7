//! Filling a table with the records of a file.

use super::cell::Cell;
use crate::store::field::{Field, same_name};
use crate::store::list::some_of;
use crate::store::schema::Table;
use crate::store::{StoreError, catalog, generate, value, write};
use caspio_schema::{DataType, nearest};
use rusqlite::types::Value;
use rusqlite::{Statement, Transaction, params_from_iter};
use std::fmt;

/// An error in a file, with its place: a line, or the number of a record.
#[derive(Debug)]
pub(super) struct RowError {
    pub(super) place: Option<String>,
    pub(super) reason: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// An error of the whole file.
impl From<String> for RowError {
    fn from(reason: String) -> Self {
        Self {
            place: None,
            reason,
        }
    }
}

impl From<rusqlite::Error> for RowError {
    fn from(error: rusqlite::Error) -> Self {
        error.to_string().into()
    }
}

/// What a name in a file stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Key,
    /// The field at this index.
    Field(usize),
    /// A formula, whose value is computed.
    Formula,
}

impl Column {
    pub(super) fn find(table: &Table, name: &str) -> Result<Self, String> {
        if same_name(name, "PK_ID") {
            return Ok(Self::Key);
        }
        let mut fields = table.fields.iter();
        match fields.position(|field| field.is_called(name)) {
            Some(at) if table.fields[at].is_formula() => Ok(Self::Formula),
            Some(at) => Ok(Self::Field(at)),
            None => Err(unknown(table, name)),
        }
    }
}

fn unknown(table: &Table, name: &str) -> String {
    let names = table.fields.iter().map(|field| field.name.as_str());
    let names: Vec<_> = ["PK_ID"].into_iter().chain(names).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("its fields are {}", some_of(&names)),
    };
    format!("the table '{}' has no field '{name}'; {hint}", table.name)
}

/// One record of a file.
#[derive(Debug)]
pub(super) struct FileRecord<'a> {
    key: Option<Cell<'a>>,
    /// The values of the fields, in their order.
    cells: Vec<Option<Cell<'a>>>,
}

impl<'a> FileRecord<'a> {
    pub(super) fn new(table: &Table) -> Self {
        Self {
            key: None,
            cells: vec![None; table.fields.len()],
        }
    }

    /// Sets a value, and returns the earlier one.
    pub(super) fn put(&mut self, column: Column, cell: Cell<'a>) -> Option<Cell<'a>> {
        match column {
            Column::Key => self.key.replace(cell),
            Column::Field(at) => self.cells.get_mut(at)?.replace(cell),
            Column::Formula => None,
        }
    }

    /// Returns the value of a field as a message shows it.
    fn shown(&self, table: &Table, name: &str) -> String {
        let cell = match Column::find(table, name) {
            Ok(Column::Key) => self.key.as_ref(),
            Ok(Column::Field(at)) => self.cells.get(at).and_then(Option::as_ref),
            _ => None,
        };
        match cell.filter(|cell| !cell.is_empty()) {
            Some(cell) => format!("the value {cell}"),
            None => "no value".to_owned(),
        }
    }
}

/// A table that is being filled.
pub(super) struct Filling<'a> {
    pub(super) table: &'a Table,
    transaction: &'a Transaction<'a>,
    random: &'a mut fastrand::Rng,
    insert: Statement<'a>,
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        transaction: &'a Transaction<'a>,
        random: &'a mut fastrand::Rng,
        table: &'a Table,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            insert: transaction.prepare(&insert_sql(table))?,
            table,
            transaction,
            random,
        })
    }

    /// Inserts a record; the error is the reason why it is refused.
    pub(super) fn insert(&mut self, record: &FileRecord<'_>) -> Result<(), String> {
        let table = self.table;
        let mut values = vec![key(record.key.as_ref())?];
        for (field, cell) in table.fields.iter().zip(&record.cells) {
            if !field.is_formula() {
                values.push(self.value(field, cell.as_ref())?);
            }
        }
        let inserted = self.insert.execute(params_from_iter(values));
        inserted.map_err(|error| refusal(table, record, error))?;
        Ok(())
    }

    fn value(&mut self, field: &Field, cell: Option<&Cell<'_>>) -> Result<Value, String> {
        let is_filled = field.is_generated() || field.ty == DataType::Timestamp;
        if is_filled && cell.is_none_or(Cell::is_empty) {
            let made = generate::on_insert(self.transaction, self.random, self.table, field);
            let made = made.map_err(|error| error.to_string())?;
            return Ok(made.unwrap_or(Value::Null));
        }
        let Some(cell) = cell else {
            return Ok(value::default_value(&field.ty));
        };
        let value = cell.read(field).map_err(|_| {
            let expected = value::expected(field);
            format!(
                "{cell} does not fit the field '{}', which takes {expected}",
                field.name
            )
        })?;
        if let Some(number) = number(field, &value) {
            catalog::use_number(self.transaction, self.table.id, field.id, number)
                .map_err(|error| error.to_string())?;
        }
        Ok(value)
    }
}

fn insert_sql(table: &Table) -> String {
    let stored = table.fields.iter().filter(|field| !field.is_formula());
    let columns: Vec<_> = ["pk".to_owned()]
        .into_iter()
        .chain(stored.map(Field::column))
        .collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.physical(),
        columns.join(", "),
        vec!["?"; columns.len()].join(", ")
    )
}

fn key(cell: Option<&Cell<'_>>) -> Result<Value, String> {
    let Some(cell) = cell else {
        return Ok(Value::Null);
    };
    cell.read_key()
        .map_err(|_| format!("{cell} does not fit 'PK_ID', which takes a whole number"))
}

fn refusal(table: &Table, record: &FileRecord<'_>, error: rusqlite::Error) -> String {
    match write::violation(table, error) {
        StoreError::Duplicate(names) if !names.is_empty() => {
            let held: Vec<_> = names
                .iter()
                .map(|name| format!("{} in the unique field '{name}'", record.shown(table, name)))
                .collect();
            format!("another record has {}", held.join(" and "))
        }
        refusal => refusal.to_string(),
    }
}

/// Returns the number in the value of a numbered field.
fn number(field: &Field, value: &Value) -> Option<i64> {
    match (&field.ty, value) {
        (DataType::Autonumber, Value::Integer(number)) => Some(*number),
        (DataType::PrefixedAutonumber, Value::Text(text)) => {
            text.strip_prefix(&field.prefix)?.parse().ok()
        }
        _ => None,
    }
}
