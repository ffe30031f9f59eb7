//! A set of keys.

use crate::record::Key;
use std::collections::{BTreeMap, HashSet};

/// Keys, of which most are consecutive.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    /// The first and the last number of each range.
    ranges: BTreeMap<i64, i64>,
    texts: HashSet<String>,
}

impl KeySet {
    /// Adds a key, and returns whether it is new.
    pub(crate) fn insert(&mut self, key: &Key) -> bool {
        let id = match key {
            Key::Id(id) => *id,
            Key::Text(text) => return self.texts.insert(text.clone()),
        };
        let (mut first, mut last) = (id, id);
        if let Some((start, end)) = self.range_before(id) {
            if end >= id {
                return false;
            }
            if end == id.saturating_sub(1) {
                first = start;
            }
        }
        if let Some(end) = self.ranges.remove(&id.saturating_add(1)) {
            last = end;
        }
        self.ranges.insert(first, last);
        true
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        match key {
            Key::Id(id) => self.range_before(*id).is_some_and(|(_, end)| end >= *id),
            Key::Text(text) => self.texts.contains(text),
        }
    }

    fn range_before(&self, id: i64) -> Option<(i64, i64)> {
        let range = self.ranges.range(..=id).next_back()?;
        Some((*range.0, *range.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_keys_are_one_range() {
        let mut keys = KeySet::default();
        for (id, is_new) in [
            (5, true),
            (3, true),
            (4, true),
            (9, true),
            (4, false),
            (10, true),
            (1, true),
        ] {
            assert_eq!(keys.insert(&Key::Id(id)), is_new, "{id}");
        }

        assert_eq!(keys.ranges, BTreeMap::from([(1, 1), (3, 5), (9, 10)]));
        for id in 0..12 {
            let expected = [1, 3, 4, 5, 9, 10].contains(&id);
            assert_eq!(keys.contains(&Key::Id(id)), expected, "{id}");
        }
    }
}
