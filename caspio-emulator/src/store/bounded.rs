//! A connection with a time limit for its queries.

use caspio_tsql::{Limited, RuntimeLimit};
use rusqlite::Connection;
use std::ops::{Deref, DerefMut};

/// A connection with its time limit.
#[derive(Debug)]
pub(super) struct Bounded {
    connection: Connection,
    limit: RuntimeLimit,
}

impl Bounded {
    pub(super) fn new(connection: Connection, limit: RuntimeLimit) -> Self {
        Self { connection, limit }
    }

    /// Applies the limit to all queries from now until the returned guard is dropped.
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
