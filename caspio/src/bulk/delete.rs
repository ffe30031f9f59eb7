//! Deleting many records by their keys.

use super::call_plan::{CallPlan, selector};
use crate::client::Client;
use crate::dialect::affected;
use crate::read::KeyBatch;
use crate::record::Key;
use crate::target::Target;
use crate::write::errors::with_more_hint;
use crate::write::key_lookup::KeyLookup;
use crate::write::update::named;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Result};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// A delete of many records by their keys. Awaiting it gives a report.
///
/// Up to 1,000 records go in a call through v4, else as many keys as an address takes, 200 or so, or 1,000
/// that follow each other. v4 is used whatever version the client speaks where that saves calls; the first
/// time that takes one more. A call whose answer is lost is repeated, since deleting twice is as good as
/// once.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table_named("Contacts");
/// let deleted = contacts.delete_many([7, 8, 9]).await?.into_result()?;
/// println!("{deleted} deleted");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Awaiting it fails as a whole, with nothing deleted, where it cannot be found out how to write to the
/// table, or which keys have a
/// record.
#[must_use = "a delete does nothing until it is awaited"]
pub struct DeleteMany<K> {
    plan: CallPlan,
    keys: Vec<Key>,
    find_missing: bool,
    key: PhantomData<fn() -> K>,
}

/// What a delete of many records did.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client, keys: Vec<i64>) -> caspio::Result<()> {
/// let report = caspio.table_named("Contacts").delete_many(keys).await?;
/// println!("{} deleted, {} were not there", report.deleted, report.not_there);
/// for (key, error) in &report.failed {
///     println!("{key}: {error}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "some records may not have been deleted"]
pub struct DeleteReport<K> {
    /// How many records were deleted, as Caspio counted them.
    pub deleted: u64,
    /// How many keys had no record. Where a call had to be repeated, this counts those as well that its
    /// first attempt deleted.
    pub not_there: u64,
    /// Those of them that are known: all after [`find_missing`](DeleteMany::find_missing), else those of
    /// calls that deleted nothing. What a call left out of others cannot be told afterwards.
    pub missing: Vec<K>,
    /// The keys whose call failed, and why; those whose error [may have been
    /// applied](Error::maybe_applied) may be gone.
    pub failed: Vec<(K, Error)>,
}

impl<K> DeleteMany<K> {
    pub(crate) fn new(client: &Client, target: &Target, keys: Vec<Key>) -> Self {
        Self {
            plan: CallPlan::new(client, target),
            keys,
            find_missing: false,
            key: PhantomData,
        }
    }

    /// How many calls are under way at once; 4 unless said.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, keys: Vec<i64>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let report = contacts.delete_many(keys).concurrency(2).await?;
    /// println!("{} deleted", report.deleted);
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.plan.concurrency = calls.max(1);
        self
    }

    /// Reads first which keys have a record, so that the report names those that have none. One call for
    /// every 200 keys or so; 1,000 that follow each other.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let report = contacts.delete_many([7, 8, 9]).find_missing().await?;
    /// println!("no such records: {:?}", report.missing);
    /// # Ok(())
    /// # }
    /// ```
    pub fn find_missing(mut self) -> Self {
        self.find_missing = true;
        self
    }
}

impl<K> DeleteReport<K> {
    /// Whether every key had a record that was deleted.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, keys: Vec<i64>) -> caspio::Result<()> {
    /// let report = caspio.table_named("Contacts").delete_many(keys).await?;
    /// if !report.is_complete() {
    ///     println!("{} were not there, {} failed", report.not_there, report.failed.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_there == 0 && self.failed.is_empty()
    }

    /// How many records were deleted, when no call failed.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, keys: Vec<i64>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let deleted: u64 = contacts.delete_many(keys).await?.into_result()?;
    /// println!("{deleted} deleted");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The first key's that failed, saying how many there are.
    pub fn into_result(self) -> Result<u64> {
        let failed = self.failed.len();
        match self.failed.into_iter().next() {
            None => Ok(self.deleted),
            Some((_, error)) => {
                let hint = format!(
                    "{failed} keys failed, {} records were deleted",
                    self.deleted
                );
                Err(with_more_hint(error, &hint))
            }
        }
    }
}

impl<K: TryFrom<Key> + Send + 'static> IntoFuture for DeleteMany<K> {
    type Output = Result<DeleteReport<K>>;
    type IntoFuture = BoxFuture<'static, Result<DeleteReport<K>>>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let done = delete(self.plan, self.keys, self.find_missing).await?;
            let typed = |key: Key| K::try_from(key).ok();
            let failed = done.failed.into_iter();
            Ok(DeleteReport {
                deleted: done.deleted,
                not_there: done.not_there,
                missing: done.missing.into_iter().filter_map(typed).collect(),
                failed: failed
                    .filter_map(|(key, error)| Some((typed(key)?, error)))
                    .collect(),
            })
        }
        .boxed()
    }
}

/// Deletes the records with these keys.
pub(crate) async fn delete(
    mut plan: CallPlan,
    mut keys: Vec<Key>,
    find_missing: bool,
) -> Result<DeleteReport<Key>> {
    let mut report = DeleteReport {
        deleted: 0,
        not_there: 0,
        missing: Vec::new(),
        failed: Vec::new(),
    };
    if find_missing && !keys.is_empty() {
        keys.sort();
        keys.dedup();
        let lookup = KeyLookup::new(&plan.own, &plan.target, []);
        let found = lookup.existing(keys.clone(), plan.concurrency).await?;
        let (there, missing) = keys.into_iter().partition(|key| found.contains(key));
        keys = there;
        report.missing = missing;
        report.not_there = report.missing.len() as u64;
    }
    let batches = plan.batches(vec![keys]).await?.into_iter().flatten();
    let calls: Vec<_> = batches.map(|batch| plan.delete(batch)).collect();
    let mut calls = stream::iter(calls).buffer_unordered(plan.concurrency);
    while let Some((keys, result)) = calls.next().await {
        report.add(keys, result);
    }
    report.missing.sort();
    report.failed.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(report)
}

/// How many records a call deleted, and whether an attempt before it may have deleted some.
struct Deleted {
    records: u64,
    repeated: bool,
}

impl DeleteReport<Key> {
    fn add(&mut self, keys: Vec<Key>, result: Result<Deleted>) {
        match result {
            Ok(Deleted { records, repeated }) => {
                self.deleted += records;
                self.not_there += (keys.len() as u64).saturating_sub(records);
                if records == 0 && !repeated {
                    self.missing.extend(keys);
                }
            }
            Err(error) => {
                let failed = keys.into_iter();
                self.failed.extend(failed.map(|key| {
                    let error = named(error.clone(), &key);
                    (key, error)
                }));
            }
        }
    }
}

impl CallPlan {
    async fn delete(&self, batch: KeyBatch) -> (Vec<Key>, Result<Deleted>) {
        let KeyBatch { condition, keys } = batch;
        let which = selector(&keys, &condition);
        let single = keys.len() == 1;
        let result = match self.client.send_delete(&self.target, &which).await {
            Ok(response) => {
                let count = match affected(response.body()) {
                    // v4 may answer a delete by key with nothing, and a missing one with 404.
                    Err(_) if single => Ok(1),
                    counted => {
                        counted.map_err(|error| error.with_resource(self.target.to_string()))
                    }
                };
                count.map(|records| Deleted {
                    records,
                    repeated: response.maybe_repeated(),
                })
            }
            Err(error) if single && self.says_missing(&error) => Ok(Deleted {
                records: 0,
                repeated: error.maybe_applied(),
            }),
            Err(error) => Err(error),
        };
        (keys, result)
    }

    /// Whether it is the record that is not found. Only v4 answers so, and its id of the table is known.
    fn says_missing(&self, error: &Error) -> bool {
        let capabilities = self.client.dialect().capabilities();
        capabilities.reports_missing_records && error.status() == Some(404)
    }
}

impl<K> fmt::Debug for DeleteMany<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeleteMany")
            .field("target", &self.plan.target)
            .field("records", &self.keys.len())
            .finish_non_exhaustive()
    }
}
