//! The records of a CSV file: the first line has the names of fields, each other line is one
//! record.

use super::cell;
use crate::store::StoreError;
use crate::store::field::{Field, same_name};
use crate::store::schema::Table;
use crate::store::{generate, write};
use caspio_schema::DataType;
use csv::{Reader, StringRecord};
use rusqlite::types::Value;
use rusqlite::{Statement, Transaction, params, params_from_iter};
use std::collections::HashMap;
use std::fmt;
use std::io::Read;

/// An error in a file, with its line.
#[derive(Debug)]
pub(super) struct RowError {
    line: Option<u64>,
    reason: String,
}

impl RowError {
    fn in_head(reason: String) -> Self {
        Self {
            line: Some(1),
            reason,
        }
    }

    fn at(record: &StringRecord, reason: String) -> Self {
        Self {
            line: record.position().map(csv::Position::line),
            reason,
        }
    }

    /// The error that rolls the table's transaction back.
    pub(super) fn refusal(&self) -> StoreError {
        StoreError::refused(self.reason.clone())
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl From<csv::Error> for RowError {
    fn from(error: csv::Error) -> Self {
        Self {
            line: error.position().map(csv::Position::line),
            reason: error.to_string(),
        }
    }
}

impl From<rusqlite::Error> for RowError {
    fn from(error: rusqlite::Error) -> Self {
        Self {
            line: None,
            reason: error.to_string(),
        }
    }
}

/// Inserts all records of a file into a new table.
pub(super) fn fill(
    transaction: &Transaction<'_>,
    random: &mut fastrand::Rng,
    table: &Table,
    file: impl Read,
) -> Result<(), RowError> {
    let mut reader = Reader::from_reader(file);
    let places = places(table, reader.headers()?)?;
    let mut filling = Filling {
        random,
        table,
        last: HashMap::new(),
        insert: transaction.prepare(&insert_sql(table))?,
        transaction,
        places,
    };
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        filling.insert(&record)?;
    }
    filling.finish()
}

/// The columns of the file with the key and with each stored field.
struct Places {
    key: Option<usize>,
    fields: Vec<Option<usize>>,
}

fn places(table: &Table, head: &StringRecord) -> Result<Places, RowError> {
    // Spreadsheets begin a file with a byte order mark, which is not part of the name.
    let names: Vec<_> = head
        .iter()
        .map(|name| name.trim_start_matches('\u{FEFF}').trim())
        .collect();
    let unknown = names
        .iter()
        .find(|name| !same_name(name, "PK_ID") && table.field(name).is_none());
    if let Some(unknown) = unknown {
        let reason = format!("the table has no field '{unknown}'");
        return Err(RowError::in_head(reason));
    }
    let place = |wanted: &str| names.iter().position(|name| same_name(name, wanted));
    Ok(Places {
        key: place("PK_ID"),
        fields: table
            .fields
            .iter()
            .map(|field| place(&field.name))
            .collect(),
    })
}

fn insert_sql(table: &Table) -> String {
    let columns: String = table
        .fields
        .iter()
        .map(|field| format!(", {}", field.column()))
        .collect();
    let values = ", ?".repeat(table.fields.len());
    format!(
        "INSERT INTO {} (pk{columns}) VALUES (?{values})",
        table.physical()
    )
}

/// A table that is being filled.
struct Filling<'a> {
    transaction: &'a Transaction<'a>,
    random: &'a mut fastrand::Rng,
    table: &'a Table,
    places: Places,
    /// The highest number of each numbered field so far.
    last: HashMap<u32, i64>,
    insert: Statement<'a>,
}

impl Filling<'_> {
    fn insert(&mut self, record: &StringRecord) -> Result<(), RowError> {
        let table = self.table;
        let mut values = vec![self.key(record)?];
        for (at, field) in table.fields.iter().enumerate() {
            let text = self.places.fields[at].and_then(|place| record.get(place));
            let value = self.value(field, text.unwrap_or_default());
            values.push(value.map_err(|reason| RowError::at(record, reason))?);
        }
        self.insert
            .execute(params_from_iter(values))
            .map_err(|error| RowError::at(record, write::violation(table, error).to_string()))?;
        Ok(())
    }

    /// Returns the key of a record; without one SQLite assigns the next.
    fn key(&self, record: &StringRecord) -> Result<Value, RowError> {
        match self.places.key.and_then(|place| record.get(place)) {
            None | Some("") => Ok(Value::Null),
            Some(text) => text
                .trim()
                .parse()
                .map(Value::Integer)
                .map_err(|_| RowError::at(record, format!("'{text}' is not a PK_ID"))),
        }
    }

    fn value(&mut self, field: &Field, text: &str) -> Result<Value, String> {
        if text.is_empty() && field.is_generated() {
            return self.generate(field).map_err(|error| error.to_string());
        }
        let value = cell::read(field, text)
            .map_err(|_| format!("'{text}' does not fit the field '{}'", field.name))?;
        if let Some(number) = number(field, &value) {
            let last = self.last.entry(field.id).or_default();
            *last = number.max(*last);
        }
        Ok(value)
    }

    /// Generates the value of a field; numbers continue after the highest one so far.
    fn generate(&mut self, field: &Field) -> rusqlite::Result<Value> {
        self.count(field)?;
        let made = generate::on_insert(self.transaction, self.random, self.table, field)?;
        let value = made.unwrap_or(Value::Null);
        if let Some(number) = number(field, &value) {
            self.last.insert(field.id, number);
        }
        Ok(value)
    }

    fn count(&self, field: &Field) -> rusqlite::Result<()> {
        if let Some(last) = self.last.get(&field.id) {
            self.transaction
                .prepare_cached("INSERT OR REPLACE INTO counter VALUES (?1, ?2, ?3)")?
                .execute(params![self.table.id, field.id, last])?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), RowError> {
        for field in &self.table.fields {
            self.count(field)?;
        }
        Ok(())
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
