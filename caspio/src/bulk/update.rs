//! Updating many records, each by its key.

use super::call_plan::{CallPlan, selector};
use super::positions::KeyPositions;
use super::report::BulkReport;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::dialect::Returning;
use crate::read::KeyBatch;
use crate::record::{Key, Row};
use crate::target::Target;
use crate::work::Work;
use crate::write::Purpose;
use crate::write::changes::Changes;
use crate::write::encode::RowEncoder;
use crate::write::encoded_row::EncodedRow;
use crate::write::errors::{with_key, with_more_hint};
use crate::write::lists::may_set_only_lists;
use crate::write::reconcile::{LAST_LOOKUP, LOOKUP_DELAYS};
use crate::write::update_by_key::missing_after;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{FutureExt, StreamExt, stream};
use pin_project_lite::pin_project;
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

pin_project! {
    /// An update of many records, each by its key. Awaiting it returns a [`BulkReport`].
    ///
    /// Records that are set to the same values share a call: up to 1,000 of them through v4, otherwise as many keys as
    /// fit a URL: about 200, or 1,000 consecutive ones. v4 is used where that saves calls, with any version of the
    /// client; the first time, it takes one call more. So there are at least as many calls as different changes. A call
    /// whose response is lost is repeated, because setting a value twice has the same effect as setting it once.
    ///
    /// If a number has a fraction, one call reads the table's fields the first time, so that none is written to an
    /// Integer field, which would store the whole part. This is not known through a view on v2, and for a profile that
    /// may not read the fields.
    ///
    /// If fewer records were updated than there are keys, the keys are read, about 200 a call, to find those without a
    /// record; the report has them as `NotFound`. They are read after 2.5 seconds, because a read right after a write
    /// may see the records as they were, and where the call updated none, up to three times until then. If fewer are
    /// there in the end than were updated, such a record [may have been updated](crate::Error::maybe_applied); in a
    /// view, the update may have moved it out of the view. A key that comes twice gets the later values, and counts
    /// once.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let moved = [7, 8, 9].map(|id| (id, Contact::COLUMNS.city.to("Oslo")));
    /// contacts.update_many(moved).await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails as a whole, with nothing updated, if it cannot find out how to write to the table.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the calls in progress, which may still be executed.
    #[must_use = "an update does nothing until it is awaited"]
    pub struct UpdateMany<K> {
        plan: CallPlan,
        changes: Vec<(Key, Row<'static>)>,
        #[pin]
        work: Work<'static, Result<BulkReport<K>>>,
    }
}

impl<K> UpdateMany<K> {
    pub(crate) fn new(client: &Client, target: &Target, changes: Vec<(Key, Row<'static>)>) -> Self {
        Self {
            plan: CallPlan::new(client, target),
            changes,
            work: Work::default(),
        }
    }

    /// Sets how many calls are in progress at once, from 1 to 1,000, or [`Auto`](Concurrency::Auto); default: 4.
    pub fn concurrency(mut self, calls: impl Into<Concurrency>) -> Self {
        self.plan.concurrency = calls.into().of_write();
        self
    }
}

impl<K: TryFrom<Key> + Send + 'static> Future for UpdateMany<K> {
    type Output = Result<BulkReport<K>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let target = this.plan.target.clone();
            let report = report(this.plan.clone(), mem::take(this.changes));
            async move { Ok(report.await?.typed(&target)) }.boxed()
        })
    }
}

/// Makes the updates, and reports what they did.
async fn report(plan: CallPlan, changes: Vec<(Key, Row<'static>)>) -> Result<BulkReport<Key>> {
    let positions = KeyPositions::of(changes.iter().map(|(key, _)| key));
    let results = update(plan, changes).await?;
    let mut report = BulkReport::new(results.len());
    for (key, result) in results {
        if let Some(index) = positions.index(&key) {
            report.add_updated(index, key, result);
        }
    }
    report.repeated = positions.repeated;
    Ok(report)
}

/// Records that are set to the same values.
struct Group {
    keys: Vec<Key>,
    row: Row<'static>,
}

/// Makes the updates. Each key has its result, in the order in which they came.
pub(crate) async fn update(
    mut plan: CallPlan,
    changes: Vec<(Key, Row<'static>)>,
) -> Result<Vec<(Key, Result<()>)>> {
    let (order, merged) = merge(changes);
    let mut results: HashMap<Key, Result<()>> = HashMap::with_capacity(order.len());
    let groups = groups(merged, &plan.target, &mut results);
    let keys = groups.iter().map(|group| group.keys.clone()).collect();
    let batches = plan.batches(keys, "records.update").await?;
    let dialect = plan.client.dialect();
    let encoder = RowEncoder::new(&plan.own, &plan.target, dialect, Purpose::Update);
    let mut encoder = encoder.of_many();
    let mut calls = Vec::new();
    for (group, batches) in groups.into_iter().zip(batches) {
        let encoded = match plan.stop.check() {
            Ok(()) => encoder.encode(group.row.clone()).await,
            Err(error) => Err(error),
        };
        match encoded {
            Ok(row) => {
                let (row, set) = (Arc::new(row), Arc::new(group.row));
                let batches = batches.into_iter();
                calls.extend(batches.map(|batch| (batch, Arc::clone(&row), Arc::clone(&set))));
            }
            Err(error) => fail(&mut results, group.keys, &error),
        }
    }
    let calls = calls.into_iter().map(|(batch, row, set)| {
        let plan = plan.clone();
        async move { plan.update(batch, &row, &set).await }
    });
    let calls: Vec<_> = calls.collect();
    let mut calls = plan.concurrency.in_order(&plan.client, stream::iter(calls));
    while let Some(call) = calls.next().await {
        results.extend(call);
    }
    let order = order.into_iter();
    let ordered = order.filter_map(|key| results.remove_entry(&key));
    Ok(ordered.collect())
}

/// The keys in the order in which they came, and the changes of each.
fn merge(changes: Vec<(Key, Row<'static>)>) -> (Vec<Key>, HashMap<Key, Changes>) {
    let mut order = Vec::with_capacity(changes.len());
    let mut merged: HashMap<Key, Changes> = HashMap::with_capacity(changes.len());
    for (key, row) in changes {
        match merged.get_mut(&key) {
            Some(earlier) => earlier.set_all(row),
            None => {
                order.push(key.clone());
                merged.insert(key, Changes::of(row));
            }
        }
    }
    (order, merged)
}

fn groups(
    merged: HashMap<Key, Changes>,
    target: &Target,
    results: &mut HashMap<Key, Result<()>>,
) -> Vec<Group> {
    let mut groups: HashMap<String, Group> = HashMap::new();
    for (key, changes) in merged {
        let row = changes.into_row();
        let encoded = row.and_then(|row| Ok((EncodedRow::of(&row)?.json, row)));
        match encoded {
            Ok((json, row)) => {
                let keys = Vec::new();
                let group = groups.entry(json).or_insert(Group { keys, row });
                group.keys.push(key);
            }
            Err(error) => fail(results, vec![key], &error.with_resource(target.to_string())),
        }
    }
    groups.into_values().collect()
}

fn fail(results: &mut HashMap<Key, Result<()>>, keys: Vec<Key>, error: &Error) {
    for key in keys {
        let error = with_key(error.clone(), &key);
        results.insert(key, Err(error));
    }
}

impl CallPlan {
    /// One call, and its effect on each key. `set` is the row before it was encoded.
    async fn update(
        &self,
        batch: KeyBatch,
        row: &EncodedRow,
        set: &Row<'_>,
    ) -> Vec<(Key, Result<()>)> {
        let KeyBatch { condition, keys } = batch;
        if let Err(error) = self.stop.check() {
            return all_failed(keys, &error);
        }
        let records = selector(&keys, &condition);
        let sent = self
            .client
            .send_update(&self.target, &records, row, Returning::Nothing);
        let (counted, repeated) = match sent.await {
            Ok(response) => (self.counted(&keys, &response), response.maybe_repeated()),
            Err(error) => return all_failed(keys, &error),
        };
        let count = match counted {
            Ok(count) if count >= keys.len() as u64 => return all_updated(keys),
            Ok(count) => count,
            Err(error) => return all_failed(keys, &error.with_resource(self.target.to_string())),
        };
        // v2 was seen to report no record for an update of list fields alone, although it worked.
        let lists_only = may_set_only_lists(set, &self.own, &self.target).await;
        let counted = (!lists_only).then_some(count);
        self.find_missing(keys, counted, repeated).await
    }

    /// Reads which of the keys have a record. If the call updated more records than there are now, it moved some out of
    /// the view; if fewer, any of them may not have been updated.
    async fn find_missing(
        &self,
        keys: Vec<Key>,
        updated: Option<u64>,
        repeated: bool,
    ) -> Vec<(Key, Result<()>)> {
        // Without a count, a record that was updated may not be seen yet.
        let expected = updated.unwrap_or(keys.len() as u64);
        let is_expected = |there| there == expected;
        // Where some were updated, a read that does not see a new record, but one that was deleted, has as many.
        let delays: &[Duration] = match updated {
            Some(1..) => &LAST_LOOKUP,
            _ => &LOOKUP_DELAYS,
        };
        match self.existing_after(&keys, delays, is_expected).await {
            Ok(found) => {
                let there = found.len() as u64;
                let moved = repeated || updated.is_some_and(|updated| updated > there);
                let is_short = updated.is_some_and(|updated| updated < there);
                // A record that was updated may not be seen yet.
                let is_unseen = updated.is_none_or(|updated| updated > there);
                let results = keys.into_iter().map(|key| {
                    if found.contains(&key) && is_short {
                        let error = uncounted(&self.target, &key, updated, there);
                        (key, Err(error))
                    } else if found.contains(&key) {
                        (key, Ok(()))
                    } else {
                        let (key, missing) = self.missing(key, moved);
                        let maybe = |error: Error| {
                            let maybe_applied = error.maybe_applied() || is_unseen;
                            error.with_maybe_applied(maybe_applied)
                        };
                        (key, missing.map_err(maybe))
                    }
                });
                results.collect()
            }
            Err(error) => {
                let message =
                    "some of the records of this call are missing, and reading which failed";
                all_failed(
                    keys,
                    &with_more_hint(error, message).with_maybe_applied(true),
                )
            }
        }
    }

    fn missing(&self, key: Key, maybe_updated: bool) -> (Key, Result<()>) {
        let error = missing_after(&self.target, &key, maybe_updated);
        let error = error.with_operation("records.update");
        (key, Err(error))
    }
}

/// The error of a record of a call that updated fewer records than there are.
fn uncounted(target: &Target, key: &Key, updated: Option<u64>, there: u64) -> Error {
    let message = format!(
        "the service updated {} of the {there} records of this call",
        updated.unwrap_or_default()
    );
    let error = Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.update")
        .with_resource(target.to_string())
        .with_maybe_applied(true)
        .with_hint("read the records to see which ones were updated");
    with_key(error, key)
}

fn all_updated(keys: Vec<Key>) -> Vec<(Key, Result<()>)> {
    keys.into_iter().map(|key| (key, Ok(()))).collect()
}

fn all_failed(keys: Vec<Key>, error: &Error) -> Vec<(Key, Result<()>)> {
    let each = keys.into_iter();
    each.map(|key| {
        let error = with_key(error.clone(), &key);
        (key, Err(error))
    })
    .collect()
}

impl<K> fmt::Debug for UpdateMany<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateMany")
            .field("target", &self.plan.target)
            .field("records", &self.changes.len())
            .finish_non_exhaustive()
    }
}
