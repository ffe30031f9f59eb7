//! One call of a read, from its segment to its answer.

use super::mark::Mark;
use super::segment::Segment;
use bytes::Bytes;
use caspio_core::Result;
use futures::future::BoxFuture;
use std::task::{Context, Poll};

/// One call for the first records of a segment.
pub(super) struct Task {
    pub(super) segment: Segment,
    /// How many records the call asks for, once it is made.
    pub(super) asked: u16,
    pub(super) call: Call,
}

pub(super) enum Call {
    Waiting,
    Running(BoxFuture<'static, Result<Bytes>>),
    Answered(Result<Bytes>),
}

/// A segment whose answer is being looked at.
pub(super) struct Open {
    pub(super) segment: Segment,
    pub(super) asked: u16,
}

impl Task {
    pub(super) fn new(segment: Segment) -> Self {
        Self {
            segment,
            asked: 0,
            call: Call::Waiting,
        }
    }

    /// Gives the call a turn, if it is under way.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        if let Call::Running(call) = &mut self.call
            && let Poll::Ready(answer) = call.as_mut().poll(cx)
        {
            self.call = Call::Answered(answer);
        }
    }
}

impl Open {
    /// What is wrong with an answer of so many records that ends there.
    pub(super) fn fault(&self, count: usize, last: Option<&Mark>) -> Option<String> {
        let asked = usize::from(self.asked);
        if count > asked {
            return Some(format!("{count} records came where {asked} were asked for"));
        }
        if count == asked && last.is_none() {
            return Some("records came without their PK_ID".to_owned());
        }
        let again = last.is_some() && self.segment.after.as_ref() == last;
        again.then(|| "the same page came twice".to_owned())
    }
}
