//! The values that a column of numbers or dates can have among the texts that it is compared with.

use super::condition::Ranges;
use crate::filter::Operator;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// The values of a column for which texts are converted to numbers.
pub(super) struct NumberValues {
    pub(super) values: Vec<f64>,
    /// The number of its first value among all of the scale.
    start: usize,
    numbers: HashMap<String, f64>,
}

impl NumberValues {
    /// Returns the values; `None` if one of the texts has no such number, for which the service reports an error.
    /// Numbers of a range are whole.
    pub(super) fn new(
        texts: &BTreeSet<String>,
        number: impl Fn(&str) -> Option<f64>,
        range: Option<(f64, f64)>,
        start: usize,
    ) -> Option<Self> {
        let numbers = texts.iter();
        let numbers = numbers.map(|text| Some((text.clone(), number(text)?)));
        let numbers: HashMap<String, f64> = numbers.collect::<Option<_>>()?;
        let all = numbers.values().copied();
        let mut values = match range {
            Some(range) => {
                let near = all.flat_map(|number| [number - 1.0, number, number + 1.0]);
                within(range, near.collect())
            }
            None => around(all.collect()),
        };
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        Some(Self {
            values,
            start,
            numbers,
        })
    }

    pub(super) fn compared(&self, operator: Operator, text: &str) -> Ranges {
        let Some(number) = self.numbers.get(text) else {
            return Vec::new();
        };
        let start = self.values.partition_point(|value| value < number);
        let end = self.values.partition_point(|value| value <= number);
        let count = self.values.len();
        let ranges = match operator {
            Operator::Ne => vec![0..start, end..count],
            operator => vec![ordered_range(operator, start..end, count)],
        };
        let ranges = ranges.into_iter().filter(|range| !range.is_empty());
        ranges
            .map(|range| range.start + self.start..range.end + self.start)
            .collect()
    }
}

/// Returns the values that compare like this with a range of equal ones.
pub(super) fn ordered_range(operator: Operator, equal: Range<usize>, count: usize) -> Range<usize> {
    match operator {
        Operator::Lt => 0..equal.start,
        Operator::Le => 0..equal.end,
        Operator::Gt => equal.end..count,
        Operator::Ge => equal.start..count,
        Operator::Eq | Operator::Ne => equal,
    }
}

/// Each number, and a value before, between and after them.
pub(super) fn around(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.dedup();
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
        return vec![0.0, 1.0];
    };
    // A large number plus 1 is the same float.
    let before = (first - 1.0).min(first.next_down());
    let mut values = vec![before, (last + 1.0).max(last.next_up())];
    let between = numbers.windows(2);
    values.extend(between.map(|pair| f64::midpoint(pair[0], pair[1])));
    values.extend(&numbers);
    values
}

/// The values of a range, with its first and last.
pub(super) fn within((first, last): (f64, f64), values: Vec<f64>) -> Vec<f64> {
    let values = values.into_iter();
    let values = values.filter(|value| (first..=last).contains(value));
    values.chain([first, last]).collect()
}
