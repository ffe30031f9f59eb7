//! The outbox: webhook messages, stored until they are delivered.
//!
//! A message is inserted in the transaction of the write itself, so it exists exactly if the write
//! does; it is removed when a receiver has accepted it.

use super::StoreError;
use super::change::{self, Target};
use super::message::{self, Row};
use super::schema::{Schema, Table};
use super::webhook::{Event, EventType};
use super::{Access, Store, document};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::sync::atomic::Ordering;

/// The changes of one write to the records of a table, as webhooks see them.
#[derive(Debug, Default)]
pub(crate) struct RecordChanges {
    kind: Option<EventType>,
    /// The records, each with the names of the fields that changed.
    rows: Vec<(Row, Vec<String>)>,
}

impl RecordChanges {
    /// Reads newly inserted records.
    pub(crate) fn inserted(
        transaction: &Transaction<'_>,
        schema: &Schema,
        table: &Table,
        keys: &[i64],
    ) -> Result<Self, StoreError> {
        let mut happened = Self::before(transaction, schema, table, keys)?;
        happened.kind = Some(EventType::Insert);
        Ok(happened)
    }

    /// Reads records before they change. Nothing is read if no event is watching the table.
    pub(crate) fn before(
        transaction: &Transaction<'_>,
        schema: &Schema,
        table: &Table,
        keys: &[i64],
    ) -> Result<Self, StoreError> {
        if !is_watched(transaction, table)? {
            return Ok(Self::default());
        }
        let access = Access::unlimited(schema);
        let page = change::read_back(transaction, &access, Target::Table(table), keys)?;
        let rows: Vec<Row> =
            serde_json::from_slice(&page.json).map_err(|_| StoreError::Internal)?;
        Ok(Self {
            kind: None,
            rows: rows.into_iter().map(|row| (row, Vec::new())).collect(),
        })
    }

    pub(crate) fn deleted(mut self) -> Self {
        self.kind = Some(EventType::Delete);
        self
    }

    /// Keeps the records whose values changed, with their new values.
    pub(crate) fn updated(
        self,
        transaction: &Transaction<'_>,
        schema: &Schema,
        table: &Table,
        keys: &[i64],
    ) -> Result<Self, StoreError> {
        let after = Self::before(transaction, schema, table, keys)?;
        let rows = self
            .rows
            .iter()
            .zip(after.rows)
            .map(|((before, _), (after, _))| {
                let changed = changes(before, &after);
                (after, changed)
            })
            .filter(|(_, changed)| !changed.is_empty())
            .collect();
        Ok(Self {
            kind: Some(EventType::Update),
            rows,
        })
    }
}

fn changes(before: &Row, after: &Row) -> Vec<String> {
    after
        .iter()
        .filter(|(name, value)| {
            before
                .get(*name)
                .is_none_or(|before| before.get() != value.get())
        })
        .map(|(name, _)| name.clone())
        .collect()
}

/// A message that waits for delivery.
#[derive(Debug)]
pub(crate) struct PendingMessage {
    pub(crate) seq: i64,
    pub(crate) webhook: String,
    pub(crate) event: String,
    pub(crate) body: String,
    pub(crate) attempts: u32,
}

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS message (
             seq INTEGER PRIMARY KEY AUTOINCREMENT,
             webhook TEXT NOT NULL, event TEXT NOT NULL, body TEXT NOT NULL,
             attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0);",
    )
}

/// Removes all messages.
pub(super) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM message", []).map(|_| ())
}

/// Returns the number of the latest message, delivered or not.
pub(super) fn last_number(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'message'",
        [],
        |row| row.get(0),
    )
}

/// Makes the next message have a higher number than `last`.
pub(super) fn number_after(connection: &Connection, last: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'message'", [])?;
    connection
        .execute("INSERT INTO sqlite_sequence VALUES ('message', ?1)", [last])
        .map(|_| ())
}

/// Whether a message is still in the outbox: it is not after a reset.
pub(crate) fn contains(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM message WHERE seq = ?1)",
        [seq],
        |row| row.get(0),
    )
}

fn is_watched(connection: &Connection, table: &Table) -> Result<bool, StoreError> {
    Ok(document::all::<Event>(connection)?
        .iter()
        .any(|event| event.active && event.table == table.id))
}

/// Queues a message for every event that matches the changes; returns whether there was one.
pub(crate) fn enqueue(
    transaction: &Transaction<'_>,
    table: &Table,
    happened: &RecordChanges,
    source: &str,
) -> Result<bool, StoreError> {
    let Some(kind) = happened.kind.filter(|_| !happened.rows.is_empty()) else {
        return Ok(false);
    };
    let mut has_messages = false;
    for event in document::all::<Event>(transaction)? {
        if !event.listens(table.id, kind, source) {
            continue;
        }
        let rows: Vec<_> = happened
            .rows
            .iter()
            .filter(|(_, changed)| event.matches(kind, changed))
            .map(|(row, _)| row)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let body = message::body(transaction, &event, table, &rows)?;
        transaction.execute(
            "INSERT INTO message (webhook, event, body) VALUES (?1, ?2, ?3)",
            params![event.webhook, event.id, body],
        )?;
        has_messages = true;
    }
    Ok(has_messages)
}

impl Store {
    /// Signals the delivery that the outbox has a message.
    pub(crate) fn wake(&self) {
        self.has_messages.store(true, Ordering::Release);
        self.messages.notify_one();
    }

    /// Waits for [`wake`](Self::wake).
    pub(crate) async fn woken(&self) {
        self.messages.notified().await;
    }

    /// Whether the outbox may have messages.
    pub(crate) fn has_messages(&self) -> bool {
        self.has_messages.load(Ordering::Acquire)
    }

    /// Returns the oldest message that is due.
    pub(crate) fn next_message(&self, now: i64) -> Result<Option<PendingMessage>, StoreError> {
        self.has_messages.store(false, Ordering::Release);
        self.read(|connection, _| {
            let any: bool =
                connection.query_row("SELECT EXISTS (SELECT 1 FROM message)", [], |row| {
                    row.get(0)
                })?;
            self.has_messages.fetch_or(any, Ordering::AcqRel);
            Ok(connection
                .prepare_cached(
                    "SELECT seq, webhook, event, body, attempts FROM message
                     WHERE due <= ?1 ORDER BY seq LIMIT 1",
                )?
                .query_row([now], |row| {
                    Ok(PendingMessage {
                        seq: row.get(0)?,
                        webhook: row.get(1)?,
                        event: row.get(2)?,
                        body: row.get(3)?,
                        attempts: row.get(4)?,
                    })
                })
                .optional()?)
        })
    }

    /// Removes a message that was delivered or given up.
    pub(crate) fn message_done(&self, seq: i64) -> Result<(), StoreError> {
        self.write(|transaction, _| {
            transaction.execute("DELETE FROM message WHERE seq = ?1", [seq])?;
            Ok(())
        })
    }

    /// Postpones a message after a failed attempt.
    pub(crate) fn message_failed(&self, seq: i64, due: i64) -> Result<(), StoreError> {
        self.write(|transaction, _| {
            transaction.execute(
                "UPDATE message SET attempts = attempts + 1, due = ?2 WHERE seq = ?1",
                params![seq, due],
            )?;
            Ok(())
        })
    }
}
