//! From page to page: which calls come next, and when the read is complete.

use super::mark::Mark;
use super::plan::Plan;
use super::scout::{self, Scouted};
use super::segment::{Ranges, Segment};
use crate::client::Client;
use bytes::Bytes;
use caspio_core::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
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
    calls: u64,
    refused: Option<Error>,
    started: bool,
}

/// One call for the first records of a segment.
struct Task {
    segment: Segment,
    asked: u16,
    call: Call,
}

enum Call {
    Waiting,
    Running(BoxFuture<'static, Result<Bytes>>),
    Answered(Result<Bytes>),
}

/// A segment whose answer is being looked at.
struct Open {
    segment: Segment,
    asked: u16,
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
            calls: 0,
            refused,
            started: false,
            plan: Arc::new(plan),
        };
        if pager.remaining == Some(0) && pager.refused.is_none() {
            pager.started = true;
        }
        pager
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
        if matches!(answer, Some(Err(_))) {
            self.stop();
        }
        Poll::Ready(answer)
    }

    fn poll_next_answer(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if let Some(error) = self.refused.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if let Err(error) = ready!(self.poll_start(cx)) {
            return Poll::Ready(Some(Err(error)));
        }
        self.plan_ahead();
        if let Err(error) = self.poll_calls(cx) {
            return Poll::Ready(Some(Err(error)));
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
            self.tasks.push_back(Task::new(Segment {
                after: self.plan.start.clone(),
                until: None,
            }));
            if self.plan.can_be_cut() {
                self.calls += 1;
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

    /// Cuts as many segments as may be read at once.
    fn plan_ahead(&mut self) {
        let Some(ranges) = &mut self.ranges else {
            return;
        };
        let pages_left = self.remaining.map_or(usize::MAX, |left| {
            let pages = left.div_ceil(self.plan.page_size(None).into());
            usize::try_from(pages).unwrap_or(usize::MAX)
        });
        let window = ranges.window(self.plan.concurrency).min(pages_left);
        while self.tasks.len() < window
            && let Some(segment) = ranges.next(window == 1)
        {
            self.tasks.push_back(Task::new(segment));
        }
    }

    /// Starts the calls within the window and gives each of them a turn.
    fn poll_calls(&mut self, cx: &mut Context<'_>) -> Result<()> {
        for index in 0..self.tasks.len().min(self.plan.concurrency) {
            if matches!(self.tasks[index].call, Call::Waiting) {
                match self.start_call(index) {
                    // What was read before the budget was spent is delivered first.
                    Err(_) if index > 0 => break,
                    started => started?,
                }
            }
            let task = &mut self.tasks[index];
            if let Call::Running(call) = &mut task.call
                && let Poll::Ready(answer) = call.as_mut().poll(cx)
            {
                task.call = Call::Answered(answer);
            }
        }
        Ok(())
    }

    fn start_call(&mut self, index: usize) -> Result<()> {
        if self.plan.max_calls.is_some_and(|most| self.calls >= most) {
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
        self.calls += 1;
        Ok(())
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
        if let Some(fault) = fault(&open, count, last.as_ref()) {
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
        self.error(ErrorKind::Incomplete, why.to_owned())
            .with_hint("what came is a part; go on from `Records::position` with `resume_from`")
    }

    fn out_of_step(&self, what: String) -> Error {
        self.error(ErrorKind::Protocol, what)
            .with_hint("going on would lose or double records, so the read was stopped")
    }

    fn error(&self, kind: ErrorKind, what: String) -> Error {
        Error::new(kind, what)
            .with_operation("records.list")
            .with_object(self.plan.target.to_string())
    }
}

impl Task {
    fn new(segment: Segment) -> Self {
        Self {
            segment,
            asked: 0,
            call: Call::Waiting,
        }
    }
}

/// What is wrong with an answer of so many records that ends there.
fn fault(open: &Open, count: usize, last: Option<&Mark>) -> Option<String> {
    let asked = usize::from(open.asked);
    if count > asked {
        return Some(format!("{count} records came where {asked} were asked for"));
    }
    if count == asked && last.is_none() {
        return Some("records came without their PK_ID".to_owned());
    }
    let again = last.is_some() && open.segment.after.as_ref() == last;
    again.then(|| "the same page came twice".to_owned())
}

impl fmt::Debug for Pager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("target", &self.plan.target)
            .field("calls", &self.calls)
            .field("remaining", &self.remaining)
            .finish_non_exhaustive()
    }
}
