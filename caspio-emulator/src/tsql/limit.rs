//! A limit on how long a query may run.

use std::time::{Duration, Instant};

use rusqlite::Connection;

/// How many of SQLite's instructions run between two looks at the clock.
const INSTRUCTIONS: i32 = 20_000;
/// Looks further apart than this belong to different statements.
const PAUSE: Duration = Duration::from_millis(250);

/// Interrupts a statement on a connection once it has run for longer than the limit.
///
/// SQLite does not tell when a statement begins. The clock starts at this call and again after
/// every pause, so a connection that is never idle should call it before each query.
/// [`Duration::MAX`] lifts the limit.
///
/// # Errors
///
/// Fails when SQLite does not take the handler.
pub fn limit_runtime(connection: &mut Connection, limit: Duration) -> rusqlite::Result<()> {
    let mut started = Instant::now();
    let mut looked = started;
    let handler = move || {
        let now = Instant::now();
        if now.duration_since(looked) > PAUSE {
            started = now;
        }
        looked = now;
        now.duration_since(started) > limit
    };
    connection.progress_handler(INSTRUCTIONS, Some(handler))
}
