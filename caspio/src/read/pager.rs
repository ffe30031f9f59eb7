//! From page to page: which calls come next, and when the read is complete.

use super::cursor::Cursor;
use super::in_flight::{Call, InFlight, PageRequest, until};
use super::key_range::{self, KeyRange};
use super::key_segments::{KeySegment, RangePlanner};
use super::plan::Plan;
use super::unknown_column;
use crate::client::Client;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

/// Makes the calls of one read: one at a time or several ahead, and none before it is polled.
///
/// Pages are handed out in the order of the read. [`advance`](Self::advance) must be called for each
/// page before the next one is polled.
pub(crate) struct Pager {
    client: Client,
    plan: Arc<Plan>,
    /// Reads that follow this one, in order: the rest of a list too long for one URL.
    next_plans: VecDeque<Plan>,
    /// Calls that run or wait, in the order of their pages.
    requests: VecDeque<PageRequest>,
    /// The keys that are not cut into segments yet, for a concurrent read.
    planner: Option<RangePlanner>,
    range_call: Option<BoxFuture<'static, Result<Option<KeyRange>>>>,
    in_flight: Option<InFlight>,
    /// How many records the limit leaves.
    remaining: Option<u64>,
    /// The calls made so far, by all reads that share a budget.
    calls: Arc<AtomicU64>,
    refused: Option<Error>,
    started: bool,
}

impl Pager {
    pub(crate) fn new(client: Client, plan: Plan, refused: Option<Error>) -> Self {
        let nothing_to_read = plan.limit == Some(0) && refused.is_none();
        Self {
            client,
            remaining: plan.limit,
            next_plans: VecDeque::new(),
            requests: VecDeque::new(),
            planner: None,
            range_call: None,
            in_flight: None,
            calls: Arc::default(),
            refused,
            started: nothing_to_read,
            plan: Arc::new(plan),
        }
    }

    /// Creates pagers of several reads that run at once and share one budget of calls.
    pub(crate) fn together(client: &Client, plans: Vec<Plan>) -> Vec<Self> {
        let calls = Arc::default();
        let pager = |plan| Self {
            calls: Arc::clone(&calls),
            ..Self::new(client.clone(), plan, None)
        };
        plans.into_iter().map(pager).collect()
    }

    /// Appends reads that start when this one is complete.
    pub(crate) fn followed_by(mut self, plans: impl IntoIterator<Item = Plan>) -> Self {
        self.next_plans.extend(plans);
        self
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn shared_plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }

    /// Polls the next page; `None` after the last record. An error ends the read.
    pub(crate) fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let page = ready!(self.poll_next_page(cx));
        Poll::Ready(page.map(|page| {
            page.map_err(|error| {
                self.stop();
                unknown_column::explain(error, &self.client, &self.plan)
            })
        }))
    }

    fn poll_next_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if let Some(error) = self.refused.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if let Err(error) = ready!(self.poll_start(cx)) {
            return Poll::Ready(Some(Err(error)));
        }
        let started_ahead = match self.poll_calls(cx) {
            Err(error) => return Poll::Ready(Some(Err(error))),
            Ok(started_ahead) => started_ahead,
        };
        if started_ahead && self.next_is_answered() {
            // Decoding a page blocks the thread: let the calls that were just started be sent first.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.requests.pop_front() {
            None if self.start_next_plan() => self.poll_next_page(cx),
            None => Poll::Ready(None),
            Some(PageRequest {
                segment,
                size,
                call: Call::Answered(response),
            }) => {
                self.in_flight = Some(InFlight { segment, size });
                Poll::Ready(Some(response))
            }
            Some(unfinished) => {
                self.requests.push_front(unfinished);
                Poll::Pending
            }
        }
    }

    fn start_next_plan(&mut self) -> bool {
        let Some(plan) = self.next_plans.pop_front() else {
            return false;
        };
        self.plan = Arc::new(plan);
        self.started = false;
        self.planner = None;
        true
    }

    /// Requests the first records and, for a concurrent read, the range of keys at the same time.
    fn poll_start(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if !self.started {
            self.started = true;
            let first = PageRequest::new(self.plan.beginning());
            self.requests.push_back(first);
            if self.plan.is_divisible() {
                self.count_call();
                let range = key_range::read(self.client.clone(), Arc::clone(&self.plan));
                self.range_call = Some(range.boxed());
            }
        }
        if self.range_call.is_some() {
            // The first page is read at the same time.
            self.poll_calls(cx)?;
        }
        let Some(range_call) = &mut self.range_call else {
            return Poll::Ready(Ok(()));
        };
        let range = ready!(range_call.as_mut().poll(cx))?;
        self.range_call = None;
        let page = self.plan.page_size(None);
        self.planner = range.map(|range| RangePlanner::new(range, page).after_first_page());
        Poll::Ready(Ok(()))
    }

    /// Polls the running calls and starts those that the window has room for. Returns whether a call
    /// ahead of the next page was started.
    fn poll_calls(&mut self, cx: &mut Context<'_>) -> Result<bool> {
        for request in &mut self.requests {
            request.poll(cx);
        }
        self.plan_ahead();
        let mut started_ahead = false;
        for index in 0..self.requests.len().min(self.window()) {
            if !matches!(self.requests[index].call, Call::Waiting) {
                continue;
            }
            match self.start_call(index) {
                // Pages that were read before the budget was spent are delivered first.
                Err(_) if index > 0 => break,
                result => result?,
            }
            self.requests[index].poll(cx);
            started_ahead |= index > 0;
        }
        Ok(started_ahead)
    }

    /// How many pages may be requested or wait to be delivered. A page that is about to be delivered
    /// does not count in a concurrent read.
    fn window(&self) -> usize {
        let most = self.plan.concurrency;
        most + usize::from(most > 1 && self.next_is_answered())
    }

    fn next_is_answered(&self) -> bool {
        self.requests.front().is_some_and(PageRequest::is_answered)
    }

    /// Cuts off as many segments as may be read at once.
    fn plan_ahead(&mut self) {
        let most = self.window();
        let Some(planner) = &mut self.planner else {
            return;
        };
        let pages_left = self.remaining.map_or(usize::MAX, |left| {
            let pages = left.div_ceil(self.plan.page_size(None).into());
            usize::try_from(pages).unwrap_or(usize::MAX)
        });
        let window = planner.window(most).min(pages_left);
        while self.requests.len() < window
            && let Some(segment) = planner.next(window == 1)
        {
            self.requests.push_back(PageRequest::new(segment));
        }
    }

    fn start_call(&mut self, index: usize) -> Result<()> {
        if self.plan.max_calls.is_some_and(|most| self.calls() >= most) {
            return Err(self.incomplete("the read has made the calls that `max_calls` permits"));
        }
        let size = self.plan.page_size(self.remaining.filter(|_| index == 0));
        let params = self.plan.params(&self.requests[index].segment, size);
        let mut call = self.client.list(self.plan.target.clone(), params);
        if let Some(deadline) = self.plan.deadline {
            let late = self.incomplete("the read's deadline has passed");
            call = until(deadline, call, late);
        }
        let request = &mut self.requests[index];
        request.size = size;
        request.call = Call::Running(call);
        self.count_call();
        Ok(())
    }

    fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Records the content of the last page: how many records, and the cursor of its last one. Returns
    /// how many of them the limit permits.
    ///
    /// # Errors
    ///
    /// `Protocol`: the page cannot follow the one before it.
    pub(crate) fn advance(&mut self, count: usize, last: Option<Cursor>) -> Result<usize> {
        let Some(page) = self.in_flight.take() else {
            return Ok(count);
        };
        if let Some(violation) = page.violation(count, last.as_ref()) {
            self.stop();
            let error = self.error(ErrorKind::Protocol, violation);
            return Err(error.with_hint("the read was stopped, it would lose or repeat records"));
        }
        if let Some(remaining) = &mut self.remaining {
            let wanted = count.min(usize::try_from(*remaining).unwrap_or(usize::MAX));
            *remaining -= wanted as u64;
            if *remaining == 0 {
                self.stop();
                return Ok(wanted);
            }
        }
        self.continue_segment(page, count, last);
        Ok(count)
    }

    /// Requests the rest of a segment next, and adapts the segments to come to the page.
    fn continue_segment(&mut self, page: InFlight, count: usize, last: Option<Cursor>) {
        let full = count == usize::from(page.size);
        let rest = KeySegment {
            after: last,
            until: page.segment.until,
        };
        let more = full && !rest.is_empty();
        if let Some(planner) = &mut self.planner {
            let last = more.then(|| rest.low()).flatten();
            if planner.record_page(&page.segment, count as u64, last) {
                return;
            }
        }
        if more {
            self.requests.push_front(PageRequest::new(rest));
        }
    }

    /// Ends the read.
    pub(crate) fn stop(&mut self) {
        self.started = true;
        self.requests.clear();
        self.next_plans.clear();
        self.planner = None;
        self.range_call = None;
        self.refused = None;
    }

    pub(crate) fn is_done(&self) -> bool {
        let planned = self.planner.as_ref().is_none_or(RangePlanner::is_done);
        let idle = self.in_flight.is_none() && self.requests.is_empty() && planned;
        self.started && idle && self.next_plans.is_empty()
    }

    fn incomplete(&self, why: &str) -> Error {
        self.error(ErrorKind::Incomplete, why.to_owned())
            .with_hint("resume at `RecordStream::position` with `Query::resume_from`")
    }

    fn error(&self, kind: ErrorKind, what: String) -> Error {
        Error::new(kind, what)
            .with_operation("records.list")
            .with_resource(self.plan.target.to_string())
    }
}

impl fmt::Debug for Pager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("target", &self.plan.target)
            .field("calls", &self.calls())
            .field("remaining", &self.remaining)
            .finish_non_exhaustive()
    }
}
