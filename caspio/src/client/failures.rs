//! Sharing the failure of a read among the callers that wait for it.

use caspio_core::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The failures of a read that several callers wait for, one after another. Each caller that would repeat the read
/// after it failed would wait for its own time limit too.
#[derive(Debug, Default)]
pub(super) struct Failures {
    last: Mutex<(u64, Option<Error>)>,
}

/// The number of failures at one time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count(u64);

impl Failures {
    /// Returns the number of failures so far. A caller asks for it before it waits.
    pub(super) fn count(&self) -> Count {
        Count(self.lock().0)
    }

    /// Returns the last failure, if there was one since that count.
    pub(super) fn since(&self, before: Count) -> Option<Error> {
        let last = self.lock();
        (last.0 > before.0).then(|| last.1.clone()).flatten()
    }

    /// Keeps a failure for the callers that wait.
    pub(super) fn add(&self, error: &Error) {
        let mut last = self.lock();
        *last = (last.0 + 1, Some(error.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Option<Error>)> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
