//! Inserting records with values that Caspio otherwise fills: keys, autonumbers, GUIDs.

use super::StoreError;
use super::field::same_name;
use super::input::{Input, Record};
use super::schema::Table;
use super::write::violation;
use super::{Store, catalog, value};
use caspio_schema::DataType;
use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};

impl Store {
    /// Inserts records in one transaction. Webhooks do not see them.
    pub(crate) fn restore(&self, table: &str, records: &[Record]) -> Result<(), StoreError> {
        self.write(|transaction, schema| {
            let table = schema.table(table).ok_or(StoreError::TableNotFound)?;
            let mut records = records.iter();
            records.try_for_each(|record| insert(transaction, table, record))
        })
    }
}

fn insert(transaction: &Transaction<'_>, table: &Table, record: &Record) -> Result<(), StoreError> {
    let mut columns = Vec::with_capacity(record.0.len());
    let mut row = Vec::with_capacity(record.0.len());
    for (name, input) in &record.0 {
        let (column, value) = cell(transaction, table, name, input)?;
        columns.push(column);
        row.push(value);
    }
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.physical(),
        columns.join(", "),
        vec!["?"; columns.len()].join(", ")
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let inserted = statement.execute(params_from_iter(row));
    inserted.map_err(|error| violation(table, error))?;
    Ok(())
}

fn cell(
    transaction: &Transaction<'_>,
    table: &Table,
    name: &str,
    input: &Input,
) -> Result<(String, Value), StoreError> {
    let invalid = || StoreError::invalid_values(&[name]);
    if same_name(name, "PK_ID") {
        let Input::Number(digits) = input else {
            return Err(invalid());
        };
        let key = digits.parse().map_err(|_| invalid())?;
        return Ok(("pk".to_owned(), Value::Integer(key)));
    }
    let field = table.field(name).filter(|field| !field.is_formula());
    let field = field.ok_or_else(|| StoreError::fields_not_found(&[name]))?;
    let value = value::restore(field, input).map_err(|_| invalid())?;
    if let (DataType::Autonumber, Value::Integer(number)) = (&field.ty, &value) {
        catalog::use_number(transaction, table.id, field.id, *number)?;
    }
    Ok((field.column(), value))
}
