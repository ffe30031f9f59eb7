//! The definitions of tables and views, stored in the database with the records.

use super::StoreError;
use super::schema::Schema;
use crate::error::EmulatorError;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

const TABLE: &str = "table";
const VIEW: &str = "view";

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS definition (
             kind TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
             PRIMARY KEY (kind, id)) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS counter (
             table_id INTEGER NOT NULL, field_id INTEGER NOT NULL, last INTEGER NOT NULL,
             PRIMARY KEY (table_id, field_id)) WITHOUT ROWID;",
    )
}

/// Reads all definitions.
pub(crate) fn load(connection: &Connection) -> Result<Schema, EmulatorError> {
    Ok(Schema {
        tables: all(connection, TABLE)?,
        views: all(connection, VIEW)?,
    })
}

fn all<T: DeserializeOwned>(connection: &Connection, kind: &str) -> Result<Vec<T>, EmulatorError> {
    let mut statement =
        connection.prepare("SELECT body FROM definition WHERE kind = ?1 ORDER BY id")?;
    let bodies = statement.query_map([kind], |row| row.get::<_, String>(0))?;
    bodies
        .map(|body| serde_json::from_str(&body?).map_err(|_| EmulatorError::damaged()))
        .collect()
}

/// Writes the differences between two schemas.
pub(crate) fn save(
    connection: &Connection,
    before: &Schema,
    after: &Schema,
) -> Result<(), StoreError> {
    for table in &after.tables {
        if before.table_by_id(table.id) != Some(table) {
            put(connection, TABLE, table.id, table)?;
        }
    }
    for view in &after.views {
        if !before.views.contains(view) {
            put(connection, VIEW, view.id, view)?;
        }
    }
    Ok(())
}

fn put<T: Serialize>(
    connection: &Connection,
    kind: &str,
    id: u32,
    definition: &T,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(definition).map_err(|_| StoreError::Internal)?;
    connection.execute(
        "INSERT INTO definition (kind, id, body) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET body = excluded.body",
        params![kind, id, body],
    )?;
    Ok(())
}

/// Returns the next number of a numbered field, and records it as used.
pub(crate) fn next_number(
    connection: &Connection,
    table: u32,
    field: u32,
) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO counter (table_id, field_id, last) VALUES (?1, ?2, 1)
             ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        )?
        .query_row(params![table, field], |row| row.get(0))
        .optional()
        .map(|number| number.unwrap_or(1))
}

/// Records a number as used, so that [`next_number`] returns higher ones.
pub(crate) fn use_number(
    connection: &Connection,
    table: u32,
    field: u32,
    number: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO counter (table_id, field_id, last) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
        )?
        .execute(params![table, field, number])
        .map(|_| ())
}
