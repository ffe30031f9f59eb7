//! The keys of a page, and whether they are in order.

use crate::record::{Key, ObjectKind};
use std::cmp::Ordering;

/// The keys of a page's rows, in their order.
#[derive(Debug, Default)]
pub(crate) struct KeyRun {
    pub(crate) first: Option<Key>,
    pub(crate) last: Option<Key>,
    /// How many rows have no key.
    pub(crate) missing: usize,
    /// A key that is not one of a table or view.
    pub(super) malformed: Option<Key>,
    /// The first key, in each order of keys, that is higher than the one before it.
    ascent: [Option<(Key, Key)>; 2],
    /// The first key that is lower than the one before it.
    descent: [Option<(Key, Key)>; 2],
    repeated: Option<Key>,
}

/// The orders that the keys of a view may have.
///
/// It is not documented whether the service sorts them, numbers joined by commas, as texts or as numbers: fact
/// `order-of-view-keys`. The keys of a table are numbers.
pub(crate) const KEY_ORDERS: [fn(&Key, &Key) -> Ordering; 2] = [Key::cmp, by_numbers];

impl KeyRun {
    /// Appends the key of the next row.
    #[inline]
    pub(crate) fn push(&mut self, key: Option<Key>, kind: ObjectKind) {
        let key = match key.map(|key| key.in_form_of(kind)) {
            Some(Ok(key)) => key,
            Some(Err(malformed)) => {
                self.malformed = Some(malformed);
                return;
            }
            None => {
                self.missing += 1;
                return;
            }
        };
        match (&self.last, &key) {
            // The usual order, checked first.
            (Some(Key::Id(last)), Key::Id(id)) if id > last && self.ascent[0].is_some() => {}
            (Some(last), _) => self.compare(last.clone(), &key),
            (None, _) => self.first = Some(key.clone()),
        }
        self.last = Some(key);
    }

    fn compare(&mut self, last: Key, key: &Key) {
        for (index, order) in KEY_ORDERS.iter().enumerate() {
            let first = match order(key, &last) {
                Ordering::Less => &mut self.descent[index],
                Ordering::Greater => &mut self.ascent[index],
                Ordering::Equal => continue,
            };
            first.get_or_insert_with(|| (last.clone(), key.clone()));
        }
        if last == *key {
            self.repeated = Some(last);
        }
    }

    /// Returns two keys of neighbouring rows that are not in one of the [orders](KEY_ORDERS). A table's keys
    /// are unique; a view may repeat one, if its records are joined by other columns than keys.
    pub(crate) fn disorder(&self, order: usize, descends: bool) -> Option<(Key, Key)> {
        let repeated = self.repeated.iter().find(|key| matches!(key, Key::Id(_)));
        let repeated = repeated.map(|key| (key.clone(), key.clone()));
        let against = if descends {
            &self.ascent
        } else {
            &self.descent
        };
        repeated.or_else(|| against[order].clone())
    }
}

/// Whether one key can come after another in ascending order.
pub(crate) fn follows(later: &Key, earlier: &Key) -> bool {
    let after = |order: &fn(&Key, &Key) -> Ordering| order(later, earlier) == Ordering::Greater;
    KEY_ORDERS.iter().any(after)
}

fn by_numbers(left: &Key, right: &Key) -> Ordering {
    match (left, right) {
        (Key::Text(left), Key::Text(right)) => numbers(left).cmp(numbers(right)),
        _ => left.cmp(right),
    }
}

fn numbers(key: &str) -> impl Iterator<Item = u64> {
    key.split(',').map(|part| part.trim().parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<K: Into<Key>>(kind: ObjectKind, keys: impl IntoIterator<Item = K>) -> KeyRun {
        let mut run = KeyRun::default();
        for key in keys {
            run.push(Some(key.into()), kind);
        }
        run
    }

    #[test]
    fn keys_of_a_table_ascend_strictly() {
        let table = |keys: &[i64]| run(ObjectKind::Table, keys.to_vec());
        let pair = |a: i64, b: i64| Some((Key::Id(a), Key::Id(b)));
        assert_eq!(table(&[1, 2, 30]).disorder(0, false), None);
        assert_eq!(table(&[30, 2, 1]).disorder(0, true), None);
        assert_eq!(table(&[1, 3, 4, 2, 5]).disorder(0, false), pair(4, 2));
        assert_eq!(table(&[1, 3, 3]).disorder(0, false), pair(3, 3));
        assert_eq!(table(&[3, 1, 2]).disorder(0, true), pair(1, 2));
    }

    #[test]
    fn keys_of_a_view_ascend_as_texts_or_as_numbers() {
        let sorted = |keys: &[&str]| {
            let run = run(ObjectKind::View, keys.to_vec());
            [0, 1].map(|order| run.disorder(order, false).is_none())
        };
        assert_eq!(sorted(&["1,9", "10,1", "2,1"]), [true, false]);
        assert_eq!(sorted(&["1,9", "2,1", "10,1"]), [false, true]);
        assert_eq!(sorted(&["2,1", "2,1"]), [true, true]);
        assert_eq!(sorted(&["3,1", "2,1"]), [false, false]);
    }

    #[test]
    fn rows_without_a_key_are_counted() {
        let mut run = run(ObjectKind::Table, [1]);
        run.push(None, ObjectKind::Table);
        assert_eq!((run.missing, run.last), (1, Some(Key::Id(1))));
    }
}
