//! Several reads in the order of their keys, merged into one.

use super::pager::Pager;
use crate::decode::{decode_page, keys};
use crate::record::{DecodeOwned, Key};
use bytes::Bytes;
use caspio_core::Result;
use std::collections::VecDeque;
use std::task::{Context, Poll};

/// Reads whose records are merged by key; a record that several bring is delivered once.
pub(super) struct Merge<R> {
    lanes: Vec<Lane<R>>,
    /// The key delivered last.
    last: Option<Key>,
}

struct Lane<R> {
    pager: Pager,
    held: VecDeque<(Key, R)>,
}

impl<R> Merge<R> {
    pub(super) fn new(pagers: Vec<Pager>) -> Self {
        let lanes = pagers.into_iter().map(|pager| Lane {
            pager,
            held: VecDeque::new(),
        });
        Self {
            lanes: lanes.collect(),
            last: None,
        }
    }

    pub(super) fn last(&self) -> Option<&Key> {
        self.last.as_ref()
    }

    pub(super) fn is_done(&self) -> bool {
        let done = |lane: &Lane<R>| lane.held.is_empty() && lane.pager.is_done();
        self.lanes.iter().all(done)
    }

    pub(super) fn stop(&mut self) {
        self.lanes.clear();
    }
}

impl<R: DecodeOwned> Merge<R> {
    /// The next record by key. All reads that have nothing to offer are asked at once.
    pub(super) fn poll_record(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        loop {
            let mut waiting = false;
            for lane in &mut self.lanes {
                match lane.poll_fill(cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => {
                        self.stop();
                        return Poll::Ready(Some(Err(error)));
                    }
                    Poll::Pending => waiting = true,
                }
            }
            if waiting {
                return Poll::Pending;
            }
            let Some((key, record)) = self.pop_least() else {
                return Poll::Ready(None);
            };
            if self.last.as_ref() != Some(&key) {
                self.last = Some(key);
                return Poll::Ready(Some(Ok(record)));
            }
        }
    }

    fn pop_least(&mut self) -> Option<(Key, R)> {
        let lanes = self.lanes.iter_mut().filter(|lane| !lane.held.is_empty());
        let least = lanes.min_by(|a, b| a.first().cmp(&b.first()));
        least?.held.pop_front()
    }
}

impl<R> Lane<R> {
    fn first(&self) -> Option<&Key> {
        self.held.front().map(|(key, _)| key)
    }
}

impl<R: DecodeOwned> Lane<R> {
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while self.held.is_empty() {
            match std::task::ready!(self.pager.poll_answer(cx)) {
                Some(body) => self.take(&body?)?,
                None => break,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn take(&mut self, body: &Bytes) -> Result<()> {
        let dialect = self.pager.client().dialect();
        let plan = self.pager.shared_plan();
        let records = decode_page::<R>(body, dialect, &plan.target, 0)?.records;
        let keys = keys(body, dialect, &plan.target)?;
        let last = keys.last().map(super::mark::Mark::at_key);
        self.pager.advance(records.len(), last)?;
        self.held = keys.into_iter().zip(records).collect();
        Ok(())
    }
}
