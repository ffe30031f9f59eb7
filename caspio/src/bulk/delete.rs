//! Deleting many records by their keys.

use super::call_plan::{CallPlan, selector};
use super::positions::KeyPositions;
use super::report::BulkReport;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::read::KeyBatch;
use crate::record::Key;
use crate::target::Target;
use crate::work::Work;
use crate::write::errors::{with_key, with_more_hint};
use crate::write::key_lookup::KeyLookup;
use crate::write::reconcile::LOOKUP_DELAYS;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{FutureExt, StreamExt, stream};
use pin_project_lite::pin_project;
use std::collections::HashSet;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A delete of many records by their keys. Awaiting it returns a [`BulkReport`].
    ///
    /// Up to 1,000 records go in a call through v4, otherwise as many keys as fit a URL: about 200, or 1,000
    /// consecutive ones. v4 is used where that saves calls, with any version of the client; the first time, it takes
    /// one call more. A call whose response is lost is repeated, because deleting twice has the same effect as deleting
    /// once. After a call that deletes fewer records than it has keys, one more call reads which records are still
    /// there, and up to two more if there are any, within 2.5 seconds, because a read right after a write may see the
    /// records as they were before it. What is still there then is in the report with an error.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let report = caspio.table::<Contact>().delete_many([7, 8, 9]).await?;
    /// println!("{} deleted, {} were missing", report.deleted, report.missing);
    /// report.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails as a whole, with nothing deleted, if it cannot find out how to write to the table, or which
    /// keys have a record.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the calls in progress, which may still be executed.
    #[must_use = "a delete does nothing until it is awaited"]
    pub struct DeleteMany<K> {
        plan: CallPlan,
        keys: Vec<Key>,
        find_missing: bool,
        #[pin]
        work: Work<'static, Result<BulkReport<K>>>,
    }
}

impl<K> DeleteMany<K> {
    pub(crate) fn new(client: &Client, target: &Target, keys: Vec<Key>) -> Self {
        Self {
            plan: CallPlan::new(client, target),
            keys,
            find_missing: false,
            work: Work::default(),
        }
    }

    /// Sets how many calls are in progress at once, from 1 to 1,000, or [`Auto`](Concurrency::Auto); default: 4.
    pub fn concurrency(mut self, calls: impl Into<Concurrency>) -> Self {
        self.plan.concurrency = calls.into().of_write();
        self
    }

    /// First reads which keys have a record, so that the report names those that have none. One call for about 200
    /// keys, or 1,000 consecutive ones. All keys are deleted, because the read may not see new records yet; where the
    /// service then deletes more or fewer records than were found, the missing keys are counted and not named. If one
    /// record was inserted and another one deleted in the two seconds before, the read may still see the second one and
    /// not the first; the wrong one is named then.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let report = caspio.table::<Contact>().delete_many([7, 8, 9]).find_missing().await?;
    /// println!("no such records: {:?}", report.missing_keys());
    /// # Ok(())
    /// # }
    /// ```
    pub fn find_missing(mut self) -> Self {
        self.find_missing = true;
        self
    }
}

impl<K: TryFrom<Key> + Send + 'static> Future for DeleteMany<K> {
    type Output = Result<BulkReport<K>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let target = this.plan.target.clone();
            let keys = mem::take(this.keys);
            let deleted = delete(this.plan.clone(), keys, *this.find_missing);
            async move { Ok(deleted.await?.typed(&target)) }.boxed()
        })
    }
}

/// Deletes the records with these keys.
pub(crate) async fn delete(
    mut plan: CallPlan,
    mut keys: Vec<Key>,
    find_missing: bool,
) -> Result<BulkReport<Key>> {
    let positions = KeyPositions::of(&keys);
    keys.sort();
    keys.dedup();
    let mut report = BulkReport::new(keys.len());
    let found = match find_missing && !keys.is_empty() {
        true => {
            let lookup = KeyLookup::new(&plan.own, &plan.target, []);
            Some(lookup.existing(keys.clone(), plan.concurrency).await?)
        }
        false => None,
    };
    // Those that were not found too: the read may not see new records yet.
    let batches = plan.batches(vec![keys], "records.delete").await?;
    let batches = batches.into_iter().flatten();
    let calls = batches.map(|batch| plan.delete(batch, found.as_ref()));
    let calls: Vec<_> = calls.collect();
    let mut calls = plan.concurrency.in_order(&plan.client, stream::iter(calls));
    while let Some((keys, result)) = calls.next().await {
        report.add_deleted(keys, result, &positions);
    }
    report.repeated = positions.repeated;
    report.missing_keys.sort();
    report.sort();
    Ok(report)
}

/// What a call deleted.
struct Deleted {
    records: u64,
    /// Whether an attempt before it may have deleted some.
    repeated: bool,
    /// The keys whose records are still there.
    left: Vec<Key>,
    /// The keys that had no record, if they are known.
    missing: Option<Vec<Key>>,
}

impl BulkReport<Key> {
    fn add_deleted(&mut self, keys: Vec<Key>, result: Result<Deleted>, positions: &KeyPositions) {
        match result {
            Ok(Deleted {
                records,
                repeated,
                left,
                missing,
            }) => {
                let (left, keys): (Vec<Key>, Vec<Key>) =
                    keys.into_iter().partition(|key| left.contains(key));
                for key in left {
                    let error = with_key(not_deleted(), &key);
                    self.fail(positions.index(&key), Some(key), error);
                }
                self.add_missing(&keys, positions);
                self.deleted += records.min(keys.len() as u64);
                self.missing += (keys.len() as u64).saturating_sub(records);
                let is_none_there = records == 0 && !repeated;
                let missing = missing.or_else(|| is_none_there.then_some(keys));
                self.missing_keys.extend(missing.unwrap_or_default());
            }
            Err(error) => {
                for key in keys {
                    let error = with_key(error.clone(), &key);
                    self.fail(positions.index(&key), Some(key), error);
                }
            }
        }
    }

    /// Adds keys that have no record any more.
    fn add_missing(&mut self, keys: &[Key], positions: &KeyPositions) {
        for key in keys {
            if let Some(index) = positions.index(key) {
                self.add_done(index, key.clone(), false);
            }
        }
    }
}

/// Returns the keys that were not found before a call, unless it deleted more or fewer records than were found: then
/// records were inserted or deleted just before the read, which did not see that, or after it.
fn missing(keys: &[Key], found: &HashSet<Key>, deleted: u64) -> Option<Vec<Key>> {
    let missing = keys.iter().filter(|key| !found.contains(*key));
    let missing: Vec<Key> = missing.cloned().collect();
    ((keys.len() - missing.len()) as u64 == deleted).then_some(missing)
}

/// The error of a record that is still there after a call that deleted others.
fn not_deleted() -> Error {
    Error::new(
        ErrorKind::Incomplete,
        "the service deleted fewer records than there are, and not this one",
    )
    .with_operation("records.delete")
    .with_maybe_applied(true)
}

impl CallPlan {
    /// One call, and what it deleted. `found` are the keys that had a record before it.
    async fn delete(
        &self,
        batch: KeyBatch,
        found: Option<&HashSet<Key>>,
    ) -> (Vec<Key>, Result<Deleted>) {
        let KeyBatch { condition, keys } = batch;
        if let Err(error) = self.stop.check() {
            return (keys, Err(error));
        }
        let which = selector(&keys, &condition);
        let single = keys.len() == 1;
        let counted = match self.client.send_delete(&self.target, &which).await {
            Ok(response) => {
                let records = self.counted(&keys, &response);
                records.map(|records| (records, response.maybe_repeated()))
            }
            Err(error) if single && self.means_missing(&error) => Ok((0, error.maybe_applied())),
            Err(error) => Err(error),
        };
        let result = match counted {
            Ok((records, repeated)) => {
                let missing = found.and_then(|found| missing(&keys, found, records));
                let left = match missing.is_some() {
                    true => Ok(Vec::new()),
                    false => self.left(&keys, records).await,
                };
                left.map(|left| Deleted {
                    records,
                    repeated,
                    left,
                    missing,
                })
            }
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| error.with_resource(self.target.to_string()));
        (keys, result)
    }

    /// Reads which records are still there after a call that deleted fewer than it has keys: the others were missing
    /// before. One to three calls, or none.
    async fn left(&self, keys: &[Key], deleted: u64) -> Result<Vec<Key>> {
        if deleted >= keys.len() as u64 {
            return Ok(Vec::new());
        }
        let found = self
            .existing_after(keys, &LOOKUP_DELAYS, |there| there == 0)
            .await;
        let found = found.map_err(|error| {
            let message =
                "fewer records were deleted than there are keys, and reading which are left failed";
            with_more_hint(error, message).with_maybe_applied(true)
        })?;
        let is_there = |key: &&Key| found.contains(*key);
        Ok(keys.iter().filter(is_there).cloned().collect())
    }

    /// Whether the record is missing. Only v4 responds with 404 then, and the table exists: its id is known.
    fn means_missing(&self, error: &Error) -> bool {
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
