//! Several reads in the order of their keys, merged into one read.

use super::cursor::Cursor;
use super::order_check::out_of_order;
use super::page_content::PageContent;
use super::pager::Pager;
use super::plan::Plan;
use super::row_cursor::row_hash;
use crate::decode::{RawRow, decode_page, keys, split_rows};
use crate::filter::Expr;
use crate::record::{DecodeOwned, Key, ObjectKind, with_key};
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde_json::value::RawValue;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::task::{Context, Poll};

/// How many parts are read at once, unless the read permits more calls.
const FEWEST_AT_ONCE: usize = 8;

/// Merges reads by key. A record that several of them return is delivered once.
pub(super) struct Merge<R> {
    sources: Vec<MergeSource<R>>,
    /// How many sources may have a call in progress.
    most: usize,
    /// The sources that have no records and may have others, by their index.
    unfilled: Vec<usize>,
    /// The first key of every other source that has records, with its index; the least one on top.
    first_keys: BinaryHeap<Reverse<(Key, usize)>>,
    /// The key of the record that was delivered last, and the record as the response contains it, of a view.
    last: Option<(Key, Option<Box<RawValue>>)>,
}

struct MergeSource<R> {
    pager: Pager,
    /// Records of its page that are not delivered yet.
    held: VecDeque<Held<R>>,
}

struct Held<R> {
    key: Key,
    record: R,
    /// The record as the response contains it, of a view.
    row: Option<Box<RawValue>>,
}

impl<R> Merge<R> {
    /// Creates the merge of several reads, which permit this many calls at once.
    pub(super) fn new(pagers: Vec<Pager>, calls: usize) -> Self {
        let sources = pagers.into_iter().map(|pager| MergeSource {
            pager,
            held: VecDeque::new(),
        });
        let sources: Vec<_> = sources.collect();
        let unfilled = (0..sources.len()).filter(|index| !sources[*index].pager.is_done());
        Self {
            unfilled: unfilled.collect(),
            most: calls.max(FEWEST_AT_ONCE),
            sources,
            first_keys: BinaryHeap::new(),
            last: None,
        }
    }

    /// Returns the cursor of the record that was delivered last.
    pub(super) fn last(&self, plan: &Plan) -> Option<Cursor> {
        let (key, row) = self.last.as_ref()?;
        let row = row.as_ref().and_then(|row| RawRow::read(row));
        Some(Cursor {
            row: row.and_then(|row| row_hash(&row, plan)),
            ..Cursor::at_key(key)
        })
    }

    pub(super) fn is_done(&self) -> bool {
        self.unfilled.is_empty() && self.first_keys.is_empty()
    }

    pub(super) fn stop(&mut self) {
        self.sources.clear();
        self.unfilled.clear();
        self.first_keys.clear();
    }
}

impl<R: DecodeOwned> Merge<R> {
    /// Polls the next record by key. The sources without records read their next pages, several at once.
    pub(super) fn poll_record(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        let mut at = 0;
        // A source stays in the list until it is filled: decoding its page may panic.
        while let Some(&index) = self.unfilled.get(at).filter(|_| at < self.most) {
            match self.sources[index].poll_fill(cx) {
                Poll::Ready(Ok(())) => {
                    self.unfilled.remove(at);
                    if !self.sources[index].held.is_empty() {
                        self.push_first_key(index);
                    }
                }
                Poll::Ready(Err(error)) => {
                    self.stop();
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Pending => at += 1,
            }
        }
        if !self.unfilled.is_empty() {
            return Poll::Pending;
        }
        let next = self.pop_least();
        if let Some(Err(_)) = next {
            self.stop();
        }
        Poll::Ready(next)
    }

    /// Takes the record with the least key out of all sources that return it.
    fn pop_least(&mut self) -> Option<Result<R>> {
        let Reverse((key, index)) = self.first_keys.pop()?;
        let least = self.take_first(index)?;
        while let Some(index) = self.next_with(&key) {
            let other = self.take_first(index)?;
            let plan = self.sources[index].pager.plan();
            if !is_same_record(&least, &other, plan) {
                return Some(Err(repeated_key(&key, plan)));
            }
        }
        self.last = Some((key, least.row));
        Some(Ok(least.record))
    }

    /// Removes a source whose first record has this key.
    fn next_with(&mut self, key: &Key) -> Option<usize> {
        let is_next = |Reverse((next, _)): &Reverse<(Key, usize)>| next == key;
        if !self.first_keys.peek().is_some_and(is_next) {
            return None;
        }
        self.first_keys.pop().map(|Reverse((_, index))| index)
    }

    fn take_first(&mut self, index: usize) -> Option<Held<R>> {
        let first = self.sources[index].held.pop_front();
        self.push_first_key(index);
        first
    }

    /// Puts a source back, by its first record if it has one.
    fn push_first_key(&mut self, index: usize) {
        let source = &self.sources[index];
        match source.held.front() {
            Some(first) => self.first_keys.push(Reverse((first.key.clone(), index))),
            None if source.pager.is_done() => {}
            None => self.unfilled.push(index),
        }
    }
}

/// Whether two rows with one key are the same record, which meets the conditions of several reads. A table's keys
/// are unique, a view may repeat one. Equal rows of a view are one record if they contain what the reads differ
/// by: the columns of the lists. Each read would return two such records.
fn is_same_record<R>(left: &Held<R>, right: &Held<R>, plan: &Plan) -> bool {
    if plan.target.kind == ObjectKind::Table {
        return true;
    }
    let (Some(left), Some(right)) = (&left.row, &right.row) else {
        return false;
    };
    let Some(row) = RawRow::read(left).filter(|_| left.get() == right.get()) else {
        return false;
    };
    plan.conditions().all(|condition| match condition {
        Expr::In { column, .. } => row.get(column).is_some(),
        _ => true,
    })
}

fn repeated_key(key: &Key, plan: &Plan) -> Error {
    let message =
        "several records may have the same PK_ID, which the parts of a long list are merged by";
    let error = Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string());
    with_key(error, key).with_hint("split the list yourself, so that its parts need not be merged")
}

impl<R: DecodeOwned> MergeSource<R> {
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while self.held.is_empty() {
            match std::task::ready!(self.pager.poll_page(cx)) {
                Some(body) => self.take(&body?)?,
                None => break,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn take(&mut self, body: &Bytes) -> Result<()> {
        let dialect = self.pager.client().dialect();
        let plan = self.pager.shared_plan();
        let page = decode_page::<R>(body, dialect, &plan.target, 0)?;
        let keys = keys(body, dialect, &plan.target)?;
        // Records are merged by comparing keys.
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] >= pair[1]) {
            let error = Error::new(ErrorKind::Protocol, out_of_order(&pair[0], &pair[1]));
            return Err(error
                .with_operation("records.list")
                .with_resource(plan.target.to_string())
                .with_hint("split the list yourself, so that its parts need not be merged"));
        }
        let rows = (page.records.len(), page.keys, page.total);
        let content = PageContent::new(body, dialect, &plan, rows)?;
        let wanted = self.pager.advance(&content)?;
        let mut rows = match plan.target.kind {
            ObjectKind::View => split_rows(body, dialect, &plan.target)?.0,
            ObjectKind::Table => Vec::new(),
        }
        .into_iter();
        let records = keys.into_iter().zip(page.records).take(wanted);
        let held = records.map(|(key, record)| Held {
            key,
            record,
            row: rows.next().map(ToOwned::to_owned),
        });
        self.held = held.collect();
        Ok(())
    }
}
