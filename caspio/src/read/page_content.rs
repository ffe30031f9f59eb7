//! What the next call of a read needs to know about a page, and whether the page can be the next one.

use super::cursor::Cursor;
use super::key_range::KeyRange;
use super::key_segments::KeySegment;
use super::order_check::{OrderCheck, out_of_order};
use super::plan::Plan;
use super::row_cursor::{cursors_of_page, row_hash};
use crate::decode::{KEY_ORDERS, KeyRun, follows, raw_row};
use crate::dialect::Dialect;
use crate::record::{Key, ObjectKind};
use caspio_core::Result;
use std::cmp::Ordering;

/// The keys and sort values of a page.
#[derive(Debug)]
pub(crate) struct PageContent {
    pub(super) count: usize,
    /// How many records meet the request's condition, if the response reports it.
    pub(super) total: Option<u64>,
    keys: KeyRun,
    /// The cursors of the records, if the order is not that of the keys.
    cursors: Vec<Cursor>,
    /// The hash of the last row of a view in the order of its keys.
    last_row: Option<u64>,
}

impl PageContent {
    /// # Errors
    ///
    /// `Protocol`: a column of the order is missing, or not of its kind.
    pub(super) fn new(
        body: &[u8],
        dialect: &'static dyn Dialect,
        plan: &Plan,
        (count, keys, total): (usize, KeyRun, Option<u64>),
    ) -> Result<Self> {
        let is_by_key = plan.terms().is_empty() && !plan.is_grouped();
        let cursors = if is_by_key || count == 0 {
            Vec::new()
        } else {
            cursors_of_page(body, dialect, plan)?
        };
        let is_of_view = is_by_key && plan.target.kind == ObjectKind::View;
        let last = count.checked_sub(1).filter(|_| is_of_view);
        let last = last.and_then(|last| raw_row(body, dialect, last));
        Ok(Self {
            last_row: last.and_then(|row| row_hash(&row, plan)),
            count,
            total,
            keys,
            cursors,
        })
    }

    /// Returns the cursor of the last record of the page, which comes after the record `earlier`; `None` if it has
    /// no key, or if there is no record.
    pub(super) fn last(&self, plan: &Plan, earlier: Option<&Cursor>) -> Option<Cursor> {
        if self.cursors.is_empty() {
            let key = self.keys.last.as_ref().filter(|_| self.keys.missing == 0);
            return key.map(|key| Cursor {
                row: self.last_row,
                ..Cursor::at_key(key)
            });
        }
        let last = Cursor::of_last(&self.cursors, earlier);
        last.filter(|cursor| cursor.key.is_some() || plan.is_grouped())
    }

    /// Returns the range of the keys of a page in the order of a table's keys.
    pub(super) fn key_range(&self) -> Option<KeyRange> {
        match (&self.keys.first, &self.keys.last) {
            (Some(Key::Id(low)), Some(Key::Id(high))) if low <= high => Some(KeyRange {
                low: *low,
                high: *high,
                count: self.count as u64,
            }),
            _ => None,
        }
    }

    /// Returns why the page cannot be the next one, if it cannot: the read would lose or repeat records.
    pub(super) fn violation(
        &self,
        segment: &KeySegment,
        size: usize,
        plan: &Plan,
        order: &mut OrderCheck,
    ) -> Option<String> {
        let count = self.count;
        if count > size {
            return Some(format!(
                "the response has {count} records, but {size} were requested"
            ));
        }
        // It is not documented what the total of groups counts.
        if let Some(total) = self.total.filter(|total| count == 0 && *total > 0)
            && !plan.is_grouped()
        {
            return Some(format!(
                "the response has no records, but reports that there are {total}"
            ));
        }
        if plan.is_grouped() {
            return order.violation(&self.cursors, segment.after.as_ref(), plan);
        }
        let without_key = self.keys.missing;
        // A page of all columns may have no key if no other page is needed: it is not documented that they include
        // the key.
        let has_more = count == size || self.total.is_some_and(|total| total > count as u64);
        let needs_key = has_more || without_key < count || plan.columns().next().is_some();
        if without_key > 0 && needs_key {
            return Some("the response has records without their PK_ID".to_owned());
        }
        if !self.cursors.is_empty() {
            return order.violation(&self.cursors, segment.after.as_ref(), plan);
        }
        keys_violation(&self.keys, segment, plan.key_descends(), order)
    }
}

/// Returns why these keys cannot be the next ones in the order of keys, if in none of the orders that were
/// possible so far.
fn keys_violation(
    keys: &KeyRun,
    segment: &KeySegment,
    descends: bool,
    order: &mut OrderCheck,
) -> Option<String> {
    let (first, last) = (keys.first.as_ref()?, keys.last.as_ref()?);
    let before = segment.after.as_ref().and_then(|after| after.key.as_ref());
    let mut violation = None;
    for (index, compare) in KEY_ORDERS.iter().enumerate() {
        let found = keys.disorder(index, descends).or_else(|| {
            let before = before?;
            let next = if descends {
                Ordering::Less
            } else {
                Ordering::Greater
            };
            (compare(first, before) != next).then(|| (before.clone(), first.clone()))
        });
        if let Some((earlier, later)) = found {
            order.exclude(index);
            violation = Some(out_of_order(&earlier, &later));
        }
    }
    if order.excludes_all() {
        return violation;
    }
    let until = segment.until.map(Key::Id)?;
    let is_beyond = follows(last, &until);
    is_beyond.then(|| format!("keys up to {until} were requested, but record {last} came"))
}

/// Returns why the keys of a page are not in the order of a read, if they are not. The keys of an order by
/// columns have no order of their own.
pub(super) fn disorder(keys: &KeyRun, plan: &Plan) -> Option<String> {
    if !plan.terms().is_empty() || plan.is_grouped() {
        return None;
    }
    keys.disorder(1, plan.key_descends())?;
    let (earlier, later) = keys.disorder(0, plan.key_descends())?;
    Some(out_of_order(&earlier, &later))
}
