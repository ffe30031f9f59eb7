//! The rows of a file on their way to Caspio.

use super::input::{Original, Rows};
use super::plan::{Plan, Prepared};
use crate::error::CliError;
use caspio::Error;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the feed and who waits for the outcomes know of each other.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    /// The rows whose outcome is not known yet, in their order.
    pub(super) rows: VecDeque<Original>,
    /// Whether no more rows are wanted.
    pub(super) stop: bool,
    /// Why the file could not be read on.
    pub(super) failure: Option<CliError>,
    /// The line of the first row that was not taken.
    pub(super) next_line: Option<u64>,
}

/// Shares what is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Mutex<UnderWay>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads rows, and keeps each as it stands until its outcome is known.
pub(super) struct Feed {
    rows: Box<dyn Rows>,
    plan: Plan,
    shared: Shared,
    ended: bool,
    /// The line to begin with.
    from_line: u64,
}

impl Feed {
    pub(super) fn new(rows: Box<dyn Rows>, plan: Plan, from_line: u64) -> Self {
        Self {
            rows,
            plan,
            shared: Shared::default(),
            ended: false,
            from_line,
        }
    }

    pub(super) fn shared(&self) -> Shared {
        self.shared.clone()
    }

    fn original(&mut self) -> Option<Original> {
        while !self.ended {
            match self.rows.next() {
                Some(Ok(row)) if row.line < self.from_line => {}
                Some(Ok(row)) => return Some(row),
                Some(Err(failure)) => {
                    self.shared.lock().failure = Some(failure);
                    self.ended = true;
                }
                None => self.ended = true,
            }
        }
        None
    }
}

impl Iterator for Feed {
    type Item = Result<Prepared, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let original = self.original()?;
        let row = self.plan.row(&original);
        let mut under_way = self.shared.lock();
        if under_way.stop {
            under_way.next_line = Some(original.line);
            self.ended = true;
            return None;
        }
        under_way.rows.push_back(original);
        Some(row)
    }
}
