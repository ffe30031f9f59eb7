//! Connections that only read.

use super::StoreError;
use super::connection::Preparation;
use caspio_tsql::RuntimeLimit;
use rusqlite::Connection;
use std::sync::{Condvar, Mutex, PoisonError};

/// A fixed number of read connections, each used by one caller at a time.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Reader>>,
    returned: Condvar,
    preparation: Preparation,
}

/// An open connection, which is prepared by its first user.
#[derive(Debug)]
struct Reader {
    connection: Connection,
    limit: Option<RuntimeLimit>,
}

impl Pool {
    pub(crate) fn new(connections: Vec<Connection>, preparation: Preparation) -> Self {
        let reader = |connection| Reader {
            connection,
            limit: None,
        };
        Self {
            idle: Mutex::new(connections.into_iter().map(reader).collect()),
            returned: Condvar::new(),
            preparation,
        }
    }

    /// Runs `job` on a reader, waiting for one if all are busy.
    pub(crate) fn with<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = loop {
            // The one that was returned last is taken first, so that no more are prepared than are used at once.
            match idle.pop() {
                Some(reader) => break reader,
                None => {
                    idle = self
                        .returned
                        .wait(idle)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        drop(idle);
        let lent = Lent {
            pool: self,
            reader: Some(reader),
        };
        lent.run(job)
    }
}

/// A borrowed reader; it is returned even if its user panics.
struct Lent<'p> {
    pool: &'p Pool,
    reader: Option<Reader>,
}

impl Lent<'_> {
    fn run<T, E: From<StoreError>>(
        mut self,
        job: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let Reader { connection, limit } = self.reader.as_mut().expect("lent until dropped");
        let limit = match limit {
            Some(limit) => limit,
            None => {
                let prepared = self.pool.preparation.prepare(connection);
                limit.insert(prepared.map_err(StoreError::from)?)
            }
        };
        let _running = limit.start();
        job(connection)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            let mut idle = self
                .pool
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            idle.push(reader);
            self.pool.returned.notify_one();
        }
    }
}
