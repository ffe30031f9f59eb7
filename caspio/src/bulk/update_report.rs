//! What an update of many did.

use crate::write::errors::with_more_hint;
use caspio_core::{Error, Result};

/// What became of every key of an update of many, in the order of the keys.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
/// let report = caspio.table_named("Contacts").update_many(changes).await?;
/// println!("{} updated", report.updated().count());
/// for (key, error) in report.failed() {
///     println!("{key}: {error}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "some records may not have been updated"]
pub struct UpdateReport<K> {
    pub(crate) outcomes: Vec<(K, Result<()>)>,
}

impl<K> UpdateReport<K> {
    /// The keys of the records that were updated, in the order in which they came.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").update_many(changes).await?;
    /// let keys: Vec<i64> = report.updated().copied().collect();
    /// println!("{keys:?}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn updated(&self) -> impl Iterator<Item = &K> {
        self.iter()
            .filter_map(|(key, result)| result.is_ok().then_some(key))
    }

    /// The keys that were not, and why: `NotFound` where there is no such record.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").update_many(changes).await?;
    /// for (key, error) in report.failed() {
    ///     if error.kind() == caspio::ErrorKind::NotFound {
    ///         println!("there is no record {key}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn failed(&self) -> impl Iterator<Item = (&K, &Error)> {
        self.iter()
            .filter_map(|(key, result)| Some((key, result.as_ref().err()?)))
    }

    /// Each key's fate, in the order in which they came.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").update_many(changes).await?;
    /// for (key, result) in report.iter() {
    ///     println!("{key} was updated: {}", result.is_ok());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Result<()>)> {
        self.outcomes.iter().map(|(key, result)| (key, result))
    }

    /// How many keys there were, each counted once.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").update_many(changes).await?;
    /// println!("{} of {} updated", report.updated().count(), report.len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there were no keys.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").update_many(changes).await?;
    /// if report.is_empty() {
    ///     println!("there was nothing to update");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Whether every record was updated.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").update_many(changes).await?;
    /// if !report.is_complete() {
    ///     println!("{} records failed", report.failed().count());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(|(_, result)| result.is_ok())
    }

    /// How many records were updated, when all were.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let updated: u64 = contacts.update_many(changes).await?.into_result()?;
    /// println!("{updated} updated");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The first key's that failed, saying how many there are.
    pub fn into_result(self) -> Result<u64> {
        let (failed, all) = (self.failed().count(), self.len());
        let results = self.outcomes.into_iter().map(|(_, result)| result);
        results.collect::<Result<()>>().map_err(|error| {
            with_more_hint(
                error,
                &format!("{failed} of {all} records were not updated"),
            )
        })?;
        Ok(all as u64)
    }
}
