//! How a table is cut into segments of keys that are read at once.

use super::density::Density;
use super::fill::Fill;
use super::key_range::KeyRange;
use super::key_segments::KeySegment;

/// Plans how a table is cut into segments, each of which one call is likely to read.
///
/// Without gaps a segment is exactly one full page. With gaps it is planned a little smaller, so that few
/// segments take two calls.
///
/// Caspio bills every call, so a read may make 15 % more calls than one page by page would, and one for
/// the range of keys. A segment with an end can waste one call: the last call for it may return nothing. A
/// segment without an end wastes none. So a segment is cut only if the budget would suffice even if all
/// segments with an end wasted their call.
#[derive(Debug)]
pub(super) struct RangePlanner {
    keys: KeyRange,
    /// Whether the last key is unknown.
    is_open: bool,
    /// The most records that one call returns.
    page: u16,
    /// How many records are left to read.
    records: u64,
    /// How many more calls may be wasted.
    budget: f64,
    fill: Fill,
}

/// How many more calls a read may make, as a fraction of those it would make page by page.
const EXTRA_CALLS: f64 = 0.15;

impl RangePlanner {
    /// Creates a planner for a read of these keys, or of the first of them if it has a limit.
    pub(super) fn new(keys: KeyRange, page: u16, limit: Option<u64>) -> Self {
        let records = keys.count.min(limit.unwrap_or(u64::MAX));
        let pages = records as f64 / f64::from(page);
        let most_calls = ((1.0 + EXTRA_CALLS) * pages.ceil()).floor();
        Self {
            keys,
            is_open: false,
            page,
            records,
            budget: most_calls - pages,
            fill: Fill::at_first(),
        }
    }

    /// Creates a planner for a read whose first page has these keys, as if all keys were in use as densely, and
    /// reports this many records; `None` if it may waste too few calls to read that many at once.
    pub(super) fn from_page(
        page_keys: KeyRange,
        total: u64,
        page: u16,
        limit: Option<u64>,
        concurrency: usize,
    ) -> Option<Self> {
        let span = page_keys.high.abs_diff(page_keys.low) as f64 + 1.0;
        let keys = total as f64 * span / page_keys.count.max(1) as f64;
        let range = KeyRange {
            // The conversion of a greater number ends at the greatest key.
            high: page_keys.low.saturating_add(keys as i64 - 1),
            count: total,
            ..page_keys
        };
        let planner = Self {
            is_open: true,
            ..Self::new(range, page, limit)
        };
        planner
            .can_waste(concurrency.saturating_add(1))
            .then_some(planner)
    }

    /// Subtracts the records that were read before the range was known.
    pub(super) fn after_records(self, read: u64) -> Self {
        Self {
            records: self.records.saturating_sub(read),
            ..self
        }
    }

    /// Returns the density of the whole range. What is known of one part of it has more weight.
    pub(super) fn average(&self) -> Density {
        let span = self.keys.high.abs_diff(self.keys.low).saturating_add(1);
        Density::new(self.keys.count, span).as_average(self.page)
    }

    /// Whether this many calls can be wasted without exceeding the budget.
    pub(super) fn can_waste(&self, calls: usize) -> bool {
        let span = self.keys.high.abs_diff(self.keys.low);
        // Without any gap, no call can return an empty page.
        let may_have_gaps = self.is_open || self.keys.count <= span;
        !may_have_gaps || self.budget >= calls as f64
    }

    /// Returns the key that a segment is to be cut after; `None` to read it whole.
    ///
    /// `ends` is the number of segments with an end that are not read completely yet, and `unrecorded` the
    /// number of calls for other segments whose pages are not recorded yet.
    pub(super) fn cut(
        &self,
        segment: &KeySegment,
        density: Density,
        ends: usize,
        unrecorded: usize,
    ) -> Option<i64> {
        let page = f64::from(self.page);
        let left = self.records as f64 - unrecorded as f64 * page;
        // One call can read what is left. Where a full page is expected, the call after it can be made at the
        // same time.
        let is_last = left <= page && (density.has_gaps() || left < page || !self.is_open);
        if is_last || !self.can_waste(ends + 1) {
            return None;
        }
        let low = segment.low()?;
        let end = segment.until.unwrap_or(self.last_key());
        let mut width = density.width(self.page);
        if density.has_gaps() {
            // A page's number of keys holds no more than a page of records.
            width = (self.fill.fraction() * width).max(page);
            if segment.until.is_some() {
                // Equal parts leave no small rest.
                let span = end.abs_diff(low) as f64;
                width = span / (span / width).ceil();
            }
        }
        // The conversion of a greater number ends at the greatest key.
        let key = low.saturating_add(width as i64);
        (low < key && key < end).then_some(key)
    }

    /// Records that a call returned `count` records of a segment, up to the key `last` if more may follow.
    /// `density` is what the segment was cut by. Returns how many keys these records are from.
    pub(super) fn record_page(
        &mut self,
        segment: &KeySegment,
        density: Density,
        count: usize,
        last: Option<i64>,
    ) -> u64 {
        self.records = self.records.saturating_sub(count as u64);
        let low = segment.low().unwrap_or(self.keys.low.saturating_sub(1));
        let end = last.or(segment.until).unwrap_or(self.keys.high);
        let keys = end.abs_diff(low);
        if segment.until.is_some() {
            let page = f64::from(self.page);
            self.budget -= 1.0 - count as f64 / page;
            if density.has_gaps() {
                self.fill
                    .record((count as f64 - density.expected(keys)) / page);
            }
        }
        keys
    }

    /// Whether this key is the last one: no record was above it when the range was read.
    pub(super) fn is_end(&self, key: i64) -> bool {
        key >= self.last_key()
    }

    /// Returns the greatest key, as far as it is known.
    fn last_key(&self) -> i64 {
        if self.is_open {
            i64::MAX
        } else {
            self.keys.high
        }
    }

    pub(super) fn page(&self) -> u16 {
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::cursor::Cursor;
    use crate::record::Key;

    fn planner(low: i64, high: i64, count: u64) -> RangePlanner {
        RangePlanner::new(KeyRange { low, high, count }, 1000, None)
    }

    fn segment(low: i64, until: Option<i64>) -> KeySegment {
        KeySegment {
            after: Some(Cursor::at_key(&Key::Id(low))),
            until,
        }
    }

    fn cut(planner: &RangePlanner, segment: &KeySegment) -> Option<i64> {
        planner.cut(segment, planner.average(), 0, 0)
    }

    #[test]
    fn keys_without_gaps_are_cut_into_full_pages() {
        let planner = planner(1, 3500, 3500);

        assert_eq!(cut(&planner, &segment(1000, None)), Some(2000));
        assert_eq!(cut(&planner, &segment(3000, None)), None);
    }

    #[test]
    fn half_as_dense_keys_make_segments_nearly_twice_as_wide() {
        let planner = planner(1, 40_000, 20_000);

        assert_eq!(cut(&planner, &segment(0, None)), Some(1862));
    }

    #[test]
    fn a_segment_with_an_end_is_cut_into_equal_parts() {
        let planner = planner(1, 40_000, 20_000);

        assert_eq!(cut(&planner, &segment(0, Some(6000))), Some(1500));
    }

    #[test]
    fn what_one_call_can_read_is_not_cut() {
        let planner = planner(1, 1_000_000, 20_000).after_records(19_000);

        assert_eq!(cut(&planner, &segment(10, None)), None);
    }

    #[test]
    fn nothing_is_cut_once_the_budget_is_spent() {
        let mut planner = planner(1, 1_000_000, 20_000);
        let empty = segment(10, Some(20));

        for _ in 0..3 {
            planner.record_page(&empty, planner.average(), 0, None);
        }

        assert_eq!(cut(&planner, &segment(20, None)), None);
    }
}
