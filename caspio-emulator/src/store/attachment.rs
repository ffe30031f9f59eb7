//! Attachments: files that belong to one field of one record.

use super::StoreError;
use super::field::Field;
use super::schema::Table;
use super::{change, date};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// An attachment without its bytes. The name and its extension are separate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Info {
    pub(crate) key: i64,
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) size: i64,
    pub(crate) created: String,
    pub(crate) updated: String,
}

impl Info {
    /// Returns the name as records show it.
    pub(crate) fn full_name(&self) -> String {
        match self.extension.as_str() {
            "" => self.name.clone(),
            extension => format!("{}.{extension}", self.name),
        }
    }
}

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS attachment (
             table_id INTEGER NOT NULL, field_id INTEGER NOT NULL, pk INTEGER NOT NULL,
             name TEXT NOT NULL, extension TEXT NOT NULL, size INTEGER NOT NULL,
             created TEXT NOT NULL, updated TEXT NOT NULL, bytes BLOB NOT NULL,
             PRIMARY KEY (table_id, field_id, pk));",
    )
}

/// Stores a file with a record, replacing an earlier one.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &Field,
    key: i64,
    file_name: &str,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let (name, extension) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
    transaction.execute(
        "INSERT INTO attachment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
         ON CONFLICT DO UPDATE SET name = excluded.name, extension = excluded.extension,
             size = excluded.size, updated = excluded.updated, bytes = excluded.bytes",
        params![
            table.id,
            field.id,
            key,
            name,
            extension,
            i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            date::now(transaction)?,
            bytes
        ],
    )?;
    show(transaction, table, field, key, Some(file_name))
}

/// Returns an attachment with its bytes.
pub(crate) fn get(
    connection: &Connection,
    table: &Table,
    field: &Field,
    key: i64,
) -> Result<Option<(Info, Vec<u8>)>, StoreError> {
    Ok(connection
        .query_row(
            "SELECT pk, name, extension, size, created, updated, bytes FROM attachment
             WHERE table_id = ?1 AND field_id = ?2 AND pk = ?3",
            params![table.id, field.id, key],
            |row| Ok((info(row)?, row.get(6)?)),
        )
        .optional()?)
}

/// Returns the attachments of records; records without one are left out.
pub(crate) fn infos(
    connection: &Connection,
    table: &Table,
    field: &Field,
    keys: &[i64],
) -> Result<Vec<Info>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT pk, name, extension, size, created, updated FROM attachment
         WHERE table_id = ?1 AND field_id = ?2 AND pk = ?3",
    )?;
    let mut infos = Vec::new();
    for key in keys {
        let found = statement
            .query_row(params![table.id, field.id, key], info)
            .optional()?;
        infos.extend(found);
    }
    Ok(infos)
}

fn info(row: &rusqlite::Row<'_>) -> rusqlite::Result<Info> {
    Ok(Info {
        key: row.get(0)?,
        name: row.get(1)?,
        extension: row.get(2)?,
        size: row.get(3)?,
        created: row.get(4)?,
        updated: row.get(5)?,
    })
}

/// Renames the attachments of records; each keeps its extension. Returns the keys of the records
/// that had one.
pub(crate) fn rename(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &Field,
    keys: &[i64],
    name: &str,
) -> Result<Vec<i64>, StoreError> {
    let mut renamed = Vec::new();
    for mut info in infos(transaction, table, field, keys)? {
        transaction.execute(
            "UPDATE attachment SET name = ?4, updated = ?5
             WHERE table_id = ?1 AND field_id = ?2 AND pk = ?3",
            params![table.id, field.id, info.key, name, date::now(transaction)?],
        )?;
        info.name = name.to_owned();
        show(transaction, table, field, info.key, Some(&info.full_name()))?;
        renamed.push(info.key);
    }
    Ok(renamed)
}

/// Removes the attachments of records. Returns the keys of the records that had one.
pub(crate) fn clear(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &Field,
    keys: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let mut cleared = Vec::new();
    for info in infos(transaction, table, field, keys)? {
        transaction.execute(
            "DELETE FROM attachment WHERE table_id = ?1 AND field_id = ?2 AND pk = ?3",
            params![table.id, field.id, info.key],
        )?;
        show(transaction, table, field, info.key, None)?;
        cleared.push(info.key);
    }
    Ok(cleared)
}

/// Removes the attachments of deleted records.
pub(crate) fn forget_records(
    transaction: &Transaction<'_>,
    table: &Table,
    keys: &[i64],
) -> Result<(), StoreError> {
    let mut statement =
        transaction.prepare_cached("DELETE FROM attachment WHERE table_id = ?1 AND pk = ?2")?;
    for key in keys {
        statement.execute(params![table.id, key])?;
    }
    Ok(())
}

/// Sets the field's value in the record: the name of the file or null.
fn show(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &Field,
    key: i64,
    name: Option<&str>,
) -> Result<(), StoreError> {
    let value = name.map_or(Value::Null, |name| Value::Text(name.to_owned()));
    change::set_column(transaction, table, &field.column(), &[key], &value)
}
