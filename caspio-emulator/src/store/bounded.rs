//! A connection whose queries end after a time.

use caspio_tsql::{Limited, RuntimeLimit};
use rusqlite::Connection;
use std::ops::{Deref, DerefMut};

/// A connection with the limit that its queries are under.
#[derive(Debug)]
pub(super) struct Bounded {
    connection: Connection,
    limit: RuntimeLimit,
}

impl Bounded {
    pub(super) fn new(connection: Connection, limit: RuntimeLimit) -> Self {
        Self { connection, limit }
    }

    /// Puts what runs from now on under the limit, until the answer is dropped.
    pub(super) fn start(&self) -> Limited {
        self.limit.start()
    }
}

impl Deref for Bounded {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Bounded {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
