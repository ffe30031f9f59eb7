//! One read for all callers that need its result at the same time.

use caspio_core::{Error, Result};
use futures::future::BoxFuture;
use std::sync::{Mutex as StdMutex, MutexGuard, PoisonError};
use tokio::sync::Mutex;

/// A read that concurrent callers make once, also if it fails: a caller that repeated a failed read would wait for its
/// own time limit too.
///
/// Bulk writes wait out rate limits for longer than other calls, so each of the two groups makes a read of its own.
#[derive(Debug, Default)]
pub(super) struct SharedRead {
    of_bulk_writes: Queue,
    of_others: Queue,
}

/// The callers that wait for one read.
#[derive(Debug, Default)]
struct Queue {
    turn: Mutex<()>,
    /// How many reads have failed, and the error of the last one.
    failures: StdMutex<(u64, Option<Error>)>,
}

impl SharedRead {
    /// Returns what `cached` has, or makes the read if it has nothing.
    pub(super) async fn get<T>(
        &self,
        is_for_bulk_writes: bool,
        cached: impl Fn() -> Option<T>,
        read: BoxFuture<'_, Result<T>>,
    ) -> Result<T> {
        if let Some(value) = cached() {
            return Ok(value);
        }
        let queue = match is_for_bulk_writes {
            true => &self.of_bulk_writes,
            false => &self.of_others,
        };
        let failures_before = queue.failures().0;
        let _turn = queue.turn.lock().await;
        if let Some(value) = cached() {
            return Ok(value);
        }
        if let Some(error) = queue.failure_since(failures_before) {
            return Err(error);
        }
        read.await.inspect_err(|error| queue.add(error))
    }
}

impl Queue {
    fn failures(&self) -> MutexGuard<'_, (u64, Option<Error>)> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure_since(&self, before: u64) -> Option<Error> {
        let failures = self.failures();
        (failures.0 > before).then(|| failures.1.clone()).flatten()
    }

    fn add(&self, error: &Error) {
        let mut failures = self.failures();
        *failures = (failures.0 + 1, Some(error.clone()));
    }
}
