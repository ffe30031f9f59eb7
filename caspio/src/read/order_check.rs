//! Checks that records come in the order of a read that is sorted by columns, as far as that can be known.
//!
//! How the service compares texts depends on its collation, and a value may be shown with fewer digits than it
//! has. So only clear contradictions count: a smaller number after a greater one, or the same record again.

use super::cursor::{Cursor, Value};
use super::plan::Plan;
use crate::decode::{KEY_ORDERS, follows};
use crate::filter::OrderTerm;
use crate::record::Key;
use crate::value::reduced;
use caspio_schema::Kind;
use std::cmp::Ordering;
use std::collections::HashSet;

/// How many records are remembered to recognize one that comes again: a few megabytes.
const REMEMBERED: usize = 100_000;

/// What is known about the records that came.
#[derive(Debug, Default)]
pub(super) struct OrderCheck {
    seen: HashSet<u64>,
    /// The orders of keys that the keys contradict.
    excluded: [bool; KEY_ORDERS.len()],
}

impl OrderCheck {
    /// Notes that the keys contradict one of the orders of keys.
    pub(super) fn exclude(&mut self, order: usize) {
        self.excluded[order] = true;
    }

    /// Whether the keys contradict all of the orders.
    pub(super) fn excludes_all(&self) -> bool {
        !self.excluded.contains(&false)
    }

    /// Returns why these records cannot follow the record before them, if they cannot.
    pub(super) fn violation(
        &mut self,
        records: &[Cursor],
        before: Option<&Cursor>,
        plan: &Plan,
    ) -> Option<String> {
        let terms = plan.terms();
        let descends = key_descends(plan);
        let mut last = before;
        for record in records {
            if let Some(last) = last
                && follows_in_order(record, last, &terms, descends) == Some(false)
            {
                return Some(contradiction(last, record));
            }
            last = Some(record);
        }
        // The first record of the read may have been delivered by an earlier read, which this one resumes.
        let first = before.and_then(|before| before.first);
        if let Some(record) = records
            .first()
            .filter(|record| first == Some(record.hash()))
        {
            return Some(came_twice(record));
        }
        self.repetition(records)
    }

    /// A record that was changed in the meantime may come again, with other values. A view may repeat a key, but its
    /// equal records come one after the other, and a page that begins inside them is an error of its own.
    fn repetition(&mut self, records: &[Cursor]) -> Option<String> {
        let mut page = HashSet::new();
        for record in records {
            let hash = record.hash();
            let is_again = !page.insert(hash) && !matches!(record.key, Some(Key::Text(_)));
            if is_again || self.seen.contains(&hash) {
                return Some(came_twice(record));
            }
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.extend(page);
        None
    }
}

fn came_twice(record: &Cursor) -> String {
    match &record.key {
        Some(key) => out_of_order(key, key),
        None => "a group came twice".to_owned(),
    }
}

fn contradiction(earlier: &Cursor, later: &Cursor) -> String {
    match (&earlier.key, &later.key) {
        (Some(earlier), Some(later)) => out_of_order(earlier, later),
        _ => "the groups came out of order".to_owned(),
    }
}

pub(super) fn out_of_order(earlier: &Key, later: &Key) -> String {
    if earlier == later {
        return format!("the record {later} came twice");
    }
    format!("the record {later} came after the record {earlier}, out of order")
}

/// Whether the key, the last term of the order, descends; groups have none.
fn key_descends(plan: &Plan) -> Option<bool> {
    (!plan.is_grouped()).then(|| plan.key_descends())
}

/// Whether a record certainly comes before another one.
pub(super) fn precedes(record: &Cursor, other: &Cursor, plan: &Plan) -> bool {
    let order = follows_in_order(record, other, &plan.terms(), key_descends(plan));
    record != other && order == Some(false)
}

/// Whether two records have the same values, apart from the last digits of numbers and from null for an empty text.
pub(super) fn are_alike(left: &Cursor, right: &Cursor) -> bool {
    have_values_of(left, right, |left, right| left == right)
}

/// Whether the service may take the values of two records for equal, such as texts that differ in case.
pub(super) fn may_be_equal(left: &Cursor, right: &Cursor) -> bool {
    have_values_of(left, right, |left, right| reduced(left) == reduced(right))
}

fn have_values_of(
    left: &Cursor,
    right: &Cursor,
    is_same_text: impl Fn(&str, &str) -> bool,
) -> bool {
    let mut values = left.values.iter().zip(&right.values);
    values.all(|values| match values {
        (Some(Value::Text(left)), Some(Value::Text(right))) => is_same_text(left, right),
        (None, Some(Value::Text(text))) | (Some(Value::Text(text)), None) => is_same_text(text, ""),
        (Some(Value::Float(left)), Some(Value::Float(right)))
        | (Some(Value::Number(left)), Some(Value::Number(right))) => {
            clearly(left.to_f64(), right.to_f64()).is_none()
        }
        (left, right) => left == right,
    })
}

/// Whether a record comes after another one; `None` if that cannot be known. Of two groups with the same values, none
/// comes after the other: they are one group.
fn follows_in_order(
    later: &Cursor,
    earlier: &Cursor,
    terms: &[OrderTerm],
    key_descends: Option<bool>,
) -> Option<bool> {
    for (index, term) in terms.iter().enumerate() {
        let (Some(left), Some(right)) = (later.values.get(index), earlier.values.get(index)) else {
            break;
        };
        let order = match compare_nulls(later, earlier, index) {
            Some(order) => order,
            None => compare(left.as_ref(), right.as_ref(), term.kind)?,
        };
        let order = if term.descending {
            order.reverse()
        } else {
            order
        };
        match order {
            Ordering::Greater => return Some(true),
            Ordering::Less => return Some(false),
            Ordering::Equal => {}
        }
    }
    let keys = later.key.as_ref().zip(earlier.key.as_ref());
    let (Some((later, earlier)), Some(key_descends)) = (keys, key_descends) else {
        return Some(false);
    };
    let (high, low) = if key_descends {
        (earlier, later)
    } else {
        (later, earlier)
    };
    // A view may repeat a key.
    let repeated = later == earlier && matches!(later, Key::Text(_));
    (!repeated).then(|| follows(high, low))
}

/// Compares two values of which it is known whether they are null, if one is null or both are blank.
fn compare_nulls(left: &Cursor, right: &Cursor, index: usize) -> Option<Ordering> {
    let is_null = |cursor: &Cursor| cursor.nulls.as_ref()?.get(index).copied();
    let is_blank = |cursor: &Cursor| match &cursor.values[index] {
        Some(Value::Text(text)) => text.trim_end_matches(' ').is_empty(),
        value => value.is_none(),
    };
    match (is_null(left)?, is_null(right)?) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
        (false, false) => (is_blank(left) && is_blank(right)).then_some(Ordering::Equal),
    }
}

/// Compares two values as the service does; `None` if that cannot be known, also for values that are shown
/// alike and may differ.
fn compare(left: Option<&Value>, right: Option<&Value>, kind: Kind) -> Option<Ordering> {
    match (left, right) {
        (Some(Value::Text(left)), Some(Value::Text(right))) => {
            let (left, right) = (left.trim_end_matches(' '), right.trim_end_matches(' '));
            match (left.is_empty(), right.is_empty()) {
                (true, true) => None,
                (false, false) => compare_texts(left, right),
                (false, true) => has_weight(left).then_some(Ordering::Greater),
                (true, false) => has_weight(right).then_some(Ordering::Less),
            }
        }
        (Some(Value::Text(text)), None) => has_weight(text).then_some(Ordering::Greater),
        (None, Some(Value::Text(text))) => has_weight(text).then_some(Ordering::Less),
        (Some(Value::Float(left)), Some(Value::Float(right))) => {
            clearly(left.to_f64(), right.to_f64())
        }
        (Some(Value::Number(left)), Some(Value::Number(right))) => {
            if left == right && left.is_integer() {
                return Some(Ordering::Equal);
            }
            clearly(left.to_f64(), right.to_f64())
        }
        (Some(Value::YesNo(left)), Some(Value::YesNo(right))) => Some(left.cmp(right)),
        (Some(Value::DateTime(left)), Some(Value::DateTime(right))) => {
            let moment = crate::value::wall_clock;
            Some(moment(left)?.cmp(&moment(right)?))
        }
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some(Ordering::Greater),
        (None, Some(_)) => Some(Ordering::Less),
        // Null and an empty text may be shown alike.
        (None, None) => (kind != Kind::Text).then_some(Ordering::Equal),
    }
}

/// Whether a text certainly comes after an empty one. Blanks at the end have no weight in a comparison, and neither
/// have emoji: facts `trailing-blanks-have-no-weight` and `emoji-have-no-weight`.
fn has_weight(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// Compares texts that are the same up to a digit: digits have the same order in every collation. Two GUIDs may be of a
/// column of texts or of GUIDs, which SQL Server compares from their last digits. It is inferred that Caspio stores a
/// GUID as such a column, fact `order-of-guids`.
fn compare_texts(left: &str, right: &str) -> Option<Ordering> {
    if left == right {
        return Some(Ordering::Equal);
    }
    if is_guid(left) && is_guid(right) {
        return None;
    }
    let mut pairs = left.bytes().zip(right.bytes());
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    let (left, right) = pairs.find(|(left, right)| left != right || !plain(left))?;
    let digits = left.is_ascii_digit() && right.is_ascii_digit() && left != right;
    digits.then(|| left.cmp(&right))
}

fn is_guid(text: &str) -> bool {
    let mut digits = text.bytes().filter(|byte| *byte != b'-');
    text.len() <= 36 && digits.clone().count() == 32 && digits.all(|b| b.is_ascii_hexdigit())
}

/// Compares two numbers that differ in more than their last digits.
fn clearly(left: f64, right: f64) -> Option<Ordering> {
    let difference = (left - right).abs();
    let is_clear = difference > 1e-12 * left.abs().max(right.abs());
    left.partial_cmp(&right).filter(|_| is_clear)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(later: (Option<Value>, i64), earlier: (Option<Value>, i64)) -> Option<bool> {
        let cursor = |(value, key)| Cursor {
            key: Some(Key::Id(key)),
            values: vec![value],
            ..Cursor::UNKNOWN
        };
        let term = OrderTerm {
            name: "A".to_owned(),
            descending: false,
            kind: Kind::Text,
            is_aggregate: false,
        };
        follows_in_order(&cursor(later), &cursor(earlier), &[term], Some(false))
    }

    fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.to_owned()))
    }

    fn float(digits: &str) -> Option<Value> {
        Some(Value::Float(digits.to_owned().try_into().expect("digits")))
    }

    #[test]
    fn known_nulls_are_compared() {
        let with_nulls = |value: Option<Value>, is_null: bool, key: i64| Cursor {
            key: Some(Key::Id(key)),
            values: vec![value],
            nulls: Some(vec![is_null]),
            ..Cursor::UNKNOWN
        };
        let term = OrderTerm {
            name: "A".to_owned(),
            descending: false,
            kind: Kind::Text,
            is_aggregate: false,
        };
        let after = |later: &Cursor, earlier: &Cursor| {
            follows_in_order(later, earlier, std::slice::from_ref(&term), Some(false))
        };
        // However the service shows them.
        for shown in [None, text("")] {
            let null = |key| with_nulls(shown.clone(), true, key);
            let empty = |key| with_nulls(shown.clone(), false, key);
            assert_eq!(after(&empty(3), &null(9)), Some(true));
            assert_eq!(after(&null(9), &empty(3)), Some(false));
            assert_eq!(after(&null(9), &null(3)), Some(true));
            assert_eq!(after(&null(3), &null(3)), Some(false));
            assert_eq!(after(&empty(3), &empty(9)), Some(false));
        }
    }

    #[test]
    fn only_clear_contradictions_count() {
        assert_eq!(after((float("2"), 1), (float("1"), 9)), Some(true));
        assert_eq!(after((float("1"), 9), (float("2"), 1)), Some(false));
        assert_eq!(after((float("1.0"), 9), (float("1.0"), 3)), None);
        assert_eq!(
            after((float("1.0"), 9), (float("1.0000000000000002"), 3)),
            None
        );
        assert_eq!(after((text("a"), 9), (text("b"), 3)), None);
        assert_eq!(after((text("a 1x"), 9), (text("a 10"), 3)), None);
        assert_eq!(after((text("a-1"), 9), (text("a-2"), 3)), None);
        assert_eq!(after((text("a 1"), 9), (text("a 2"), 3)), Some(false));
        assert_eq!(after((text("a"), 9), (text("a"), 3)), Some(true));
        assert_eq!(after((text("a"), 3), (text("a"), 9)), Some(false));
        let guid = |first| text(&format!("{first}f000000-0000-0000-0000-000000000001"));
        assert_eq!(after((guid('1'), 9), (guid('7'), 3)), None);
        assert_eq!(after((guid('1'), 3), (guid('1'), 9)), Some(false));
        assert_eq!(after((text("1f"), 9), (text("7f"), 3)), Some(false));
        assert_eq!(after((text(""), 9), (text("a"), 3)), Some(false));
        assert_eq!(after((text(""), 3), (None, 9)), None);
        assert_eq!(after((None, 9), (text("a"), 3)), Some(false));
        for weightless in [" ", "🟢", "🟢 "] {
            assert_eq!(after((text(""), 9), (text(weightless), 3)), None);
            assert_eq!(after((None, 9), (text(weightless), 3)), None);
        }
    }
}
