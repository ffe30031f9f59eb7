//! What webhooks have to be told, kept with the write that caused it until it is delivered.
//!
//! A message is put here in the transaction of the write itself, so it exists exactly when the
//! write does; it leaves when a receiver has taken it.

use super::StoreError;
use super::change::{self, Target};
use super::schema::{Schema, Table};
use super::webhook::{Event, EventType};
use super::{Access, Store, document, message};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// A record as JSON, every value in its own digits.
pub(crate) type Row = BTreeMap<String, Box<RawValue>>;

/// What a write did to the records of a table, as far as webhooks care.
#[derive(Debug, Default)]
pub(crate) struct RecordChanges {
    kind: Option<EventType>,
    /// The records to tell of, each with the names of the fields that changed.
    rows: Vec<(Row, Vec<String>)>,
}

impl RecordChanges {
    /// Reads the records that were just inserted.
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

    /// Reads records as they are before they change. Nothing is read when nobody listens.
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

    /// Keeps the records whose values changed, as they are now.
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

/// A message that waits for its receiver.
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

fn is_watched(connection: &Connection, table: &Table) -> Result<bool, StoreError> {
    Ok(document::all::<Event>(connection)?
        .iter()
        .any(|event| event.active && event.table == table.id))
}

/// Puts a message in the outbox for every event that listens for what happened; says whether
/// there was one.
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
    /// Tells the deliveries that there is something in the outbox.
    pub(crate) fn wake(&self) {
        self.has_messages.store(true, Ordering::Release);
        self.messages.notify_one();
    }

    /// Waits for [`wake`](Self::wake).
    pub(crate) async fn woken(&self) {
        self.messages.notified().await;
    }

    /// Whether a look at the outbox is worth it.
    pub(crate) fn has_messages(&self) -> bool {
        self.has_messages.load(Ordering::Acquire)
    }

    /// BodyKind the oldest message that is due.
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

    /// Drops a message that was delivered or given up.
    pub(crate) fn message_done(&self, seq: i64) -> Result<(), StoreError> {
        self.write(|transaction, _| {
            transaction.execute("DELETE FROM message WHERE seq = ?1", [seq])?;
            Ok(())
        })
    }

    /// Puts a message off after an attempt that failed.
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
