//! Starting the calls of a read: as many as there is room for, within its budget.

use super::Pager;
use crate::read::after_cursor::LookedUp;
use crate::read::cursor::Cursor;
use crate::read::key_segments::KeySegment;
use crate::read::overlap::Overlap;
use crate::read::page_call::PageCall;
use crate::read::page_request::{Answer, Call};
use crate::read::plan::{MAX_PAGE, Plan};
use crate::read::row_cursor::PageEnd;
use crate::read::url_budget::fits;
use crate::task::{in_task, shut_down};
use bytes::Bytes;
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::task::Context;
use sync_wrapper::SyncWrapper;

impl Pager {
    /// Polls the calls in progress and starts those that there is room for. Returns whether a call ahead of the
    /// next page was started.
    pub(super) fn poll_calls(&mut self, cx: &mut Context<'_>) -> Result<bool> {
        // Calls that are polled within it are its children.
        let _entered = self.span.of(&self.plan.target).entered();
        self.poll_range(cx);
        for request in self.schedule.requests_mut() {
            request.poll(cx);
        }
        if self.range_call.is_some() {
            // Whether another page is needed depends on the range.
            return Ok(false);
        }
        self.examine_pages();
        let mut started_ahead = false;
        while let Some(index) = self.schedule.next(self.window(), self.pages_left()) {
            match self.start_call(index) {
                // Pages that were read before the budget was spent are delivered first.
                Err(_) if index > 0 => break,
                result => result?,
            }
            self.schedule.request_mut(index).poll(cx);
            started_ahead |= index > 0;
        }
        Ok(started_ahead)
    }

    /// Requests the next pages of a concurrent read, before the records of this one are delivered.
    pub(crate) fn read_ahead(&mut self, cx: &mut Context<'_>) {
        if self.plan.is_concurrent() {
            // An error is returned by the next page.
            let _ = self.poll_calls(cx);
        }
    }

    /// How many calls may be in progress at once.
    fn window(&self) -> usize {
        if self.schedule.is_planned() {
            let in_progress = self.schedule.in_progress();
            self.plan.concurrency.now(&self.client, in_progress)
        } else {
            1
        }
    }

    /// How many full pages the limit leaves.
    fn pages_left(&self) -> usize {
        self.remaining.map_or(usize::MAX, |left| {
            let pages = left.div_ceil(self.plan.page_size(None).into());
            usize::try_from(pages).unwrap_or(usize::MAX)
        })
    }

    /// Records how the pages end that wait for others, so that the rest of their segments can be requested.
    fn examine_pages(&mut self) {
        let mut index = 1;
        while index < self.schedule.len() {
            if let Some(end) = self.schedule.request_mut(index).take_unexamined() {
                self.schedule.examine(index, end);
            }
            index += 1;
        }
    }

    fn start_call(&mut self, index: usize) -> Result<()> {
        let size = self.plan.page_size(self.remaining.filter(|_| index == 0));
        let segment = &self.schedule.request(index).segment;
        let segment = segment.clone();
        let overlap = self.overlap(&segment, size);
        let overlaps = overlap.is_some();
        let (size, call) = match overlap {
            Some(overlap) => (overlap.size, overlap.start()?),
            None => {
                let looked_up = self.looked_up(&segment);
                let page = PageCall::new(&self.client, &self.plan, &segment, size, looked_up)?;
                let params = page.params.clone();
                let call = self.calls.list(&self.client, &self.plan, params)?;
                let call = match page.begins_with {
                    Some(record) => self.overlap_at(record, page.size + 1).begun(call),
                    None => call,
                };
                (page.size, call)
            }
        };
        let call = self.answer(call, index > 0);
        let call = match self.plan.is_concurrent() {
            true => in_task(call, || Answer {
                response: Err(shut_down()),
                end: None,
            }),
            false => call,
        };
        let request = self.schedule.request_mut(index);
        request.size = size;
        request.overlaps = overlaps;
        request.call = Call::Running(SyncWrapper::new(call));
        Ok(())
    }

    /// Returns the call with the end of its page if that is needed before the page is decoded: the call is ahead of the
    /// next page. Its task reads the end, because meanwhile no call could be started.
    fn answer(
        &self,
        call: BoxFuture<'static, Result<Bytes>>,
        is_ahead: bool,
    ) -> BoxFuture<'static, Answer> {
        let (plan, dialect) = (Arc::clone(&self.plan), self.client.dialect());
        call.map(move |response| {
            let body = response.as_ref().ok().filter(|_| is_ahead);
            let end = body.and_then(|body| PageEnd::read(body, dialect, &plan));
            Answer { response, end }
        })
        .boxed()
    }

    /// Returns the call for a page that begins with the last record of the page before, if the read takes such
    /// pages and the record's values fit into the URL.
    fn overlap(&self, segment: &KeySegment, size: u16) -> Option<Overlap> {
        let record = segment
            .after
            .clone()
            .filter(|record| self.plan.overlaps_at(record))?;
        let size = (size + 1).min(MAX_PAGE);
        let fits = |plan: &Plan| fits(&self.client, plan, &plan.params_from(&record, size));
        let plan = match fits(&self.plan) {
            true => Arc::clone(&self.plan),
            false => Arc::new(self.plan.shorter().find(fits)?),
        };
        Some(Overlap {
            plan,
            ..self.overlap_at(record, size)
        })
    }

    /// Returns which values the service looks up where the record's texts do not fit into the URL.
    fn looked_up(&self, segment: &KeySegment) -> LookedUp {
        let left = self.calls.left(&self.plan);
        let shown = self.seen.shown();
        match &segment.after {
            Some(record) if self.plan.looks_up_floats(record, shown, left) => {
                LookedUp::LongTextsAndFloats
            }
            _ => LookedUp::LongTexts,
        }
    }

    fn overlap_at(&self, record: Cursor, size: u16) -> Overlap {
        Overlap {
            client: self.client.clone(),
            plan: Arc::clone(&self.plan),
            record,
            size,
            calls: self.calls.clone(),
            seen: Arc::clone(&self.seen),
        }
    }
}
