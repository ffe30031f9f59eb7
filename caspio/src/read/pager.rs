//! From page to page: which calls come next, and when the read is complete.

use super::mark::Mark;
use super::plan::Plan;
use super::scout::{self, Scouted};
use super::segment::{Ranges, Segment};
use super::task::{Call, Open, Task};
use super::unknown_column;
use crate::client::Client;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

/// Makes the calls of one read: one at a time, or several ahead, and none before it is polled.
///
/// Answers are handed out in the order of the read. Every answer is followed by
/// [`advance`](Self::advance) before the next is asked for.
pub(crate) struct Pager {
    client: Client,
    plan: Arc<Plan>,
    /// Reads that follow this one, in order: the rest of a condition too long for one address.
    next_plans: VecDeque<Plan>,
    /// Stretches that are being read or wait for it, in order.
    tasks: VecDeque<Task>,
    /// What is not cut into stretches yet.
    ranges: Option<Ranges>,
    scouting: Option<BoxFuture<'static, Result<Scouted>>>,
    /// The stretch whose answer was handed out last.
    open: Option<Open>,
    /// How many records the limit leaves.
    remaining: Option<u64>,
    /// The calls made so far, by all reads of the same budget.
    calls: Arc<AtomicU64>,
    refused: Option<Error>,
    started: bool,
}

/// Which calls were started.
#[derive(Clone, Copy)]
enum Started {
    Nothing,
    /// Some beside the next one in order.
    Further,
}

impl Pager {
    pub(crate) fn new(client: Client, plan: Plan, refused: Option<Error>) -> Self {
        let mut pager = Self {
            client,
            remaining: plan.limit,
            next_plans: VecDeque::new(),
            tasks: VecDeque::new(),
            ranges: None,
            scouting: None,
            open: None,
            calls: Arc::default(),
            refused,
            started: false,
            plan: Arc::new(plan),
        };
        if pager.remaining == Some(0) && pager.refused.is_none() {
            pager.started = true;
        }
        pager
    }

    /// Several reads at once, with one budget of calls.
    pub(crate) fn together(client: &Client, plans: Vec<Plan>) -> Vec<Self> {
        let calls = Arc::default();
        let pager = |plan| Self {
            calls: Arc::clone(&calls),
            ..Self::new(client.clone(), plan, None)
        };
        plans.into_iter().map(pager).collect()
    }

    /// Goes on with these reads after its own.
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

    /// The next answer; `None` when the last record was delivered. An error ends the read.
    pub(crate) fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let answer = ready!(self.poll_next_answer(cx));
        Poll::Ready(answer.map(|answer| {
            answer.map_err(|error| {
                self.stop();
                unknown_column::explain(error, &self.client, &self.plan)
            })
        }))
    }

    fn poll_next_answer(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if let Some(error) = self.refused.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if let Err(error) = ready!(self.poll_start(cx)) {
            return Poll::Ready(Some(Err(error)));
        }
        match self.poll_calls(cx) {
            Err(error) => return Poll::Ready(Some(Err(error))),
            // The calls get their turn to be sent before an answer takes the thread.
            Ok(Started::Further) if self.is_answered() => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Ok(_) => {}
        }
        match self.tasks.pop_front() {
            None if self.go_to_next_plan() => self.poll_next_answer(cx),
            None => Poll::Ready(None),
            Some(Task {
                segment,
                asked,
                call: Call::Answered(answer),
            }) => {
                self.open = Some(Open { segment, asked });
                Poll::Ready(Some(answer))
            }
            Some(unfinished) => {
                self.tasks.push_front(unfinished);
                Poll::Pending
            }
        }
    }

    fn go_to_next_plan(&mut self) -> bool {
        let Some(plan) = self.next_plans.pop_front() else {
            return false;
        };
        self.plan = Arc::new(plan);
        self.started = false;
        self.ranges = None;
        true
    }

    /// Asks for the first records, and at the same time for the range of keys where that is wanted.
    fn poll_start(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if !self.started {
            self.started = true;
            self.tasks.push_back(Task::new(self.plan.beginning()));
            if self.plan.can_be_cut() {
                self.count_call();
                self.scouting = Some(scout::keys(self.client.clone(), Arc::clone(&self.plan)));
            }
        }
        if self.scouting.is_some() {
            // The first page makes its way meanwhile.
            self.poll_calls(cx)?;
        }
        let Some(scouting) = &mut self.scouting else {
            return Poll::Ready(Ok(()));
        };
        let scouted = ready!(scouting.as_mut().poll(cx))?;
        self.scouting = None;
        let page = self.plan.page_size(None);
        self.ranges = scouted.map(|keys| Ranges::new(keys, page).after_first_page());
        Poll::Ready(Ok(()))
    }

    /// Gives each call under way a turn, and starts those that the window has room for.
    fn poll_calls(&mut self, cx: &mut Context<'_>) -> Result<Started> {
        for task in &mut self.tasks {
            task.poll(cx);
        }
        self.plan_ahead();
        let mut started = Started::Nothing;
        for index in 0..self.tasks.len().min(self.window()) {
            if !matches!(self.tasks[index].call, Call::Waiting) {
                continue;
            }
            match self.start_call(index) {
                // What was read before the budget was spent is delivered first.
                Err(_) if index > 0 => break,
                result => result?,
            }
            self.tasks[index].poll(cx);
            if index > 0 {
                started = Started::Further;
            }
        }
        Ok(started)
    }

    /// How many pages may be on their way or wait. One that is about to be delivered no longer counts
    /// when reading ahead.
    fn window(&self) -> usize {
        let most = self.plan.concurrency;
        most + usize::from(most > 1 && self.is_answered())
    }

    /// Whether the next answer in order is there.
    fn is_answered(&self) -> bool {
        let next = self.tasks.front();
        next.is_some_and(|task| matches!(task.call, Call::Answered(_)))
    }

    /// Cuts as many segments as may be read at once.
    fn plan_ahead(&mut self) {
        let most = self.window();
        let Some(ranges) = &mut self.ranges else {
            return;
        };
        let pages_left = self.remaining.map_or(usize::MAX, |left| {
            let pages = left.div_ceil(self.plan.page_size(None).into());
            usize::try_from(pages).unwrap_or(usize::MAX)
        });
        let window = ranges.window(most).min(pages_left);
        while self.tasks.len() < window
            && let Some(segment) = ranges.next(window == 1)
        {
            self.tasks.push_back(Task::new(segment));
        }
    }

    fn start_call(&mut self, index: usize) -> Result<()> {
        if self.plan.max_calls.is_some_and(|most| self.calls() >= most) {
            return Err(self.incomplete("the read's budget of calls is spent"));
        }
        let asked = self.plan.page_size(self.remaining.filter(|_| index == 0));
        let params = self.plan.params(&self.tasks[index].segment, asked);
        let call = self.client.list(self.plan.target.clone(), params);
        let call = match self.plan.deadline {
            Some(deadline) => {
                let late = self.incomplete("the read's deadline has passed");
                scout::until(deadline, call, late)
            }
            None => call,
        };
        let task = &mut self.tasks[index];
        task.asked = asked;
        task.call = Call::Running(call);
        self.count_call();
        Ok(())
    }

    fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Takes note of what the last answer held: how many records, and where the last one stands.
    /// Returns how many of them the limit leaves.
    ///
    /// # Errors
    ///
    /// `Protocol`: the answer does not follow the one before it.
    pub(crate) fn advance(&mut self, count: usize, last: Option<Mark>) -> Result<usize> {
        let Some(open) = self.open.take() else {
            return Ok(count);
        };
        if let Some(fault) = open.fault(count, last.as_ref()) {
            self.stop();
            return Err(self.out_of_step(fault));
        }
        if let Some(remaining) = &mut self.remaining {
            let wanted = count.min(usize::try_from(*remaining).unwrap_or(usize::MAX));
            *remaining -= wanted as u64;
            if *remaining == 0 {
                self.stop();
                return Ok(wanted);
            }
        }
        self.go_on(open, count, last);
        Ok(count)
    }

    /// What is left of a segment comes next; what was learnt of it shapes those to come.
    fn go_on(&mut self, open: Open, count: usize, last: Option<Mark>) {
        let full = count == usize::from(open.asked);
        let rest = Segment {
            after: last,
            until: open.segment.until,
        };
        let more = full && !rest.is_empty();
        if let Some(ranges) = &mut self.ranges {
            let last = more.then(|| rest.low()).flatten();
            if ranges.learn(&open.segment, count as u64, last) {
                return;
            }
        }
        if more {
            self.tasks.push_front(Task::new(rest));
        }
    }

    /// Ends the read.
    pub(crate) fn stop(&mut self) {
        self.started = true;
        self.tasks.clear();
        self.next_plans.clear();
        self.ranges = None;
        self.scouting = None;
        self.refused = None;
    }

    pub(crate) fn is_done(&self) -> bool {
        let cut = self.ranges.as_ref().is_none_or(Ranges::is_done);
        let idle = self.open.is_none() && self.tasks.is_empty() && cut;
        self.started && idle && self.next_plans.is_empty()
    }

    fn incomplete(&self, why: &str) -> Error {
        self.error(ErrorKind::Incomplete, why.to_owned()).with_hint(
            "what came is a part; go on from `RecordStream::position` with `resume_from`",
        )
    }

    fn out_of_step(&self, what: String) -> Error {
        self.error(ErrorKind::Protocol, what)
            .with_hint("going on would lose or double records, so the read was stopped")
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
