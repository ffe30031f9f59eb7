//! Copies of the account's data, to which an emulator returns or with which another one begins.

use super::schema::Schema;
use super::{Store, StoreError, message, outbox};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// SQLite's value for a copy in one step.
const ALL_PAGES: i32 = -1;

/// A copy of all data of an emulator, in memory: tables and views with their records, files, directories, webhooks,
/// and the numbers and random ids that come next.
///
/// [`Emulator::snapshot`](crate::Emulator::snapshot) takes one. A clone is the same copy, not another one.
#[derive(Clone)]
pub struct Snapshot(Arc<Copied>);

struct Copied {
    /// A database in memory, which one emulator at a time copies.
    state: Mutex<Connection>,
    schema: Arc<Schema>,
    random: fastrand::Rng,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

impl Store {
    /// Copies the data, once a write in progress has ended. Messages that wait for delivery are not part of the copy.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let connection = self.lock();
        let mut state = Connection::open_in_memory()?;
        copy(&connection, &mut state)?;
        outbox::clear(&state)?;
        Ok(Snapshot(Arc::new(Copied {
            state: Mutex::new(state),
            schema: self.schema(),
            random: self.random().clone(),
        })))
    }

    /// Replaces the data in one transaction, once a write in progress has ended. Reads in progress still see the data
    /// from before. The account keeps its name.
    pub(crate) fn reset_to(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let copied = &snapshot.0;
        let mut connection = self.lock();
        let state = copied.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.execute(
            "UPDATE setting SET value = ?1 WHERE name = 'account'",
            [message::account(&connection)?],
        )?;
        // A message that is being delivered now must not be taken for a later one.
        outbox::number_after(&state, outbox::last_number(&connection)?)?;
        let _design = self.design.write().unwrap_or_else(PoisonError::into_inner);
        copy(&state, &mut connection)?;
        *self.schema.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&copied.schema);
        *self.random() = copied.random.clone();
        Ok(())
    }
}

/// Copies a database in one transaction.
fn copy(from: &Connection, to: &mut Connection) -> Result<(), StoreError> {
    match Backup::new(from, to)?.step(ALL_PAGES)? {
        StepResult::Done => Ok(()),
        // Nothing else writes to either of the two while the caller has both.
        _ => Err(StoreError::Internal),
    }
}
