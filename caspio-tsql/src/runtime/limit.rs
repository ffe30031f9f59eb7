//! A limit on the running time of queries.

use rusqlite::Connection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The number of SQLite's steps between two checks of the clock.
const STEPS: i32 = 2_000;

/// The limit on a connection's queries. It has no effect until a query [start]s.
///
/// [start]: Self::start
#[derive(Clone, Debug)]
#[must_use = "the limit has no effect until it is started"]
pub struct RuntimeLimit {
    limit: Duration,
    deadline: Deadline,
}

/// A query under a [`RuntimeLimit`]. Dropping it ends the limit.
#[derive(Debug)]
#[must_use = "the limit ends when this is dropped"]
pub struct Limited {
    deadline: Deadline,
}

type Deadline = Arc<Mutex<Option<Instant>>>;

/// Prepares a connection for a time limit.
///
/// [`TsqlError::of_execution`](crate::TsqlError::of_execution) returns the error of an interrupted
/// query.
///
/// # Errors
///
/// Fails as SQLite does.
pub fn limit_runtime(
    connection: &mut Connection,
    limit: Duration,
) -> rusqlite::Result<RuntimeLimit> {
    let deadline = Deadline::default();
    let watched = Arc::clone(&deadline);
    connection.progress_handler(
        STEPS,
        Some(move || lock(&watched).is_some_and(|deadline| Instant::now() > deadline)),
    )?;
    Ok(RuntimeLimit { limit, deadline })
}

impl RuntimeLimit {
    /// Applies the limit to the connection's next statements together, from now on.
    pub fn start(&self) -> Limited {
        *lock(&self.deadline) = Some(Instant::now() + self.limit);
        Limited {
            deadline: Arc::clone(&self.deadline),
        }
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        *lock(&self.deadline) = None;
    }
}

fn lock(deadline: &Deadline) -> MutexGuard<'_, Option<Instant>> {
    deadline.lock().unwrap_or_else(PoisonError::into_inner)
}
