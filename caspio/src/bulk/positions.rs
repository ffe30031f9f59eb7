//! The positions of keys in the input of a write.

use crate::record::Key;
use std::collections::{BTreeMap, HashMap};

/// Where different keys are in the input.
pub(super) struct KeyPositions {
    first: HashMap<Key, usize>,
    /// The positions of keys that came before, with the index of the first one.
    pub(super) repeated: BTreeMap<usize, usize>,
}

impl KeyPositions {
    pub(super) fn of<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let mut first = HashMap::new();
        let mut repeated = BTreeMap::new();
        for (position, key) in keys.into_iter().enumerate() {
            let index = *first.entry(key.clone()).or_insert(position);
            if index != position {
                repeated.insert(position, index);
            }
        }
        Self { first, repeated }
    }

    /// The first position of a key.
    pub(super) fn index(&self, key: &Key) -> Option<usize> {
        self.first.get(key).copied()
    }
}
