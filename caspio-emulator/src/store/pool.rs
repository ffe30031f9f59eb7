//! Connections that only read.

use super::bounded::Bounded;
use rusqlite::Connection;
use std::sync::{Condvar, Mutex, PoisonError};

/// A fixed number of read connections, each used by one caller at a time.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Bounded>>,
    returned: Condvar,
}

impl Pool {
    pub(crate) fn new(readers: Vec<Bounded>) -> Self {
        Self {
            idle: Mutex::new(readers),
            returned: Condvar::new(),
        }
    }

    /// Runs `job` on a reader, waiting for one if all are busy.
    pub(crate) fn with<T>(&self, job: impl FnOnce(&Connection) -> T) -> T {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = loop {
            match idle.pop() {
                Some(connection) => break connection,
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
            connection: Some(connection),
        };
        lent.run(job)
    }
}

/// A borrowed reader; it is returned even if its user panics.
struct Lent<'p> {
    pool: &'p Pool,
    connection: Option<Bounded>,
}

impl Lent<'_> {
    fn run<T>(&self, job: impl FnOnce(&Connection) -> T) -> T {
        let connection = self.connection.as_ref().expect("lent until dropped");
        let _running = connection.start();
        job(connection)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self
                .pool
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            idle.push(connection);
            self.pool.returned.notify_one();
        }
    }
}
