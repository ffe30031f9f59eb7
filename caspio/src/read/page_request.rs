//! One call of a read, from its segment of keys to its response.

use super::density::Density;
use super::key_segments::KeySegment;
use super::row_cursor::PageEnd;
use bytes::Bytes;
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::task::{Context, Poll};
use sync_wrapper::SyncWrapper;

/// One call for the first records of a segment.
pub(super) struct PageRequest {
    pub(super) segment: KeySegment,
    /// How many records the call requests; set when it is made.
    pub(super) size: u16,
    /// Whether one of them is the last record of the page before.
    pub(super) overlaps: bool,
    pub(super) call: Call,
    /// How densely keys are in use in the segment, as far as it is known.
    pub(super) density: Density,
    /// Whether that was seen in the segment itself, and not in those before it.
    pub(super) is_density_own: bool,
    /// Whether the content of the response is recorded already.
    pub(super) is_examined: bool,
    /// Whether the page before reported that the segment has records.
    pub(super) is_reported: bool,
}

pub(super) enum Call {
    Waiting,
    Running(SyncWrapper<BoxFuture<'static, Answer>>),
    Answered(Answer),
}

/// A response, and how its page ends, if that is known without decoding the page.
pub(super) struct Answer {
    pub(super) response: Result<Bytes>,
    pub(super) end: Option<PageEnd>,
}

/// What a page shows about the records after it in its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Following {
    Nothing,
    /// It has as many records as were requested.
    Possible,
    /// It reports a total of this many records more than it has.
    Reported(u64),
}

/// A page that was requested, without its response.
#[derive(Clone, Debug)]
pub(super) struct PageInfo {
    pub(super) segment: KeySegment,
    pub(super) size: u16,
    pub(super) overlaps: bool,
    pub(super) density: Density,
    pub(super) is_examined: bool,
}

impl PageRequest {
    pub(super) fn new(segment: KeySegment) -> Self {
        Self {
            segment,
            size: 0,
            overlaps: false,
            call: Call::Waiting,
            density: Density::default(),
            is_density_own: false,
            is_examined: false,
            is_reported: false,
        }
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.call, Call::Waiting)
    }

    pub(super) fn is_running(&self) -> bool {
        matches!(self.call, Call::Running(_))
    }

    pub(super) fn is_answered(&self) -> bool {
        matches!(self.call, Call::Answered(_))
    }

    pub(super) fn page(&self) -> PageInfo {
        PageInfo {
            segment: self.segment.clone(),
            size: self.size,
            overlaps: self.overlaps,
            density: self.density,
            is_examined: self.is_examined,
        }
    }

    /// Takes the end of the page if the call is answered and its content is not recorded yet.
    pub(super) fn take_unexamined(&mut self) -> Option<PageEnd> {
        match &mut self.call {
            Call::Answered(answer) if !self.is_examined => answer.end.take(),
            _ => None,
        }
    }

    /// Polls the call if it is running.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        if let Call::Running(call) = &mut self.call
            && let Poll::Ready(answer) = call.get_mut().poll_unpin(cx)
        {
            self.call = Call::Answered(answer);
        }
    }
}

impl PageInfo {
    /// Returns what a response of this many records shows about others after it.
    ///
    /// The service caps the size of a page without an error. v2 reports no total, so a lower cap could not be
    /// noticed there.
    pub(super) fn following(&self, count: usize, total: Option<u64>) -> Following {
        let left = total.map_or(0, |total| total.saturating_sub(count as u64));
        if count > 0 && left > 0 {
            return Following::Reported(left);
        }
        let is_full = count >= usize::from(self.size) - usize::from(self.overlaps);
        if is_full {
            Following::Possible
        } else {
            Following::Nothing
        }
    }
}
