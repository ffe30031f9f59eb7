//! A segment of a table's keys, and how a table is cut into segments that are read at once.

use super::cursor::Cursor;
use super::key_range::KeyRange;
use crate::record::Key;

/// The records after a cursor, up to and including a key if the segment has an end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct KeySegment {
    pub(super) after: Option<Cursor>,
    pub(super) until: Option<i64>,
}

impl KeySegment {
    /// Creates the segment of the keys above `low`, up to `high` if it has an end.
    fn keys(low: i64, high: Option<i64>) -> Self {
        Self {
            after: Some(Cursor {
                key: Some(Key::Id(low)),
                values: Vec::new(),
            }),
            until: high,
        }
    }

    /// Returns the key that all keys of the segment are above.
    pub(super) fn low(&self) -> Option<i64> {
        match self.after.as_ref()?.key {
            Some(Key::Id(low)) => Some(low),
            _ => None,
        }
    }

    /// Whether no key can be in the segment.
    pub(super) fn is_empty(&self) -> bool {
        self.until.is_some() && self.until <= self.low()
    }
}

/// Cuts a table into segments of keys, each of which one call can read.
///
/// The width follows the density of keys in the segments before. Without gaps a segment is exactly one
/// full page. With gaps it is planned a little smaller, so that few segments take two calls. After an
/// empty segment the width doubles.
///
/// Caspio bills every call, so a read may make 15 % more calls than one page by page would. As that
/// budget is used up, fewer segments are read at once, and in the end only one.
#[derive(Debug)]
pub(super) struct RangePlanner {
    /// The key after which the next segment starts.
    next: i64,
    high: i64,
    width: u64,
    /// The most records that one call returns.
    page: u16,
    /// Whether every key of the range is in use, so that no call can return an empty page.
    dense: bool,
    /// How many more calls may be wasted.
    budget: f64,
    /// Whether the last segment, which has no end, was handed out.
    ended: bool,
    /// Whether the first page was not read yet; the segments start after its last key.
    first_page_pending: bool,
}

/// How full a page is planned to be when keys have gaps.
const FILL: f64 = 0.93;
/// How many more calls a read may make, as a fraction of those it would make page by page.
const EXTRA_CALLS: f64 = 0.15;

impl RangePlanner {
    /// Creates a planner for these keys and this page size.
    pub(super) fn new(keys: KeyRange, page: u16) -> Self {
        let span = keys.high.abs_diff(keys.low).saturating_add(1);
        let pages = (keys.count as f64 / f64::from(page)).ceil();
        Self {
            next: keys.low.saturating_sub(1),
            high: keys.high,
            width: width_for(keys.count, span, page),
            page,
            dense: keys.count >= span,
            // The call that read the range is one of the extra calls.
            budget: EXTRA_CALLS * pages - 1.0,
            ended: false,
            first_page_pending: false,
        }
    }

    /// Starts after the first page, which was requested together with the range of keys.
    pub(super) fn after_first_page(self) -> Self {
        Self {
            first_page_pending: true,
            ..self
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.ended
    }

    /// Returns how many segments may be read at once, `most` being the user's limit.
    pub(super) fn window(&self, most: usize) -> usize {
        if self.dense {
            return most;
        }
        most.min(1 + self.budget.max(0.0) as usize)
    }

    /// Cuts off the next segment. The last one has no end, so that records that were inserted in the
    /// meantime are read too. A segment that is read alone has no end either, because it cannot waste a
    /// call.
    pub(super) fn next(&mut self, alone: bool) -> Option<KeySegment> {
        if self.ended || self.first_page_pending {
            return None;
        }
        let low = self.next;
        let width = i64::try_from(self.width).unwrap_or(i64::MAX);
        let high = low.saturating_add(width);
        // After a full last page another call reads the records inserted in the meantime; it can be sent
        // with the others.
        let full = self.dense && high == self.high;
        if alone || (high >= self.high && !full) {
            self.ended = true;
            return Some(KeySegment::keys(low, None));
        }
        self.next = high;
        Some(KeySegment::keys(low, Some(high)))
    }

    /// Starts after the last key of the first page, if there are more records.
    fn start_after(&mut self, last: Option<i64>) -> bool {
        self.first_page_pending = false;
        match last {
            Some(last) => self.next = last,
            None => self.ended = true,
        }
        last.is_some()
    }

    /// Records that a call returned `count` records of a segment, up to the key `last` if there are more.
    ///
    /// Returns whether the rest of the segment is planned again; otherwise the caller must read it.
    pub(super) fn record_page(
        &mut self,
        segment: &KeySegment,
        count: u64,
        last: Option<i64>,
    ) -> bool {
        self.budget -= 1.0 - count as f64 / f64::from(self.page);
        if self.first_page_pending {
            return self.start_after(last);
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

    fn ranges(low: i64, high: i64, count: u64) -> RangePlanner {
        RangePlanner::new(KeyRange { low, high, count }, 1000)
    }

    fn ends(mut ranges: RangePlanner) -> Vec<Option<i64>> {
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
    fn a_full_last_page_is_followed_by_one_for_new_records() {
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
    fn an_empty_range_doubles_the_width() {
        let mut ranges = ranges(1, 1_000_000, 900_000);
        let width = ranges.width;
        let first = ranges.next(false).expect("a segment");

        ranges.record_page(&first, 0, None);

        assert_eq!(ranges.width, 2 * width);
    }

    #[test]
    fn the_rest_of_the_last_segment_is_split_again() {
        let mut ranges = ranges(1, 10_000, 5_000);
        let first = ranges.next(false).expect("a segment");

        assert!(ranges.record_page(&first, 1000, Some(1000)));

        assert_eq!(ranges.next(false), Some(KeySegment::keys(1000, Some(2000))));
    }

    #[test]
    fn wasted_calls_narrow_the_window() {
        let mut ranges = ranges(1, 1_000_000, 40_000);
        assert_eq!(ranges.window(16), 6);
        let first = ranges.next(false).expect("a segment");

        for _ in 0..5 {
            ranges.record_page(&first, 0, None);
        }

        assert_eq!(ranges.window(16), 1);
    }
}
