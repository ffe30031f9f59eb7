//! One call of a read, from its segment of keys to its response.

use super::cursor::Cursor;
use super::key_segments::KeySegment;
use bytes::Bytes;
use caspio_core::{Error, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::task::{Context, Poll};
use tokio::time::{Instant, timeout_at};

/// One call for the first records of a segment.
pub(super) struct PageRequest {
    pub(super) segment: KeySegment,
    /// How many records the call requests; set when it is made.
    pub(super) size: u16,
    pub(super) call: Call,
}

pub(super) enum Call {
    Waiting,
    Running(BoxFuture<'static, Result<Bytes>>),
    Answered(Result<Bytes>),
}

/// A page that was handed out and whose records are not counted yet.
pub(super) struct InFlight {
    pub(super) segment: KeySegment,
    pub(super) size: u16,
}

impl PageRequest {
    pub(super) fn new(segment: KeySegment) -> Self {
        Self {
            segment,
            size: 0,
            call: Call::Waiting,
        }
    }

    pub(super) fn is_answered(&self) -> bool {
        matches!(self.call, Call::Answered(_))
    }

    /// Polls the call if it is running.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        if let Call::Running(call) = &mut self.call
            && let Poll::Ready(response) = call.as_mut().poll(cx)
        {
            self.call = Call::Answered(response);
        }
    }
}

impl InFlight {
    /// Returns why the page cannot follow the one before it, if it cannot: the read would lose or
    /// repeat records.
    pub(super) fn violation(&self, count: usize, last: Option<&Cursor>) -> Option<String> {
        let size = usize::from(self.size);
        if count > size {
            return Some(format!(
                "the response has {count} records, but {size} were requested"
            ));
        }
        if count == size && last.is_none() {
            return Some("the response has records without their PK_ID".to_owned());
        }
        let repeated = last.is_some() && self.segment.after.as_ref() == last;
        repeated.then(|| "the service returned the same page twice".to_owned())
    }
}

/// Runs the call until the deadline, and fails with `late` after it.
pub(super) fn until(
    deadline: Instant,
    call: BoxFuture<'static, Result<Bytes>>,
    late: Error,
) -> BoxFuture<'static, Result<Bytes>> {
    let response = async move { timeout_at(deadline, call).await.unwrap_or(Err(late)) };
    response.boxed()
}
