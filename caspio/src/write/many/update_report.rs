//! What an update of many did.

use super::report::hinting;
use caspio_core::{Error, Result};

/// What became of every key of an update of many, in the order of the keys.
#[derive(Clone, Debug)]
#[must_use = "some records may not have been updated"]
pub struct UpdateReport<K> {
    pub(super) outcomes: Vec<(K, Result<()>)>,
}

impl<K> UpdateReport<K> {
    /// The keys of the records that were updated, in the order in which they came.
    pub fn updated(&self) -> impl Iterator<Item = &K> {
        self.iter()
            .filter_map(|(key, result)| result.is_ok().then_some(key))
    }

    /// The keys that were not, and why: `NotFound` where there is no such record.
    pub fn failed(&self) -> impl Iterator<Item = (&K, &Error)> {
        self.iter()
            .filter_map(|(key, result)| Some((key, result.as_ref().err()?)))
    }

    /// Each key's fate, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Result<()>)> {
        self.outcomes.iter().map(|(key, result)| (key, result))
    }

    /// How many keys there were, each counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there were no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Whether every record was updated.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(|(_, result)| result.is_ok())
    }

    /// How many records were updated, when all were.
    ///
    /// # Errors
    ///
    /// The first key's that failed, saying how many there are.
    pub fn into_result(self) -> Result<u64> {
        let (failed, all) = (self.failed().count(), self.len());
        let results = self.outcomes.into_iter().map(|(_, result)| result);
        results.collect::<Result<()>>().map_err(|error| {
            hinting(
                error,
                &format!("{failed} of {all} records were not updated"),
            )
        })?;
        Ok(all as u64)
    }
}
