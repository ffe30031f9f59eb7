//! Finds the place of a record that was deleted or changed, by the records before it.
//!
//! The next page may begin with an earlier record of the page before instead of the last one: the records in between
//! were delivered already, and are removed from it.

use super::Overlap;
use crate::decode::{RawRow, split_rows};
use crate::dialect::ListParams;
use crate::read::cursor::Cursor;
use crate::read::order_check::{are_alike, precedes};
use crate::read::page_call::response_of_rows;
use crate::read::plan::{MAX_PAGE, Plan};
use crate::read::row_cursor::{cursor_of, cursors};
use crate::read::url_budget::fits;
use crate::record::{Key, ObjectKind};
use bytes::Bytes;
use caspio_core::Result;
use serde_json::value::RawValue;

/// How many earlier groups are tried: whether a group still exists is shown only by the page that begins with it.
const MOST_GROUPS: usize = 2;

/// The fewest records that are requested: some that were inserted or changed meanwhile may precede the next one.
const LEAST: u16 = 100;

/// Which of the lost record and those before it still exist.
#[derive(Debug, Default)]
struct Found {
    /// The records before it that may be unchanged, with their indices, the nearest first.
    still_there: Vec<(usize, Cursor)>,
    /// The keys that only one record has: a view may repeat a key.
    unique: Vec<Key>,
}

/// The records or groups that were delivered, and come again in a page that begins with an earlier one.
struct Delivered<'d> {
    records: Vec<&'d Cursor>,
    /// The keys that only one record has.
    unique: &'d [Key],
}

impl Overlap {
    /// Looks up the lost record and those before it by their keys. One call; none for groups.
    async fn find(&self) -> Result<Found> {
        let before = &self.record.before;
        if self.plan.is_grouped() {
            return Ok(Found {
                still_there: before.iter().cloned().enumerate().collect(),
                unique: Vec::new(),
            });
        }
        let is_unknown = |record: &Cursor| self.plan.unknown_blanks(record) > 0;
        let flagged = before
            .iter()
            .any(is_unknown)
            .then(|| self.plan.with_null_flags());
        let plans = flagged.iter().chain([&*self.plan]);
        let mut ways = plans.filter_map(|plan| Some((plan, self.params_of_near(plan)?)));
        let Some((plan, (mut keys, params))) = ways.next() else {
            return Ok(Found::default());
        };
        let body = self.call(params)?.await?;
        let found = cursors(&body, self.client.dialect(), plan)?;
        let as_found = |(index, record): (usize, &Cursor)| {
            let found = found.iter().find(|found| *found == record)?;
            let nulls = found.nulls.clone().or_else(|| record.nulls.clone());
            let record = record.clone();
            Some((index, Cursor { nulls, ..record }))
        };
        let is_unique = |key: &Key| {
            let of_key = found
                .iter()
                .filter(|record| record.key.as_ref() == Some(key));
            of_key.count() == 1
        };
        keys.retain(is_unique);
        Ok(Found {
            still_there: before.iter().enumerate().filter_map(as_found).collect(),
            unique: keys,
        })
    }

    /// Returns the keys of the lost record and of as many records before it as fit into a URL, with the parameters of
    /// the call for them; `None` if not even one key fits.
    fn params_of_near(&self, plan: &Plan) -> Option<(Vec<Key>, ListParams)> {
        let records = [&self.record].into_iter().chain(&self.record.before);
        let mut keys: Vec<Key> = records.filter_map(|record| record.key.clone()).collect();
        while !keys.is_empty() {
            let params = plan.params_of_records(&keys);
            if fits(&self.client, plan, &params) {
                return Some((keys, params));
            }
            keys.pop();
        }
        None
    }

    /// Returns the page after a record that was deleted or changed. The page is read from the nearest record before it
    /// that still exists; `None` if there is none. Two calls, or three if the service shows null and an empty text
    /// alike.
    pub(super) async fn by_earlier(&self) -> Result<Option<Bytes>> {
        let found = self.find().await?;
        for (index, first) in found.still_there.into_iter().take(MOST_GROUPS) {
            let before = &self.record.before;
            let records = [&self.record].into_iter().chain(&before[..index]);
            let delivered = Delivered {
                records: records.collect(),
                unique: &found.unique,
            };
            if let Some(page) = self.page_from(&first, &delivered).await? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    async fn page_from(&self, first: &Cursor, delivered: &Delivered<'_>) -> Result<Option<Bytes>> {
        let more = u16::try_from(delivered.records.len()).unwrap_or(MAX_PAGE);
        let size = self.size.saturating_add(more).clamp(LEAST, MAX_PAGE);
        let (shown, exchanged) = self.ways(first);
        let has_other_way = exchanged.is_some();
        let looks_up = self.seen.shown().digits_cut && self.plan.has_floats(first);
        for way in [Some(shown), exchanged].into_iter().flatten() {
            let body = match self.params_from(&way, size) {
                _ if looks_up => self.looked_up(&way, size).await?,
                Some(params) => self.unless_invalid(params).await?,
                None => None,
            };
            let Some(body) = body else {
                continue;
            };
            if let Some(page) = self.without_delivered(&body, first, delivered, size)? {
                if has_other_way {
                    let alike = way.compared() != first.values;
                    self.seen.blanks_are_alike(alike);
                }
                return Ok(Some(page));
            }
        }
        if has_other_way || looks_up {
            return Ok(None);
        }
        match self.looked_up(first, size).await? {
            Some(body) => self.without_delivered(&body, first, delivered, size),
            None => Ok(None),
        }
    }

    /// Returns a page without its first record and those that were delivered; `None` if it does not begin with that
    /// record, or if which records were delivered is not known.
    fn without_delivered(
        &self,
        body: &[u8],
        first: &Cursor,
        delivered: &Delivered<'_>,
        size: u16,
    ) -> Result<Option<Bytes>> {
        let dialect = self.client.dialect();
        let (rows, total) = split_rows(body, dialect, &self.plan.target)?;
        let cursor = |row: &&RawValue| cursor_of(&RawRow::read(row)?, &self.plan);
        let found: Option<Vec<Cursor>> = rows.iter().map(cursor).collect();
        let Some((head, found)) = found.as_ref().and_then(|found| found.split_first()) else {
            return Ok(None);
        };
        let is_repeated = |row: &Cursor| row == head || self.is_tied(row, head);
        if head != first || head.has_another_row(first) || found.iter().any(is_repeated) {
            return Ok(None);
        }
        let mut kept = Vec::new();
        for (row, cursor) in rows.iter().skip(1).zip(found) {
            let mut again = delivered
                .records
                .iter()
                .filter(|earlier| self.may_be(cursor, earlier, delivered.unique));
            match again.next() {
                Some(earlier) if !self.is_certainly(cursor, earlier, delivered.unique) => {
                    return Ok(None);
                }
                Some(_) => {}
                // It was inserted or changed since the page before was read.
                None if precedes(cursor, &self.record, &self.plan) => {}
                None => kept.push(*row),
            }
        }
        let most = usize::from(self.size) - 1;
        let has_more = rows.len() >= usize::from(size) || kept.len() > most;
        if has_more && kept.is_empty() {
            return Ok(None);
        }
        let removed = rows.len() - kept.len();
        kept.truncate(most);
        let total = total.map(|total| total.saturating_sub(removed as u64));
        // Fewer records than were requested would be the end of the read.
        let least = (has_more && kept.len() < most).then_some(kept.len() as u64 + 1);
        let total = total.max(least);
        Ok(Some(response_of_rows(&kept, total, dialect)))
    }

    /// Whether a row may be a record or group that was delivered. A group is recognized by its values alone, because
    /// the record whose key it has may have changed. A view may repeat a key: a row of a view with other values is
    /// another record, or the changed one if no other record has its key.
    fn may_be(&self, row: &Cursor, delivered: &Cursor, unique: &[Key]) -> bool {
        if self.plan.is_grouped() {
            return row.has_equal_values(delivered);
        }
        let has_key = row.key == delivered.key;
        row == delivered || has_key && self.has_place_of(row, delivered, unique)
    }

    /// Whether a row with the key of a record that was delivered can be that record after a change.
    fn has_place_of(&self, row: &Cursor, delivered: &Cursor, unique: &[Key]) -> bool {
        match self.plan.target.kind {
            ObjectKind::Table => true,
            // A record that moved to a later place is delivered again there.
            ObjectKind::View => {
                let is_unique = row.key.as_ref().is_some_and(|key| unique.contains(key));
                is_unique && !precedes(delivered, row, &self.plan)
            }
        }
    }

    /// Whether a row is certainly the record or group that was delivered: a view may repeat a key, and two groups may
    /// be shown alike. A row of a view with other values, in any column, may be another record with the same key, even
    /// if only one record has that key now: the others may have been deleted.
    fn is_certainly(&self, row: &Cursor, delivered: &Cursor, unique: &[Key]) -> bool {
        let has_values = match self.plan.target.kind {
            ObjectKind::Table => true,
            ObjectKind::View if are_alike(row, delivered) => !row.has_another_row(delivered),
            ObjectKind::View => precedes(row, delivered, &self.plan),
        };
        let has_key = row.key == delivered.key;
        has_key && has_values && self.has_place_of(row, delivered, unique)
    }
}
