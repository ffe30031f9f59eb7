//! Installs the functions and the collations that translated SQL needs.

use super::{collation, date, functions, guid, statistics};
use crate::{COLLATION, GUID_COLLATION};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// Registers the collations and the functions that translated SQL uses. `GETDATE` is the system
/// clock in UTC.
///
/// # Errors
///
/// Fails as SQLite does, for example while a statement is running.
pub fn install(connection: &Connection) -> rusqlite::Result<()> {
    install_with_clock(connection, || TimeZone::UTC.to_datetime(Timestamp::now()))
}

/// Like [`install`], with the caller's clock for `GETDATE` and related functions.
///
/// # Errors
///
/// Fails as SQLite does, for example while a statement is running.
pub fn install_with_clock(
    connection: &Connection,
    clock: impl Fn() -> DateTime + Send + 'static,
) -> rusqlite::Result<()> {
    connection.create_collation(COLLATION, collation::compare)?;
    connection.create_collation(GUID_COLLATION, guid::compare)?;
    connection.create_scalar_function("ts_now", 0, FunctionFlags::SQLITE_UTF8, move |_| {
        Ok(date::stored_date(clock()))
    })?;
    statistics::install(connection)?;
    functions::install(connection)
}

/// Returns the time of `GETDATE` on this connection, in the stored form.
///
/// # Errors
///
/// Fails as SQLite does, and on a connection without the functions of [`install`].
pub fn now(connection: &Connection) -> rusqlite::Result<String> {
    connection
        .prepare_cached("SELECT ts_now()")?
        .query_row([], |row| row.get(0))
}
