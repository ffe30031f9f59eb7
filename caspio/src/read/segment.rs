//! A stretch of a table's keys, and how a table is cut into such stretches.

use super::mark::Mark;
use super::scout::Keys;
use crate::record::Key;

/// The records after a mark, up to a key where there is an end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Segment {
    pub(super) after: Option<Mark>,
    pub(super) until: Option<i64>,
}

impl Segment {
    /// The keys above `low`, up to `high` where there is an end.
    fn keys(low: i64, high: Option<i64>) -> Self {
        Self {
            after: Some(Mark {
                key: Some(Key::Id(low)),
                values: Vec::new(),
            }),
            until: high,
        }
    }

    /// The key before its first.
    pub(super) fn low(&self) -> Option<i64> {
        match self.after.as_ref()?.key {
            Some(Key::Id(low)) => Some(low),
            _ => None,
        }
    }

    /// Whether no key is left in it.
    pub(super) fn is_empty(&self) -> bool {
        self.until.is_some() && self.until <= self.low()
    }
}

/// Cuts the rest of a table into segments that one call each can bring.
///
/// The width follows the density of keys that the last segments showed: with no gaps a segment is
/// exactly one full page, with gaps it aims a little below, so that few segments take two calls.
/// Where keys are missing in large stretches the width doubles until records come again.
///
/// Calls are money: a read may spend 15 % more of them than one that goes page by page. As that
/// budget is used up, fewer segments are read at once, in the end one.
#[derive(Debug)]
pub(super) struct Ranges {
    next: i64,
    high: i64,
    width: u64,
    /// How many records one call brings at most.
    page: u16,
    /// Whether no key is missing, so that no call can be wasted.
    dense: bool,
    /// How many calls may still bring nothing.
    budget: f64,
    /// The open end after the highest key was handed out.
    ended: bool,
    /// The first page is still on its way; what follows it is cut when its last key is known.
    first_page_pending: bool,
}

/// How full a page is meant to be when keys have gaps.
const FILL: f64 = 0.93;
/// How many more calls a read may spend, as a part of those it would make page by page.
const EXTRA_CALLS: f64 = 0.15;

impl Ranges {
    /// For these keys, and so many records a call.
    pub(super) fn new(keys: Keys, page: u16) -> Self {
        let span = keys.high.abs_diff(keys.low).saturating_add(1);
        let pages = (keys.count as f64 / f64::from(page)).ceil();
        Self {
            next: keys.low.saturating_sub(1),
            high: keys.high,
            width: width_for(keys.count, span, page),
            page,
            dense: keys.count >= span,
            // The call that learnt the range is spent already.
            budget: EXTRA_CALLS * pages - 1.0,
            ended: false,
            first_page_pending: false,
        }
    }

    /// Waits for the first page, which was asked for together with the range of keys.
    pub(super) fn after_first_page(self) -> Self {
        Self {
            first_page_pending: true,
            ..self
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.ended
    }

    /// How many segments may be read at once, of `most` that the user allows.
    pub(super) fn window(&self, most: usize) -> usize {
        if self.dense {
            return most;
        }
        most.min(1 + self.budget.max(0.0) as usize)
    }

    /// The next segment. The last one has no end, so that records added meanwhile are read as well;
    /// nor has one that is read alone, which wastes nothing.
    pub(super) fn next(&mut self, alone: bool) -> Option<Segment> {
        if self.ended || self.first_page_pending {
            return None;
        }
        let low = self.next;
        let width = i64::try_from(self.width).unwrap_or(i64::MAX);
        let high = low.saturating_add(width);
        // A full last page is followed by a call for what was added meanwhile, which need not wait.
        let full = self.dense && high == self.high;
        if alone || (high >= self.high && !full) {
            self.ended = true;
            return Some(Segment::keys(low, None));
        }
        self.next = high;
        Some(Segment::keys(low, Some(high)))
    }

    /// Takes note of the first page: what follows its last key is cut, if there is more.
    fn begin_after(&mut self, last: Option<i64>) -> bool {
        self.first_page_pending = false;
        match last {
            Some(last) => self.next = last,
            None => self.ended = true,
        }
        last.is_some()
    }

    /// Takes note that a call brought `count` records of a segment, up to `last` if there are more.
    ///
    /// Returns whether the rest of the segment is taken back, to be cut anew.
    pub(super) fn learn(&mut self, segment: &Segment, count: u64, last: Option<i64>) -> bool {
        self.budget -= 1.0 - count as f64 / f64::from(self.page);
        if self.first_page_pending {
            return self.begin_after(last);
        }
        let Some(low) = segment.low() else {
            return false;
        };
        let end = last.or(segment.until);
        if let Some(seen) = end.map(|end| end.abs_diff(low)).filter(|seen| *seen > 0) {
            self.width = match count {
                0 => self.width.saturating_mul(2),
                some => width_for(some, seen, self.page),
            };
        }
        let at_frontier = match segment.until {
            Some(until) => until == self.next,
            None => self.ended,
        };
        match last {
            Some(last) if at_frontier => {
                self.next = last;
                self.ended = false;
                true
            }
            _ => false,
        }
    }
}

fn width_for(count: u64, span: u64, page: u16) -> u64 {
    if count >= span {
        return u64::from(page);
    }
    let keys_per_record = span as f64 / count.max(1) as f64;
    (FILL * f64::from(page) * keys_per_record).max(f64::from(page)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(low: i64, high: i64, count: u64) -> Ranges {
        Ranges::new(Keys { low, high, count }, 1000)
    }

    fn ends(mut ranges: Ranges) -> Vec<Option<i64>> {
        std::iter::from_fn(|| ranges.next(false))
            .map(|segment| segment.until)
            .collect()
    }

    #[test]
    fn keys_without_gaps_are_cut_into_full_pages() {
        assert_eq!(
            ends(ranges(1, 3500, 3500)),
            [Some(1000), Some(2000), Some(3000), None]
        );
    }

    #[test]
    fn a_full_last_page_is_followed_by_one_for_what_was_added_meanwhile() {
        assert_eq!(ends(ranges(1, 2000, 2000)), [Some(1000), Some(2000), None]);
    }

    #[test]
    fn the_last_segment_has_no_end() {
        assert_eq!(ends(ranges(5, 9, 5)), [None]);
    }

    #[test]
    fn half_as_dense_keys_make_segments_nearly_twice_as_wide() {
        assert_eq!(ends(ranges(1, 4000, 2000))[0], Some(1860));
    }

    #[test]
    fn an_empty_stretch_doubles_the_width() {
        let mut ranges = ranges(1, 1_000_000, 900_000);
        let width = ranges.width;
        let first = ranges.next(false).expect("a segment");

        ranges.learn(&first, 0, None);

        assert_eq!(ranges.width, 2 * width);
    }

    #[test]
    fn the_rest_of_a_segment_at_the_frontier_is_cut_anew() {
        let mut ranges = ranges(1, 10_000, 5_000);
        let first = ranges.next(false).expect("a segment");

        assert!(ranges.learn(&first, 1000, Some(1000)));

        assert_eq!(ranges.next(false), Some(Segment::keys(1000, Some(2000))));
    }

    #[test]
    fn wasted_calls_narrow_the_window() {
        let mut ranges = ranges(1, 1_000_000, 40_000);
        assert_eq!(ranges.window(16), 6);
        let first = ranges.next(false).expect("a segment");

        for _ in 0..5 {
            ranges.learn(&first, 0, None);
        }

        assert_eq!(ranges.window(16), 1);
    }
}
