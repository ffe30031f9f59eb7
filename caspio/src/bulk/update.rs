//! Updating many records, each by its key.

use super::call_plan::{CallPlan, selector};
use super::update_report::UpdateReport;
use crate::client::Client;
use crate::dialect::{Returning, affected};
use crate::field::FieldValue;
use crate::read::KeyBatch;
use crate::record::{Key, Row};
use crate::target::Target;
use crate::write::Purpose;
use crate::write::changes::Changes;
use crate::write::encode::RowEncoder;
use crate::write::encoded_row::EncodedRow;
use crate::write::errors::with_more_hint;
use crate::write::key_lookup::KeyLookup;
use crate::write::update::{missing, named};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Result};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use std::collections::HashMap;
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;

/// An update of many records, each by its key. Awaiting it gives a report with each key's fate.
///
/// Records that are set to the same values share a call: up to 1,000 of them through v4, else as many keys as
/// an address takes, 200 or so, or 1,000 that follow each other. v4 is used whatever version the client
/// speaks where that saves calls; the first time that takes one more. So as many calls are made as there are
/// different changes, at least. A call whose answer is lost is repeated, since setting a value twice is as
/// good as once.
///
/// Where fewer records were changed than there are keys, the keys are read, up to 200 or so a call, to say
/// which have no record. A key that comes twice is set to what came later.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: String, city: String }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let moved = [7, 8, 9].map(|id| (id, Contact::COLUMNS.city.to("Oslo")));
/// let updated = contacts.update_many(moved).await?.into_result()?;
/// println!("{updated} moved");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Awaiting it fails as a whole, with nothing updated, where it cannot be found out how to write to the
/// table.
#[must_use = "an update does nothing until it is awaited"]
pub struct UpdateMany<K> {
    plan: CallPlan,
    changes: Vec<(Key, Row<'static>)>,
    key: PhantomData<fn() -> K>,
}

impl<K> UpdateMany<K> {
    pub(crate) fn new(client: &Client, target: &Target, changes: Vec<(Key, Row<'static>)>) -> Self {
        Self {
            plan: CallPlan::new(client, target),
            changes,
            key: PhantomData,
        }
    }

    /// How many calls are under way at once; 4 unless said.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client, changes: Vec<(i64, RecordMap)>) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// contacts.update_many(changes).concurrency(2).await?.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.plan.concurrency = calls.max(1);
        self
    }
}

impl<K: TryFrom<Key> + Send + 'static> IntoFuture for UpdateMany<K> {
    type Output = Result<UpdateReport<K>>;
    type IntoFuture = BoxFuture<'static, Result<UpdateReport<K>>>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let outcomes = update(self.plan, self.changes).await?.into_iter();
            let outcomes =
                outcomes.filter_map(|(key, result)| Some((key.try_into().ok()?, result)));
            Ok(UpdateReport {
                outcomes: outcomes.collect(),
            })
        }
        .boxed()
    }
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
    let batches = plan.batches(keys).await?;
    let dialect = plan.client.dialect();
    let mut encoder = RowEncoder::new(&plan.own, &plan.target, dialect, Purpose::Update);
    let mut calls = Vec::new();
    for (group, batches) in groups.into_iter().zip(batches) {
        let lists_only = lists_only(&group.row);
        match encoder.encode(group.row).await {
            Ok(row) => {
                let row = Arc::new(row);
                let batches = batches.into_iter();
                calls.extend(batches.map(|batch| (batch, Arc::clone(&row), lists_only)));
            }
            Err(error) => fail(&mut results, group.keys, &error),
        }
    }
    let calls = calls.into_iter().map(|(batch, row, lists_only)| {
        let plan = plan.clone();
        async move { plan.update(batch, &row, lists_only).await }
    });
    let calls: Vec<_> = calls.collect();
    let mut calls = stream::iter(calls).buffer_unordered(plan.concurrency);
    while let Some(told) = calls.next().await {
        results.extend(told);
    }
    let order = order.into_iter();
    let told = order.filter_map(|key| results.remove_entry(&key));
    Ok(told.collect())
}

/// The keys in the order in which they came, and what each is set to.
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
        let told = row.and_then(|row| Ok((EncodedRow::of(&row)?.json, row)));
        match told {
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

fn lists_only(row: &Row<'_>) -> bool {
    row.iter()
        .all(|(_, value)| matches!(value, FieldValue::List(_)))
}

fn fail(results: &mut HashMap<Key, Result<()>>, keys: Vec<Key>, error: &Error) {
    for key in keys {
        let error = named(error.clone(), &key);
        results.insert(key, Err(error));
    }
}

impl CallPlan {
    /// One call, and what it did to each key.
    async fn update(
        &self,
        batch: KeyBatch,
        row: &EncodedRow,
        lists_only: bool,
    ) -> Vec<(Key, Result<()>)> {
        let KeyBatch { condition, keys } = batch;
        let which = selector(&keys, &condition);
        let sent = self
            .client
            .send_update(&self.target, &which, row, Returning::Nothing);
        let counted = match sent.await {
            Ok(response) => affected(response.body()),
            Err(error) => return all_failed(keys, &error),
        };
        match counted {
            Ok(count) if count >= keys.len() as u64 => all_updated(keys),
            // An update of list fields alone was seen to report no record although it worked, on v2.
            Ok(0) if !lists_only => keys.into_iter().map(|key| self.not_there(key)).collect(),
            Ok(_) => self.tell_apart(keys).await,
            // v4 may answer an update by key with something else, and a missing one with 404.
            Err(_) if keys.len() == 1 => all_updated(keys),
            Err(error) => all_failed(keys, &error.with_resource(self.target.to_string())),
        }
    }

    /// Reads which of the keys there are.
    async fn tell_apart(&self, keys: Vec<Key>) -> Vec<(Key, Result<()>)> {
        let lookup = KeyLookup::new(&self.own, &self.target, []);
        match lookup.existing(keys.clone(), self.concurrency).await {
            Ok(found) => {
                let told = keys.into_iter().map(|key| match found.contains(&key) {
                    true => (key, Ok(())),
                    false => self.not_there(key),
                });
                told.collect()
            }
            Err(error) => {
                let what =
                    "some of the records of this call are not there, and reading which failed";
                all_failed(keys, &with_more_hint(error, what).with_maybe_applied(true))
            }
        }
    }

    fn not_there(&self, key: Key) -> (Key, Result<()>) {
        let error = missing(&self.target, &key).with_operation("records.update");
        (key, Err(error))
    }
}

fn all_updated(keys: Vec<Key>) -> Vec<(Key, Result<()>)> {
    keys.into_iter().map(|key| (key, Ok(()))).collect()
}

fn all_failed(keys: Vec<Key>, error: &Error) -> Vec<(Key, Result<()>)> {
    let each = keys.into_iter();
    each.map(|key| {
        let error = named(error.clone(), &key);
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
