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

    /// How many keys it spans, where that is known.
    pub(super) fn width(&self) -> Option<u64> {
        let Some(Mark {
            key: Some(Key::Id(low)),
            ..
        }) = &self.after
        else {
            return None;
        };
        u64::try_from(self.until?.checked_sub(*low)?).ok()
    }
}

/// Cuts the rest of a table into segments that one call each can bring.
///
/// The width follows the density of keys that the last segments showed: with no gaps a segment is
/// exactly one full page, with gaps it aims a little below, so that few segments take two calls.
/// Where keys are missing in large stretches the width doubles until records come again.
#[derive(Debug)]
pub(super) struct Ranges {
    next: i64,
    high: i64,
    width: u64,
    /// How many records one call brings at most.
    page: u16,
    /// The open end after the highest key was handed out.
    ended: bool,
}

/// How full a page is meant to be when keys have gaps.
const FILL: f64 = 0.93;

impl Ranges {
    /// For these keys, and so many records a call.
    pub(super) fn new(keys: Keys, page: u16) -> Self {
        let span = keys.high.abs_diff(keys.low).saturating_add(1);
        Self {
            next: keys.low.saturating_sub(1),
            high: keys.high,
            width: width_for(keys.count, span, page),
            page,
            ended: false,
        }
    }

    /// The next segment; the last one has no end, so that records added meanwhile are read as well.
    pub(super) fn next(&mut self) -> Option<Segment> {
        if self.ended {
            return None;
        }
        let low = self.next;
        let width = i64::try_from(self.width).unwrap_or(i64::MAX);
        let high = low.saturating_add(width);
        if high >= self.high {
            self.ended = true;
            return Some(Segment::keys(low, None));
        }
        self.next = high;
        Some(Segment::keys(low, Some(high)))
    }

    /// Takes note that a stretch of `width` keys held `count` records.
    pub(super) fn learn(&mut self, width: u64, count: u64) {
        self.width = match count {
            0 => self.width.saturating_mul(2),
            some => width_for(some, width, self.page),
        };
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

    fn widths(mut ranges: Ranges) -> Vec<Option<u64>> {
        std::iter::from_fn(|| ranges.next())
            .map(|segment| segment.width())
            .collect()
    }

    #[test]
    fn keys_without_gaps_are_cut_into_full_pages() {
        assert_eq!(
            widths(ranges(1, 3500, 3500)),
            [Some(1000), Some(1000), Some(1000), None]
        );
    }

    #[test]
    fn the_last_segment_has_no_end() {
        assert_eq!(widths(ranges(5, 9, 5)), [None]);
    }

    #[test]
    fn half_as_dense_keys_make_segments_nearly_twice_as_wide() {
        assert_eq!(widths(ranges(1, 4000, 2000))[0], Some(1860));
    }

    #[test]
    fn an_empty_stretch_doubles_the_width() {
        let mut ranges = ranges(1, 1_000_000, 1_000_000);
        ranges.learn(1000, 0);
        assert_eq!(
            ranges.next().and_then(|segment| segment.width()),
            Some(2000)
        );
    }
}
