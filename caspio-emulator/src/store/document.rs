//! Objects stored as one JSON text each: webhooks, their events, tasks, applications, directories.

use super::StoreError;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A kind of object that is stored as one JSON text with a key.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// The name of the kind in the database.
    const KIND: &'static str;

    /// Returns the key.
    fn key(&self) -> &str;
}

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS document (
             seq INTEGER PRIMARY KEY AUTOINCREMENT,
             kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, key));",
    )
}

/// Stores a document, replacing an older one with the same key.
pub(crate) fn put<D: Document>(connection: &Connection, document: &D) -> Result<(), StoreError> {
    let body = serde_json::to_string(document).map_err(|_| StoreError::Internal)?;
    connection
        .prepare_cached(
            "INSERT INTO document (kind, key, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
        )?
        .execute(params![D::KIND, document.key(), body])?;
    Ok(())
}

/// Finds a document by its key.
pub(crate) fn get<D: Document>(
    connection: &Connection,
    key: &str,
) -> Result<Option<D>, StoreError> {
    connection
        .prepare_cached("SELECT body FROM document WHERE kind = ?1 AND key = ?2")?
        .query_row(params![D::KIND, key], |row| row.get::<_, String>(0))
        .optional()?
        .map(|body| read(&body))
        .transpose()
}

/// Returns all documents of a kind, oldest first.
pub(crate) fn all<D: Document>(connection: &Connection) -> Result<Vec<D>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM document WHERE kind = ?1 ORDER BY seq")?;
    let mut rows = statement.query([D::KIND])?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        documents.push(read(&row.get::<_, String>(0)?)?);
    }
    Ok(documents)
}

/// Removes a document; returns whether it existed.
pub(crate) fn remove<D: Document>(connection: &Connection, key: &str) -> Result<bool, StoreError> {
    let removed = connection.execute(
        "DELETE FROM document WHERE kind = ?1 AND key = ?2",
        params![D::KIND, key],
    )?;
    Ok(removed > 0)
}

fn read<D: Document>(body: &str) -> Result<D, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::Internal)
}
