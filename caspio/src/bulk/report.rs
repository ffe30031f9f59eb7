//! What became of many rows.

use crate::write::errors::with_more_hint;
use caspio_core::{Error, Result};

/// What became of one row: its key, or why it has none.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client, rows: Vec<RecordMap>) {
/// let mut outcomes = caspio.table_named("Contacts").insert_many(&rows).outcomes();
/// while let Some(outcome) = outcomes.next().await {
///     match outcome.result {
///         Ok(key) => println!("row {}: record {key}", outcome.index),
///         Err(error) => println!("row {}: {error}", outcome.index),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome<K> {
    /// The row's place in what was handed over, from 0.
    pub index: usize,
    /// The new record's key.
    ///
    /// An error that [may have been applied](Error::maybe_applied) is one whose answer was lost:
    /// [`sent`](Error::sent) has the row.
    pub result: Result<K>,
}

/// What became of every row of an insert of many, in the order of the rows.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
/// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
/// println!("{} inserted", report.keys().count());
/// for (index, error) in report.failed() {
///     println!("row {index}: {error}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "some rows may have failed"]
pub struct InsertReport<K> {
    outcomes: Vec<Result<K>>,
}

impl<K> InsertReport<K> {
    pub(crate) fn new() -> Self {
        Self {
            outcomes: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, outcome: Outcome<K>) {
        self.outcomes.push(outcome.result);
    }

    /// The keys of the records that were inserted, in the order of the rows.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
    /// let keys: Vec<i64> = report.keys().copied().collect();
    /// println!("{keys:?}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.outcomes.iter().flatten()
    }

    /// The rows of which no key is known, by their places from 0, and why. Those whose error
    /// [may have been applied](Error::maybe_applied) may be there all the same.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
    /// for (index, error) in report.failed() {
    ///     println!("row {index}: {error}, may be there: {}", error.maybe_applied());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn failed(&self) -> impl Iterator<Item = (usize, &Error)> {
        let outcomes = self.outcomes.iter().enumerate();
        outcomes.filter_map(|(index, outcome)| Some((index, outcome.as_ref().err()?)))
    }

    /// Each row's key or error, in the order of the rows.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
    /// for (row, outcome) in rows.iter().zip(report.iter()) {
    ///     println!("{row:?} has the key {:?}", outcome.as_ref().ok());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, Result<K>> {
        self.outcomes.iter()
    }

    /// How many rows there were.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
    /// println!("{} of {} rows inserted", report.keys().count(), report.len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there were no rows.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
    /// if report.is_empty() {
    ///     println!("there was nothing to insert");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Whether every row was inserted.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").insert_many(&rows).await?;
    /// if !report.is_complete() {
    ///     println!("{} rows failed", report.failed().count());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(Result::is_ok)
    }

    /// All keys, in the order of the rows.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, rows: Vec<RecordMap>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let keys: Vec<i64> = contacts.insert_many(&rows).await?.into_result()?;
    /// println!("{keys:?}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The first row's that failed, saying how many there are.
    pub fn into_result(self) -> Result<Vec<K>> {
        let (failed, all) = (self.failed().count(), self.len());
        let outcomes = self.outcomes.into_iter().enumerate();
        outcomes
            .map(|(index, outcome)| {
                outcome.map_err(|error| {
                    with_more_hint(
                        error,
                        &format!("{failed} of {all} rows failed, row {index} first"),
                    )
                })
            })
            .collect()
    }
}

impl<K> IntoIterator for InsertReport<K> {
    type Item = Result<K>;
    type IntoIter = std::vec::IntoIter<Result<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.outcomes.into_iter()
    }
}

impl<'r, K> IntoIterator for &'r InsertReport<K> {
    type Item = &'r Result<K>;
    type IntoIter = std::slice::Iter<'r, Result<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
