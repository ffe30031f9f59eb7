//! Rows whose outcome is held back while rows before them are looked up.

use super::claims::Claims;
use super::lookup::Lookup;
use super::prepared::Prepared;
use super::source_row::SourceRow;
use caspio::Error;
use caspio_core::error::ErrorContext as _;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::VecDeque;

/// How many rows that were refused as duplicates are looked up together.
const TOGETHER: usize = 1000;

/// How many rows are held back at most.
const MOST: usize = 20 * TOGETHER;

/// Rows in their order, the first of which was refused as a duplicate.
#[derive(Default)]
pub(super) struct HeldRows {
    rows: VecDeque<HeldRow>,
    lookup: Option<BoxFuture<'static, Vec<Option<Error>>>>,
    /// How many rows at the start have their outcome after the look-up.
    covered: usize,
}

struct HeldRow {
    source_row: SourceRow,
    error: Option<Error>,
    /// The row that was refused as a duplicate, perhaps of its own record.
    conflict: Option<Prepared>,
}

impl HeldRows {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns whether more outcomes can be held back.
    pub(super) fn has_room(&self) -> bool {
        self.rows.len() < MOST
    }

    /// Returns the first row.
    pub(super) fn first(&self) -> Option<&SourceRow> {
        self.rows.front().map(|row| &row.source_row)
    }

    pub(super) fn push(
        &mut self,
        source_row: SourceRow,
        error: Option<Error>,
        conflict: Option<Prepared>,
    ) {
        self.rows.push_back(HeldRow {
            source_row,
            error,
            conflict,
        });
    }

    /// Starts a look-up of the rows that were refused, unless one is in progress.
    pub(super) fn look_up(&mut self, lookup: &Lookup, claims: &Claims) {
        if self.lookup.is_some() || self.rows.is_empty() {
            return;
        }
        let mut conflicts = Vec::new();
        self.covered = 0;
        for row in &self.rows {
            if conflicts.len() == TOGETHER && row.conflict.is_some() {
                break;
            }
            let of_key = row
                .error
                .as_ref()
                .is_some_and(|error| lookup.is_of_key(error));
            conflicts.extend(row.conflict.clone().map(|row| (row, of_key)));
            self.covered += 1;
        }
        let (lookup, claims) = (lookup.clone(), claims.clone());
        let found = async move { lookup.after_conflict(conflicts, &claims).await };
        self.lookup = Some(found.boxed());
    }

    /// Returns whether a look-up is in progress.
    pub(super) fn is_looked_up(&self) -> bool {
        self.lookup.is_some()
    }

    /// Waits for the look-up in progress.
    pub(super) async fn found(&mut self) -> Vec<Option<Error>> {
        match &mut self.lookup {
            Some(lookup) => lookup.await,
            None => std::future::pending().await,
        }
    }

    /// Returns the rows that were looked up with their outcomes, and those after them up to the next one to look up.
    pub(super) fn take(&mut self, found: Vec<Option<Error>>) -> Vec<(SourceRow, Option<Error>)> {
        self.lookup = None;
        let mut found = found.into_iter();
        let mut done = Vec::new();
        while let Some(row) = self.rows.front() {
            if self.covered == 0 && row.conflict.is_some() {
                break;
            }
            self.covered = self.covered.saturating_sub(1);
            let Some(row) = self.rows.pop_front() else {
                break;
            };
            let looked_up = row.conflict.and_then(|_| found.next().flatten());
            done.push((row.source_row, looked_up.or(row.error)));
        }
        done
    }

    /// Returns all rows. Those that were not looked up may be in the table.
    pub(super) fn give_up(&mut self) -> Vec<(SourceRow, Option<Error>)> {
        self.lookup = None;
        let rows = self.rows.drain(..);
        rows.map(|row| {
            let is_conflict = row.conflict.is_some();
            let error = row.error;
            let error = error.map(|error| match is_conflict {
                true => error.with_maybe_applied(true),
                false => error,
            });
            (row.source_row, error)
        })
        .collect()
    }
}
