//! From page to page: which calls come next, and when the read is complete.

use super::budget::Calls;
use super::in_flight::{Call, PageInfo};
use super::key_range::{self, KeyRange};
use super::key_segments::KeySegment;
use super::order_check::OrderCheck;
use super::overlap::Overlap;
use super::page_call::PageCall;
use super::page_content::PageContent;
use super::plan::{MAX_PAGE, Plan};
use super::range_planner::RangePlanner;
use super::row_cursor::last_row_cursor;
use super::schedule::Schedule;
use super::unknown_column;
use super::url_budget::fits;
use crate::client::Client;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll, ready};

/// How to continue a read that was stopped.
const RESUME: &str = "resume at `RecordStream::position` with `Query::resume_from`";
/// The fewest calls for which the one for the range of keys is worth it: two pages can be read at once.
const FEWEST_CALLS_AHEAD: u64 = 3;

/// Makes the calls of one read: one at a time or several ahead, and none before it is polled.
///
/// Pages are handed out in the order of the read. [`advance`](Self::advance) must be called for each
/// page before the next one is polled.
pub(crate) struct Pager {
    client: Client,
    plan: Arc<Plan>,
    /// Reads that follow this one, in order: the rest of a list too long for one URL.
    next_plans: VecDeque<Plan>,
    schedule: Schedule,
    /// The call for the range of keys, which a concurrent read is planned by.
    range_call: Option<BoxFuture<'static, Result<Option<KeyRange>>>>,
    /// The page that was handed out and whose records are not counted yet.
    in_flight: Option<PageInfo>,
    /// How many records the limit leaves.
    remaining: Option<u64>,
    calls: Calls,
    order: OrderCheck,
    /// Whether the service was seen to show null and an empty text alike.
    shown_alike: Arc<AtomicBool>,
    refused: Option<Error>,
    /// Whether it is decided if the read is concurrent.
    is_planned: bool,
}

impl Pager {
    pub(crate) fn new(client: Client, plan: Plan, refused: Option<Error>) -> Self {
        let mut pager = Self {
            client,
            remaining: plan.limit,
            next_plans: VecDeque::new(),
            schedule: Schedule::new(plan.beginning(), plan.limit.is_some()),
            range_call: None,
            in_flight: None,
            calls: Calls::default(),
            order: OrderCheck::default(),
            shown_alike: Arc::default(),
            refused,
            is_planned: false,
            plan: Arc::new(plan),
        };
        if pager.remaining == Some(0) && pager.refused.is_none() {
            pager.stop();
        }
        pager
    }

    /// Creates pagers of several reads that run at once and share one budget of calls.
    pub(crate) fn together(client: &Client, plans: Vec<Plan>) -> Vec<Self> {
        let calls = Calls::default();
        let pager = |plan| Self {
            calls: calls.clone(),
            ..Self::new(client.clone(), plan, None)
        };
        plans.into_iter().map(pager).collect()
    }

    /// Appends reads that start when this one is complete.
    pub(crate) fn followed_by(mut self, plans: impl IntoIterator<Item = Plan>) -> Self {
        if self.remaining != Some(0) {
            self.next_plans.extend(plans);
        }
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
                let error = unknown_column::explain(error, &self.client, &self.plan);
                match error.kind() {
                    ErrorKind::Incomplete => error.with_hint(RESUME),
                    _ => error,
                }
            })
        }))
    }

    fn poll_next_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if let Some(error) = self.refused.take() {
            return Poll::Ready(Some(Err(error)));
        }
        loop {
            let started_ahead = self.poll_calls(cx)?;
            if started_ahead && self.schedule.next_is_answered() {
                // Decoding a page blocks the thread: let the calls that were just started be sent first.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Some((page, response)) = self.schedule.take_answered() {
                self.in_flight = Some(page);
                return Poll::Ready(Some(response));
            }
            if !self.schedule.is_empty() {
                return Poll::Pending;
            }
            if !self.start_next_plan() {
                return Poll::Ready(None);
            }
        }
    }

    fn start_next_plan(&mut self) -> bool {
        let Some(plan) = self.next_plans.pop_front() else {
            return false;
        };
        self.schedule = Schedule::new(plan.beginning(), plan.limit.is_some());
        self.plan = Arc::new(plan);
        self.is_planned = false;
        true
    }

    /// Requests the range of keys for a concurrent read, once the first page was not the only one.
    fn plan_ahead(&mut self) {
        if self.is_planned {
            return;
        }
        self.is_planned = true;
        let is_worth_it = self.calls.left(&self.plan) >= FEWEST_CALLS_AHEAD;
        if self.plan.is_divisible() && !self.schedule.is_empty() && is_worth_it {
            // If the deadline has passed, the next page fails too.
            self.range_call = key_range::read(&self.client, &self.plan, &self.calls).ok();
        }
    }

    fn poll_range(&mut self, cx: &mut Context<'_>) {
        let Some(range_call) = &mut self.range_call else {
            return;
        };
        let Poll::Ready(range) = range_call.poll_unpin(cx) else {
            return;
        };
        self.range_call = None;
        // Without a range, or if it could not be read, the read continues page by page.
        if let Ok(Some(range)) = range {
            let page = self.plan.page_size(None);
            let planner = RangePlanner::new(range, page, self.plan.limit);
            self.schedule.plan(planner);
        }
    }

    /// Polls the running calls and starts those that there is room for. Returns whether a call ahead of the
    /// next page was started.
    fn poll_calls(&mut self, cx: &mut Context<'_>) -> Result<bool> {
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
        if self.plan.concurrency > 1 {
            // An error is returned by the next page.
            let _ = self.poll_calls(cx);
        }
    }

    /// How many calls may run at once.
    fn window(&self) -> usize {
        if self.schedule.is_planned() {
            self.plan.concurrency
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

    /// Counts the records of pages that wait for others, so that the rest of their segments can be requested.
    fn examine_pages(&mut self) {
        if !self.schedule.is_planned() {
            return;
        }
        let mut index = 1;
        while index < self.schedule.len() {
            if let Some(body) = self.schedule.request(index).unexamined()
                && let Some((count, last, total)) =
                    last_row_cursor(body, self.client.dialect(), &self.plan)
            {
                self.schedule.examine(index, count, last, total);
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
                let page = PageCall::new(&self.client, &self.plan, &segment, size)?;
                let params = page.params.clone();
                let call = self.calls.list(&self.client, &self.plan, params)?;
                (page.size, page.response_of(call, &self.client, &self.plan))
            }
        };
        let request = self.schedule.request_mut(index);
        request.size = size;
        request.overlaps = overlaps;
        request.call = Call::Running(call);
        Ok(())
    }

    /// Returns the call for a page that begins with the last record of the page before, if the read takes such
    /// pages and the record's values fit into the URL.
    fn overlap(&self, segment: &KeySegment, size: u16) -> Option<Overlap> {
        let record = segment
            .after
            .clone()
            .filter(|_| self.plan.pages_overlap())?;
        let size = (size + 1).min(MAX_PAGE);
        let params = self.plan.params_from(&record, size);
        fits(&self.client, &self.plan, &params).then(|| Overlap {
            client: self.client.clone(),
            plan: Arc::clone(&self.plan),
            record,
            size,
            calls: self.calls.clone(),
            shown_alike: Arc::clone(&self.shown_alike),
        })
    }

    /// Records the content of the last page. Returns how many of its records the limit permits.
    ///
    /// # Errors
    ///
    /// `Protocol`: the page cannot follow the one before it.
    pub(crate) fn advance(&mut self, content: &PageContent) -> Result<usize> {
        let count = content.count;
        let Some(page) = self.in_flight.take() else {
            return Ok(count);
        };
        let size = page.size.into();
        let violation = content.violation(&page.segment, size, &self.plan, &mut self.order);
        if let Some(violation) = violation {
            self.stop();
            let error = Error::new(ErrorKind::Protocol, violation)
                .with_operation("records.list")
                .with_resource(self.plan.target.to_string());
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
        let last = content.last(&self.plan);
        let has_more = page.has_more(count, content.total);
        self.schedule.advance(&page, count, last, has_more);
        self.plan_ahead();
        Ok(count)
    }

    /// Ends the read.
    pub(crate) fn stop(&mut self) {
        self.schedule = Schedule::empty();
        self.next_plans.clear();
        self.range_call = None;
        self.in_flight = None;
        self.refused = None;
    }

    pub(crate) fn is_done(&self) -> bool {
        let idle = self.in_flight.is_none() && self.schedule.is_empty();
        self.refused.is_none() && idle && self.next_plans.is_empty()
    }
}

impl fmt::Debug for Pager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("target", &self.plan.target)
            .field("calls", &self.calls.made())
            .field("remaining", &self.remaining)
            .finish_non_exhaustive()
    }
}
