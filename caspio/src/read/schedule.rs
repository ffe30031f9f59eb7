//! The segments of a read in their order, and which of them is requested next.

use super::cursor::Cursor;
use super::density::Density;
use super::key_segments::KeySegment;
use super::page_request::{Call, Following, PageInfo, PageRequest};
use super::range_planner::RangePlanner;
use super::row_cursor::PageEnd;
use bytes::Bytes;
use caspio_core::Result;
use std::collections::VecDeque;

/// How many pages may be requested and not delivered, as a multiple of the calls at once: those in progress, as many
/// that end earlier than the one before them, and as many from segments that turned out to have several pages.
const AHEAD: usize = 3;

/// What is left of a read: segments that follow each other without a gap and without an overlap.
///
/// Together they are always exactly what was not delivered yet. A segment is only ever cut in two, or
/// shortened to what its page contains and followed by its rest. So no record can be lost or read twice,
/// however wrong the estimated density of keys is.
pub(super) struct Schedule {
    requests: VecDeque<PageRequest>,
    planner: Option<RangePlanner>,
    /// How many records were read before the planner was known.
    read: u64,
    /// Whether the read has a limit, behind which pages that were read ahead are not needed.
    is_limited: bool,
}

impl Schedule {
    /// Creates the schedule of a read of one segment.
    pub(super) fn new(all: KeySegment, is_limited: bool) -> Self {
        Self {
            requests: VecDeque::from([PageRequest::new(all)]),
            planner: None,
            read: 0,
            is_limited,
        }
    }

    /// Creates the schedule of a read of nothing.
    pub(super) fn empty() -> Self {
        Self {
            requests: VecDeque::new(),
            ..Self::new(KeySegment::default(), false)
        }
    }

    /// Cuts the segments that are not requested yet, to read several at once.
    pub(super) fn plan(&mut self, planner: RangePlanner) {
        let planner = planner.after_records(self.read);
        // The pages that were read until now may have reached the last key. The range of keys can be out of
        // date, so it ends no read in which a page reported more records.
        let is_past_end = |request: &PageRequest| {
            let is_behind = request.segment.low().is_some_and(|low| planner.is_end(low));
            is_behind && request.is_waiting() && !request.is_reported
        };
        self.requests.retain(|request| !is_past_end(request));
        for request in &mut self.requests {
            request.density = planner.average();
        }
        self.planner = Some(planner);
    }

    pub(super) fn is_planned(&self) -> bool {
        self.planner.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }

    pub(super) fn request(&self, index: usize) -> &PageRequest {
        &self.requests[index]
    }

    pub(super) fn request_mut(&mut self, index: usize) -> &mut PageRequest {
        &mut self.requests[index]
    }

    pub(super) fn requests_mut(&mut self) -> impl Iterator<Item = &mut PageRequest> {
        self.requests.iter_mut()
    }

    pub(super) fn next_is_answered(&self) -> bool {
        self.requests.front().is_some_and(PageRequest::is_answered)
    }

    /// Returns the index of the segment to be requested next, cut to about one page if the range of keys is
    /// known; `None` if all are requested, or `most` calls are running.
    ///
    /// Pages may wait to be delivered, because the ones before them can take longer. No more than `pages_left` pages
    /// are requested ahead.
    pub(super) fn next(&mut self, most: usize, pages_left: usize) -> Option<usize> {
        let index = self.requests.iter().position(PageRequest::is_waiting)?;
        let running = self.in_progress();
        let requested = self.count(|request| !request.is_waiting());
        let has_room = running < most && requested < pages_left.min(most.saturating_mul(AHEAD));
        // The first segment is always requested: no other can be delivered before it.
        if index > 0 && !(has_room && self.may_be_unneeded(requested + 1)) {
            return None;
        }
        self.cut(index);
        Some(index)
    }

    /// Returns how many calls are in progress.
    pub(super) fn in_progress(&self) -> usize {
        self.count(PageRequest::is_running)
    }

    fn count(&self, is_counted: impl Fn(&PageRequest) -> bool) -> usize {
        let counted = self.requests.iter().filter(|request| is_counted(request));
        counted.count()
    }

    /// Whether the budget suffices for pages that turn out to be behind the limit.
    fn may_be_unneeded(&self, pages: usize) -> bool {
        let planner = self.planner.as_ref().filter(|_| self.is_limited);
        planner.is_none_or(|planner| planner.can_waste(pages))
    }

    fn cut(&mut self, index: usize) {
        // The planner does not know of their records yet.
        let unrecorded = self.count(|request| !request.is_waiting() && !request.is_examined);
        let is_open = |request: &PageRequest| self.is_limited || !request.is_examined;
        let ends = self.count(|request| request.segment.until.is_some() && is_open(request));
        let request = &mut self.requests[index];
        let density = request.density;
        let planner = self.planner.as_ref();
        let key =
            planner.and_then(|planner| planner.cut(&request.segment, density, ends, unrecorded));
        if let Some(key) = key {
            let (first, rest) = std::mem::take(&mut request.segment).cut_at(key);
            request.segment = first;
            let rest = PageRequest {
                density,
                ..PageRequest::new(rest)
            };
            self.insert_rest(index + 1, rest);
        }
    }

    /// Takes the first page if it is answered.
    pub(super) fn take_answered(&mut self) -> Option<(PageInfo, Result<Bytes>)> {
        if !self.next_is_answered() {
            return None;
        }
        let request = self.requests.pop_front()?;
        let page = request.page();
        match request.call {
            Call::Answered(answer) => Some((page, answer.response)),
            _ => None,
        }
    }

    /// Records the content of an answered page that waits for others to be delivered, and puts the rest of
    /// its segment behind it.
    pub(super) fn examine(&mut self, index: usize, end: PageEnd) {
        let PageEnd { count, last, total } = end;
        let request = &mut self.requests[index];
        request.is_examined = true;
        let page = request.page();
        let following = page.following(count, total);
        let rest = self.record_page(index + 1, &page, (count, following), last);
        if rest.is_some() {
            self.requests[index].segment.until = rest;
        }
    }

    /// Records the content of a page that was taken, and puts the rest of its segment first.
    pub(super) fn advance(
        &mut self,
        page: &PageInfo,
        count: usize,
        last: Option<Cursor>,
        following: Following,
    ) {
        if !page.is_examined {
            self.record_page(0, page, (count, following), last);
        }
    }

    /// Inserts the rest of a page's segment at `index`. Returns the key that it starts after, if it is known.
    fn record_page(
        &mut self,
        index: usize,
        page: &PageInfo,
        (count, following): (usize, Following),
        last: Option<Cursor>,
    ) -> Option<i64> {
        let rest = KeySegment {
            after: last,
            until: page.segment.until,
        };
        let start = rest.low();
        let is_reported = matches!(following, Following::Reported(_));
        let mut is_last = following == Following::Nothing || rest.is_empty();
        let mut rest = PageRequest {
            is_reported,
            ..PageRequest::new(rest)
        };
        match &mut self.planner {
            None => self.read += count as u64,
            Some(planner) => {
                is_last |= !is_reported && start.is_some_and(|start| planner.is_end(start));
                let seen = start.filter(|_| !is_last);
                let keys = planner.record_page(&page.segment, page.density, count, seen);
                rest.density = match (following, rest.segment.until, start) {
                    (Following::Reported(left), Some(until), Some(start)) => {
                        Density::new(left, until.abs_diff(start))
                    }
                    _ => page.density.after(count, keys, planner.page()),
                };
                rest.is_density_own = true;
                if is_last {
                    let page = planner.page();
                    self.pass_on(index, |density| density.after(count, keys, page));
                }
            }
        }
        if is_last {
            return None;
        }
        self.insert_rest(index, rest);
        start
    }

    /// Inserts a segment, joined with the next one if that is not requested yet.
    fn insert_rest(&mut self, index: usize, mut rest: PageRequest) {
        let next = self.requests.get(index);
        if rest.segment.until.is_some() && next.is_some_and(PageRequest::is_waiting) {
            let next = self.requests.remove(index);
            rest.segment.until = next.and_then(|next| next.segment.until);
        }
        self.requests.insert(index, rest);
    }

    /// Passes what a page shows about the density of keys on to the next segment that is not requested yet.
    fn pass_on(&mut self, index: usize, after: impl FnOnce(Density) -> Density) {
        let mut later = self.requests.iter_mut().skip(index);
        let next = later.find(|request| request.is_waiting());
        if let Some(next) = next.filter(|next| !next.is_density_own) {
            next.density = after(next.density);
        }
    }
}

#[cfg(test)]
mod tests;
