//! A bound on how long a query runs.

use rusqlite::Connection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many of SQLite's steps pass between two looks at the clock.
const STEPS: i32 = 2_000;

/// The bound on a connection's queries. It does nothing until a query is said to [start].
///
/// [start]: Self::start
#[derive(Clone, Debug)]
#[must_use = "a limit that is never started limits nothing"]
pub struct RuntimeLimit {
    limit: Duration,
    deadline: Deadline,
}

/// A query under a [`RuntimeLimit`]. The limit ends with it.
#[derive(Debug)]
#[must_use = "the limit ends when this is dropped"]
pub struct Limited {
    deadline: Deadline,
}

type Deadline = Arc<Mutex<Option<Instant>>>;

/// Prepares a connection for bounded queries.
///
/// What ends a query early reads as
/// [`TsqlError::of_execution`](crate::TsqlError::of_execution) says.
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
    /// Gives the connection's next statements, together, the limit from now on.
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
