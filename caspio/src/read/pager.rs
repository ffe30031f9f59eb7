//! From page to page: which calls come next, and when the read is complete.

mod calls;

use super::budget::Calls;
use super::cursor::Cursor;
use super::key_range::{self, KeyRange};
use super::key_segments::KeySegment;
use super::order_check::OrderCheck;
use super::page_content::PageContent;
use super::page_request::{Following, PageInfo};
use super::plan::Plan;
use super::range_planner::RangePlanner;
use super::schedule::Schedule;
use super::seen::{Seen, Shown};
use super::span::ReadSpan;
use super::unknown_column;
use crate::client::Client;
use crate::task::{in_task, shut_down};
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use sync_wrapper::SyncWrapper;

/// How to continue a read that was stopped.
const RESUME: &str =
    "read with `collect_partial`, or resume at `RecordStream::position` with `Query::resume_from`";
/// How to continue a read that was stopped before its first record.
const ALLOW_MORE: &str =
    "no record was read: allow more calls or time, with `Query::max_calls` or `Query::deadline`";
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
    /// The call for the range of keys, by which a concurrent read is planned.
    range_call: Option<SyncWrapper<BoxFuture<'static, Result<Option<KeyRange>>>>>,
    /// The page that was handed out and whose records are not counted yet.
    handed_out: Option<PageInfo>,
    /// The last record of the read before, which the first page of this one comes after.
    reached: Option<Cursor>,
    /// How many records the limit leaves.
    remaining: Option<u64>,
    calls: Calls,
    order: OrderCheck,
    /// How the service was seen to show values.
    seen: Arc<Seen>,
    /// Whether a record was read.
    has_read: bool,
    refused: Option<Error>,
    /// Whether it is decided if the read is concurrent.
    is_planned: bool,
    span: ReadSpan,
}

impl Pager {
    pub(crate) fn new(client: Client, plan: Plan, refused: Option<Error>) -> Self {
        let shown = plan.start.as_ref().map(|start| start.shown);
        let shown = shown.unwrap_or_default();
        let mut pager = Self {
            client,
            remaining: plan.limit,
            next_plans: VecDeque::new(),
            schedule: Schedule::new(plan.beginning(), plan.limit.is_some()),
            range_call: None,
            handed_out: None,
            reached: None,
            calls: Calls::default(),
            order: OrderCheck::default(),
            seen: Arc::new(Seen::new(shown)),
            has_read: false,
            refused,
            is_planned: false,
            span: ReadSpan::default(),
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

    /// Returns how the service was seen to show values.
    pub(super) fn shown(&self) -> Shown {
        self.seen.shown()
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
                    ErrorKind::Incomplete if error.hint().is_none() => {
                        error.with_hint(if self.has_read { RESUME } else { ALLOW_MORE })
                    }
                    _ => error,
                }
            })
        }))
    }

    fn poll_next_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if let Some(error) = self.refused.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if self.handed_out.is_some() {
            return Poll::Ready(Some(Err(self.not_decoded())));
        }
        loop {
            let started_ahead = self.poll_calls(cx)?;
            if started_ahead && self.schedule.next_is_answered() {
                // Decoding a page blocks the thread: let the calls that were just started be sent first.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Some((page, response)) = self.schedule.take_answered() {
                self.handed_out = Some(page);
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

    /// The error for a page that was handed out and never counted: its decoding panicked, and the program went on.
    fn not_decoded(&self) -> Error {
        let message = "the page before was not delivered, because the program's own code panicked in its decoding";
        Error::new(ErrorKind::Incomplete, message)
            .with_operation("records.list")
            .with_resource(self.plan.target.to_string())
            .with_hint(RESUME)
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

    /// Plans a concurrent read, once the first page was not the only one: by what that page reports, or by the
    /// range of keys, which is requested.
    fn plan_ahead(&mut self, first: &PageContent) {
        if self.is_planned {
            return;
        }
        self.is_planned = true;
        let is_worth_it = self.calls.left(&self.plan) >= FEWEST_CALLS_AHEAD;
        if self.plan.is_divisible() && !self.schedule.is_empty() && is_worth_it {
            if let Some(planner) = self.planner_of(first) {
                return self.schedule.plan(planner);
            }
            // If the deadline has passed, the next page fails too.
            let call = key_range::read(&self.client, &self.plan, &self.calls);
            let call = call.map(|call| in_task(call, || Err(shut_down())));
            self.range_call = call.ok().map(SyncWrapper::new);
        }
    }

    fn planner_of(&self, first: &PageContent) -> Option<RangePlanner> {
        let Plan {
            limit, concurrency, ..
        } = *self.plan;
        let page = self.plan.page_size(None);
        let most = concurrency.most();
        RangePlanner::from_page(first.key_range()?, first.total?, page, limit, most)
    }

    fn poll_range(&mut self, cx: &mut Context<'_>) {
        let Some(range_call) = &mut self.range_call else {
            return;
        };
        let Poll::Ready(range) = range_call.get_mut().poll_unpin(cx) else {
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

    /// Records the content of the last page. Returns how many of its records the limit permits.
    ///
    /// # Errors
    ///
    /// `Protocol`: the page cannot follow the one before it.
    pub(crate) fn advance(&mut self, content: &PageContent) -> Result<usize> {
        let count = content.count;
        let Some(page) = self.handed_out.take() else {
            return Ok(count);
        };
        let size = page.size.into();
        let segment = KeySegment {
            after: page.segment.after.clone().or_else(|| self.reached.clone()),
            until: page.segment.until,
        };
        let violation = content.violation(&segment, size, &self.plan, &mut self.order);
        if let Some(violation) = violation {
            self.stop();
            let error = Error::new(ErrorKind::Protocol, violation)
                .with_operation("records.list")
                .with_resource(self.plan.target.to_string());
            return Err(error.with_hint("the read was stopped, it would lose or repeat records"));
        }
        let left = self
            .remaining
            .map(|left| usize::try_from(left).unwrap_or(usize::MAX));
        let wanted = left.map_or(count, |left| left.min(count));
        self.span.count(wanted);
        self.has_read |= wanted > 0;
        if let Some(remaining) = &mut self.remaining {
            *remaining -= wanted as u64;
            if *remaining == 0 {
                self.stop();
                return Ok(wanted);
            }
        }
        let last = content.last(&self.plan, page.segment.after.as_ref());
        if !self.next_plans.is_empty() {
            self.reached = last.clone().or(self.reached.take());
        }
        let following = match self.plan.has_one_page_of_groups() {
            true => Following::Nothing,
            false => page.following(count, content.total),
        };
        self.schedule.advance(&page, count, last, following);
        self.plan_ahead(content);
        Ok(count)
    }

    /// Ends the read.
    pub(crate) fn stop(&mut self) {
        self.schedule = Schedule::empty();
        self.next_plans.clear();
        self.range_call = None;
        self.handed_out = None;
        self.refused = None;
    }

    pub(crate) fn is_done(&self) -> bool {
        let idle = self.handed_out.is_none() && self.schedule.is_empty();
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
