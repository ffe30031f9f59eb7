//! Opening connections, and preparing them for queries.

use super::Shared;
use super::access::LIST_OBJECT;
use crate::clock::Clock;
use crate::settings::Settings;
use caspio_tsql::RuntimeLimit;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::limits::Limit;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// A query that takes longer is interrupted.
const LONGEST_QUERY: Duration = Duration::from_secs(30);

/// The most bytes of a text or file. SQLite would take a query to 1 GB, and the process with it where memory is scarce.
const LONGEST_VALUE: i32 = 300_000_000;

/// Opens the file and its write-ahead log, so that the connection does not need their names again. With the log the
/// file survives a killed process at any moment, without waiting for the disk at every write.
pub(super) fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    Ok(connection)
}

/// What a connection needs before its first query: functions, settings and the time limit. It takes longer than
/// opening the connection, so it is done when the connection is first used.
pub(super) struct Preparation {
    schema: Shared,
    clock: Clock,
    synchronous: &'static str,
    pages_in_log: u32,
}

impl fmt::Debug for Preparation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preparation").finish_non_exhaustive()
    }
}

impl Preparation {
    pub(super) fn new(schema: &Shared, clock: &Clock, settings: &Settings) -> Self {
        // Data that are lost with the emulator are not written to the disk more often than necessary.
        let (synchronous, pages_in_log) = match &settings.data {
            Some(_) => ("NORMAL", 1_000),
            None => ("OFF", 8_000),
        };
        Self {
            schema: Arc::clone(schema),
            clock: clock.clone(),
            synchronous,
            pages_in_log,
        }
    }

    /// Prepares a connection. One for which it failed may be prepared again.
    pub(super) fn prepare(&self, connection: &mut Connection) -> rusqlite::Result<RuntimeLimit> {
        connection.set_prepared_statement_cache_capacity(128);
        connection.pragma_update(None, "synchronous", self.synchronous)?;
        connection.pragma_update(None, "wal_autocheckpoint", self.pages_in_log)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
        let clock = self.clock.clone();
        caspio_tsql::install_with_clock(connection, move || {
            TimeZone::UTC.to_datetime(clock.now())
        })?;
        install_list_object(connection, &self.schema)?;
        caspio_tsql::limit_runtime(connection, LONGEST_QUERY)
    }
}

/// Installs the function that returns the stored value of a list as Caspio's object.
fn install_list_object(connection: &Connection, schema: &Shared) -> rusqlite::Result<()> {
    let schema = Arc::clone(schema);
    connection.create_scalar_function(
        LIST_OBJECT,
        3,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        move |context| {
            let Some(stored) = context.get_raw(2).as_str_or_null()? else {
                return Ok(None);
            };
            let schema = schema.read().unwrap_or_else(PoisonError::into_inner);
            let items = schema
                .table_by_id(context.get(0)?)
                .and_then(|table| table.field_by_id(context.get(1).ok()?))
                .map(|field| &field.list);
            Ok(items.map(|items| {
                let mut object = Vec::new();
                items.write_object(&mut object, stored);
                String::from_utf8_lossy(&object).into_owned()
            }))
        },
    )
}
