//! Gives a connection what translated SQL relies on.

use super::{collation, date, functions, statistics};
use crate::COLLATION;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// Registers the collation and the functions that translated SQL uses. `GETDATE` is the
/// machine's clock in UTC.
///
/// # Errors
///
/// Fails as SQLite does, such as while a statement is running.
pub fn install(connection: &Connection) -> rusqlite::Result<()> {
    install_with_clock(connection, || TimeZone::UTC.to_datetime(Timestamp::now()))
}

/// Like [`install`], with a clock of the caller's for `GETDATE` and its like.
///
/// # Errors
///
/// Fails as SQLite does, such as while a statement is running.
pub fn install_with_clock(
    connection: &Connection,
    clock: impl Fn() -> DateTime + Send + 'static,
) -> rusqlite::Result<()> {
    connection.create_collation(COLLATION, collation::compare)?;
    connection.create_scalar_function("ts_now", 0, FunctionFlags::SQLITE_UTF8, move |_| {
        Ok(date::stored_date(clock()))
    })?;
    statistics::install(connection)?;
    functions::install(connection)
}
