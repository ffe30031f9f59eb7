//! Pages that begin with the last record of the page before, which proves that nothing is between them.
//!
//! The condition for the next page has the values of the last record. If the service shows another value than
//! it compares, the condition loses or repeats records: null and an empty text may be shown alike, and a float
//! may be shown with fewer digits than it has. So the condition includes the last record. If the page begins with that
//! record, the condition is right, and the record is removed from the page. If it was deleted, an earlier record takes
//! its place.

mod earlier;
mod looked_up;

use super::budget::Calls;
use super::cursor::Cursor;
use super::order_check::may_be_equal;
use super::page_call::{another_row, moved, repeated, response_without_first, without_first};
use super::plan::Plan;
use super::row_cursor::{cursor_of, cursors, key_of};
use super::seen::Seen;
use super::shown_values::{as_compared, as_it_is_now, not_found, place_lost};
use crate::client::Client;
use crate::decode::{RawRow, split_rows};
use crate::dialect::ListParams;
use crate::record::ObjectKind;
use bytes::Bytes;
use caspio_core::{ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The call for the page after a record, and those that it takes to prove the page right.
pub(super) struct Overlap {
    pub(super) client: Client,
    pub(super) plan: Arc<Plan>,
    /// The last record of the page before.
    pub(super) record: Cursor,
    /// How many records to request, with that record.
    pub(super) size: u16,
    pub(super) calls: Calls,
    /// How the service was seen to show values.
    pub(super) seen: Arc<Seen>,
}

/// The page after a record.
enum Page {
    /// It began with the record, which was removed.
    Proven(Bytes),
    Unproven(Bytes),
}

impl Overlap {
    /// Starts the call for the page after the record. No other call is needed if the record still exists, and if the
    /// service shows its values as it compares them.
    ///
    /// # Errors
    ///
    /// `Incomplete`: the read may make no more calls.
    pub(super) fn start(self) -> Result<BoxFuture<'static, Result<Bytes>>> {
        if self.begins_with_look_up() {
            return Ok(async move {
                match self.by_look_up().await? {
                    Some(page) => Ok(page),
                    None => self.by_values()?.await,
                }
            }
            .boxed());
        }
        self.by_values()
    }

    /// Starts the call for the page after the record by its values.
    fn by_values(self) -> Result<BoxFuture<'static, Result<Bytes>>> {
        let (first, second) = self.ways(&self.record);
        let call = self.call(self.plan.params_from(&first, self.size))?;
        Ok(async move { self.proven(call.await?, first, second).await }.boxed())
    }

    /// Returns the page of a call whose response begins with the record, in which the service looks up values that do
    /// not fit into a URL.
    pub(super) fn begun(
        self,
        call: BoxFuture<'static, Result<Bytes>>,
    ) -> BoxFuture<'static, Result<Bytes>> {
        let page = async move {
            let (body, dialect) = (call.await?, self.client.dialect());
            if let Some(page) = without_first(&body, dialect, &self.plan, &self.record)? {
                self.check_begin(&body)?;
                return Ok(page);
            }
            if let Some(page) = self.by_known_nulls().await? {
                return Ok(page);
            }
            self.by_key(moved(&self.plan, &self.record)).await
        };
        page.boxed()
    }

    /// Returns the page by a look-up, if the calls that are left suffice for nothing else; `None` if it is not proven.
    async fn by_last_calls(&self) -> Result<Option<Bytes>> {
        if !self.has_calls_for_look_up_only() {
            return Ok(None);
        }
        let page = self.by_look_up().await?;
        if page.is_some() {
            self.seen.digits_are_cut(true);
        }
        Ok(page)
    }

    fn proven_page(&self, body: Bytes) -> Result<Option<Bytes>> {
        Ok(match self.page(body)? {
            Page::Proven(page) => Some(page),
            Page::Unproven(_) => None,
        })
    }

    /// Returns the values that the service may compare where it shows those of the record, the likely ones first.
    fn ways(&self, record: &Cursor) -> (Cursor, Option<Cursor>) {
        self.plan.ways(record, self.seen.shown())
    }

    async fn proven(self, body: Bytes, first: Cursor, second: Option<Cursor>) -> Result<Bytes> {
        let page = match self.page(body)? {
            Page::Proven(page) => return Ok(page),
            Page::Unproven(page) => page,
        };
        if self.record.values.is_empty() {
            // A view's record was deleted.
            return Ok(page);
        }
        if let Some(page) = self.by_last_calls().await? {
            return Ok(page);
        }
        // Which of several blanks are null takes one call to find out, and more than one to try.
        let second = match self.plan.unknown_blanks(&self.record) > 1 {
            true => self.known_nulls().await?,
            false => second,
        };
        let mut other = None;
        if let Some(second) = second.filter(|second| second.compared() != first.compared())
            && let Some(body) = self
                .unless_invalid(self.plan.params_from(&second, self.size))
                .await?
        {
            match self.page(body)? {
                Page::Proven(page) => {
                    let alike = second.compared() != self.record.values;
                    self.seen.blanks_are_alike(alike);
                    return Ok(page);
                }
                Page::Unproven(page) => other = Some((second, page)),
            }
        }
        if self.plan.is_grouped() || self.record.key.is_none() {
            return self.by_key(place_lost(&self.plan, &self.record)).await;
        }
        if let Some(page) = self.by_last_calls().await? {
            return Ok(page);
        }
        if self.is_unchanged().await? {
            // The condition with the values that are shown did not find it.
            let ways = match &other {
                Some((known, _)) if self.plan.unknown_blanks(&self.record) > 1 => vec![known],
                Some((second, _)) => vec![&first, second],
                None => vec![&first],
            };
            if let Some(page) = self.of_unchanged(&ways).await? {
                return Ok(page);
            }
            // It may have been changed between these calls.
            if self.is_unchanged().await? {
                return Err(not_found(&self.plan, &self.record));
            }
        }
        for page in [&page]
            .into_iter()
            .chain(other.iter().map(|(_, page)| page))
        {
            self.check_first(page)?;
        }
        let page = self.without_record(page, other).await?;
        self.without_changed(page)
    }

    /// Returns the page of a record that is shown with the same values as before, and was not found by them; `None` if
    /// it is not found again. `ways` are the values that the service may compare. At most two calls for each.
    async fn of_unchanged(&self, ways: &[&Cursor]) -> Result<Option<Bytes>> {
        for record in ways {
            if let Some(body) = self.looked_up(record, self.size).await?
                && let Some(page) = self.proven_page(body)?
            {
                self.seen.digits_are_cut(true);
                return Ok(Some(page));
            }
        }
        // Another program may have changed it for a moment.
        for record in ways {
            let params = self.plan.params_from(record, self.size);
            if let Some(body) = self.unless_invalid(params).await?
                && let Some(page) = self.proven_page(body)?
            {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// Whether the record of the page before is still there, and is shown with the same values. A record that comes
    /// with another key is not that one, and shows no change of it. One call.
    async fn is_unchanged(&self) -> Result<bool> {
        let now = as_it_is_now(&self.client, &self.plan, &self.calls, &self.record).await?;
        Ok(now.is_some_and(|now| now == self.record || now.key != self.record.key))
    }

    /// Checks that the first row of a page that does not begin with the record is not [tied](Self::is_tied) to it.
    ///
    /// # Errors
    ///
    /// `Incomplete`: the first row may be one that was delivered.
    fn check_first(&self, page: &[u8]) -> Result<()> {
        let (rows, _) = split_rows(page, self.client.dialect(), &self.plan.target)?;
        let first = rows.first().and_then(|row| self.cursor(row));
        match first.is_some_and(|first| self.is_tied(&first, &self.record)) {
            true => Err(another_row(&self.plan, &self.record)),
            false => Ok(()),
        }
    }

    /// Whether the service may return two rows of a view in any order, so that which of them were delivered is not
    /// known: they have one key, and it may take their values for equal.
    fn is_tied(&self, row: &Cursor, other: &Cursor) -> bool {
        let repeats_keys = self.plan.target.kind == ObjectKind::View && !self.plan.is_grouped();
        repeats_keys && row.key == other.key && may_be_equal(row, other)
    }

    /// Returns a page without the record, which was delivered, if it comes first with other values. A view may have
    /// another record of that key.
    fn without_changed(&self, page: Bytes) -> Result<Bytes> {
        let (rows, total) = split_rows(&page, self.client.dialect(), &self.plan.target)?;
        let first = rows.first().and_then(|row| RawRow::read(row));
        let key = first.and_then(|row| key_of(&row, &self.plan));
        let is_record = key.is_some() && key == self.record.key;
        if !is_record || self.plan.target.kind == ObjectKind::View {
            return Ok(page);
        }
        let dialect = self.client.dialect();
        Ok(response_without_first(&rows, total, dialect))
    }

    /// Returns the page after the former place of a record that was deleted or changed; `other` is the page with null
    /// and an empty text exchanged.
    ///
    /// # Errors
    ///
    /// `Incomplete`: the two pages differ, and it cannot be found out which one is right.
    async fn without_record(&self, page: Bytes, other: Option<(Cursor, Bytes)>) -> Result<Bytes> {
        let ambiguous: Vec<usize> = self.plan.ambiguous(&self.record).collect();
        if ambiguous.is_empty() {
            return Ok(page);
        }
        if let ([column], Some((cursor, other))) = (&ambiguous[..], &other) {
            if self.are_same(&page, other)? {
                return Ok(page);
            }
            if self.shows_both_blanks(&page, *column)? || self.shows_both_blanks(other, *column)? {
                let is_other = *cursor == self.record;
                return Ok(if is_other { other.clone() } else { page });
            }
        }
        if let Some(page) = self.by_earlier().await? {
            return Ok(page);
        }
        let compared = as_compared(&self.client, &self.plan, &self.calls, &self.record).await?;
        if let Some(compared) = compared {
            if compared.nulls.is_some() {
                return self
                    .call(self.plan.params_from(&compared, self.size))?
                    .await;
            }
            let other = other.filter(|(cursor, _)| *cursor == compared);
            return Ok(other.map_or(page, |(_, other)| other));
        }
        // If no record has a value that may be shown as that one, no record is on the wrong side of it.
        let alike = self.call(self.plan.params_of_alike(&self.record))?.await?;
        if cursors(&alike, self.client.dialect(), &self.plan)?.is_empty() {
            return Ok(page);
        }
        Err(place_lost(&self.plan, &self.record))
    }

    fn are_same(&self, left: &[u8], right: &[u8]) -> Result<bool> {
        let (left, _) = split_rows(left, self.client.dialect(), &self.plan.target)?;
        let (right, _) = split_rows(right, self.client.dialect(), &self.plan.target)?;
        let left = left.iter().map(|row| row.get());
        Ok(left.eq(right.iter().map(|row| row.get())))
    }

    /// Whether the page shows null where the record has an empty text in a column of the order, or the reverse: then
    /// the service does not show the two alike.
    fn shows_both_blanks(&self, page: &[u8], column: usize) -> Result<bool> {
        let exchanged = self.plan.with_blanks_exchanged(&self.record);
        let shown = cursors(page, self.client.dialect(), &self.plan)?;
        Ok(exchanged.is_some_and(|exchanged| {
            let other = exchanged.values.get(column);
            shown.iter().any(|row| row.values.get(column) == other)
        }))
    }

    fn page(&self, body: Bytes) -> Result<Page> {
        let dialect = self.client.dialect();
        let (rows, total) = split_rows(&body, dialect, &self.plan.target)?;
        if !rows.first().is_some_and(|row| self.is_record(row)) {
            return Ok(Page::Unproven(body));
        }
        self.check_begin(&body)?;
        Ok(Page::Proven(response_without_first(&rows, total, dialect)))
    }

    /// Checks that only the first row of a page, which has the key and the values of the record, can be it.
    ///
    /// # Errors
    ///
    /// `Protocol`: the second row can be it, too, or a row of its place was delivered before it: the service returns
    /// those in any order. `Incomplete`: the first one differs in other columns, so it is the record as it was changed,
    /// or another one of its key, which must not be lost.
    fn check_begin(&self, body: &[u8]) -> Result<()> {
        let (rows, _) = split_rows(body, self.client.dialect(), &self.plan.target)?;
        let is_again = rows.get(1).is_some_and(|row| self.is_record(row));
        if is_again || self.has_delivered_rows(&rows) {
            return Err(repeated(&self.plan, &self.record));
        }
        match rows.first().and_then(|row| self.cursor(row)) {
            Some(first) if first.has_another_row(&self.record) => {
                Err(another_row(&self.plan, &self.record))
            }
            _ => Ok(()),
        }
    }

    /// Whether a view's page may have rows that come before the record in another response: they have its key and its
    /// place, and it is not known that they were not delivered.
    fn has_delivered_rows(&self, rows: &[&RawValue]) -> bool {
        let has_place = |row: &Cursor| self.is_tied(row, &self.record);
        let rows = rows.iter().skip(1).map_while(|row| self.cursor(row));
        let mut rows = rows.take_while(has_place);
        let before = &self.record.before;
        let of_place = before.iter().take_while(|row| has_place(row)).count();
        let is_all = of_place < before.len();
        rows.any(|row| {
            let mut delivered = before[..of_place].iter();
            !is_all || delivered.any(|other| row == *other && !row.has_another_row(other))
        })
    }

    fn cursor(&self, row: &RawValue) -> Option<Cursor> {
        cursor_of(&RawRow::read(row)?, &self.plan)
    }

    /// Whether a row is the record or group, with unchanged values. With other values, the place of the page in the
    /// order is not proven: the row may come first only because it was changed, or be another row with the same key.
    fn is_record(&self, row: &RawValue) -> bool {
        self.cursor(row).is_some_and(|row| {
            let has_values = match self.plan.is_grouped() {
                // The service returns the spelling of any record of a group.
                true => row.has_equal_values(&self.record),
                false => row.values == self.record.values,
            };
            row.key.is_some() && row.key == self.record.key && has_values
        })
    }

    /// Returns the response of a call whose condition the service may refuse; `None` if it does. An empty text cannot
    /// be compared with a column of GUIDs, which a struct may declare as text, and a view may repeat the key by which a
    /// subquery looks up a value.
    async fn unless_invalid(&self, params: ListParams) -> Result<Option<Bytes>> {
        match self.call(params)?.await {
            Ok(body) => Ok(Some(body)),
            Err(error) if error.kind() == ErrorKind::Invalid => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn call(&self, params: ListParams) -> Result<BoxFuture<'static, Result<Bytes>>> {
        self.calls.list(&self.client, &self.plan, params)
    }
}
