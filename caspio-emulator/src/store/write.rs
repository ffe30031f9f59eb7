//! Inserting, updating and deleting records.

use super::StoreError;
use super::field::{Field, same_name};
use super::input::Record;
use super::schema::Table;
use super::{generate, value, zone};
use caspio_schema::DataType;
use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};

/// Whether a record is inserted or updated: some fields accept a value only on insert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteKind {
    Insert,
    Update,
}

/// Inserts one record and returns its key.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    random: &mut fastrand::Rng,
    table: &Table,
    record: &Record,
) -> Result<i64, StoreError> {
    check_names(table, record, WriteKind::Insert)?;
    let mut given = values(table, record)?;
    let mut columns = Vec::new();
    let mut row = Vec::new();
    for field in table.fields.iter().filter(|field| !field.is_formula()) {
        let value = match generate::on_insert(transaction, random, table, field)? {
            Some(value) => value,
            None => take(&mut given, field).unwrap_or_else(|| value::default_value(&field.ty)),
        };
        columns.push(field.column());
        row.push(value);
    }
    let sql = if columns.is_empty() {
        format!("INSERT INTO {} DEFAULT VALUES", table.physical())
    } else {
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            table.physical(),
            columns.join(", "),
            vec!["?"; columns.len()].join(", ")
        )
    };
    transaction
        .prepare_cached(&sql)?
        .execute(params_from_iter(row))
        .map_err(|error| violation(table, error))?;
    Ok(transaction.last_insert_rowid())
}

/// Updates the records with these keys.
pub(crate) fn update(
    transaction: &Transaction<'_>,
    table: &Table,
    keys: &[i64],
    record: &Record,
) -> Result<(), StoreError> {
    check_names(table, record, WriteKind::Update)?;
    let mut all = values(table, record)?;
    let is_stamp = |field: &&Field| field.ty == DataType::Timestamp && field.on_update;
    for field in table.fields.iter().filter(is_stamp) {
        let now = zone::now_in(transaction, &field.time_zone)?;
        all.push((field, Value::Text(now)));
    }
    if all.is_empty() {
        return Ok(());
    }
    let set: Vec<_> = all
        .iter()
        .map(|(field, _)| format!("{} = ?", field.column()))
        .collect();
    let sql = format!(
        "UPDATE {} SET {} WHERE pk = ?",
        table.physical(),
        set.join(", ")
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    for key in keys {
        let key = Value::Integer(*key);
        let values = all.iter().map(|(_, value)| value).chain([&key]);
        statement
            .execute(params_from_iter(values))
            .map_err(|error| violation(table, error))?;
    }
    Ok(())
}

/// Deletes the records with these keys.
pub(crate) fn delete(
    transaction: &Transaction<'_>,
    table: &Table,
    keys: &[i64],
) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM {} WHERE pk = ?", table.physical());
    let mut statement = transaction.prepare_cached(&sql)?;
    for key in keys {
        statement.execute([key])?;
    }
    Ok(())
}

/// One unknown name refuses the whole record, and so does one read-only field.
fn check_names(table: &Table, record: &Record, act: WriteKind) -> Result<(), StoreError> {
    let names = || record.0.iter().map(|(name, _)| name.as_str());
    let unknown: Vec<_> = names()
        .filter(|name| !same_name(name, "PK_ID") && table.field(name).is_none())
        .collect();
    if !unknown.is_empty() {
        return Err(StoreError::fields_not_found(&unknown));
    }
    let read_only: Vec<_> = names()
        .filter(|name| table.field(name).is_none_or(|field| !accepts(field, act)))
        .collect();
    if read_only.is_empty() {
        Ok(())
    } else {
        Err(StoreError::read_only(&read_only))
    }
}

/// A file's path was seen accepted on insert and refused on update; a password is set on insert and changed by its
/// own operation; it is inferred that attachments are refused, fact `attachments-are-not-written`.
pub(crate) fn accepts(field: &Field, act: WriteKind) -> bool {
    match field.ty {
        DataType::File | DataType::Password => act == WriteKind::Insert && field.is_editable(),
        DataType::Attachment => false,
        _ => field.is_editable(),
    }
}

fn values<'t>(table: &'t Table, record: &Record) -> Result<Vec<(&'t Field, Value)>, StoreError> {
    let mut values = Vec::with_capacity(record.0.len());
    let mut misfits = Vec::new();
    for (name, input) in &record.0 {
        let Some(field) = table.field(name) else {
            continue;
        };
        match value::coerce(field, input) {
            Ok(value) => values.push((field, value)),
            Err(value::InvalidValue) => misfits.push(field.name.as_str()),
        }
    }
    if misfits.is_empty() {
        Ok(values)
    } else {
        Err(StoreError::invalid_values(&misfits))
    }
}

fn take(given: &mut Vec<(&Field, Value)>, field: &Field) -> Option<Value> {
    let at = given.iter().position(|(known, _)| known.id == field.id)?;
    Some(given.swap_remove(at).1)
}

/// Distinguishes a duplicate from other failures.
pub(super) fn violation(table: &Table, error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else {
        return error.into();
    };
    if code.code != rusqlite::ErrorCode::ConstraintViolation {
        return error.into();
    }
    let names: Vec<_> = table
        .fields
        .iter()
        .filter(|field| names_field(message, table, field))
        .map(|field| field.name.as_str())
        .collect();
    if names.is_empty() && message.contains(&format!("{}.pk", table.physical())) {
        return StoreError::duplicate(&["PK_ID"]);
    }
    StoreError::duplicate(&names)
}

/// SQLite names the column, or the index if it is on an expression.
fn names_field(message: &str, table: &Table, field: &Field) -> bool {
    let column = format!("{}.{}", table.physical(), field.column());
    let index = format!("n_{}_{}'", table.id, field.id);
    message
        .split([' ', ','])
        .any(|word| word == column || word.ends_with(&index))
}
