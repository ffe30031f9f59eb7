//! Several reads in the order of their keys, merged into one read.

use super::order_check::out_of_order;
use super::page_content::PageContent;
use super::pager::Pager;
use crate::decode::{decode_page, keys};
use crate::record::{DecodeOwned, Key};
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::collections::VecDeque;
use std::task::{Context, Poll};

/// Merges reads by key. A record that several of them return is delivered once.
pub(super) struct Merge<R> {
    sources: Vec<MergeSource<R>>,
    /// The key of the record that was delivered last.
    last: Option<Key>,
}

struct MergeSource<R> {
    pager: Pager,
    /// Records of its page that are not delivered yet.
    held: VecDeque<(Key, R)>,
}

impl<R> Merge<R> {
    pub(super) fn new(pagers: Vec<Pager>) -> Self {
        let sources = pagers.into_iter().map(|pager| MergeSource {
            pager,
            held: VecDeque::new(),
        });
        Self {
            sources: sources.collect(),
            last: None,
        }
    }

    pub(super) fn last(&self) -> Option<&Key> {
        self.last.as_ref()
    }

    pub(super) fn is_done(&self) -> bool {
        let done = |source: &MergeSource<R>| source.held.is_empty() && source.pager.is_done();
        self.sources.iter().all(done)
    }

    pub(super) fn stop(&mut self) {
        self.sources.clear();
    }
}

impl<R: DecodeOwned> Merge<R> {
    /// Polls the next record by key. All sources without records read their next page at once.
    pub(super) fn poll_record(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        loop {
            let mut waiting = false;
            for source in &mut self.sources {
                match source.poll_fill(cx) {
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
        let sources = self
            .sources
            .iter_mut()
            .filter(|source| !source.held.is_empty());
        let least = sources.min_by(|a, b| a.first().cmp(&b.first()));
        least?.held.pop_front()
    }
}

impl<R> MergeSource<R> {
    fn first(&self) -> Option<&Key> {
        self.held.front().map(|(key, _)| key)
    }
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
        // Records are merged by comparing keys, and a key in two reads is that of one record.
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
        self.held = keys.into_iter().zip(page.records).take(wanted).collect();
        Ok(())
    }
}
