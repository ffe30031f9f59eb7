//! The work of a sync: reading the table, and writing the differences.

use super::SyncMany;
use super::columns::{Columns, needs_definition};
use super::diff::differences;
use super::snapshot::{RecordOf, RowIndex, TableSnapshot};
use super::unclaimed::{SimilarRows, UnclaimedRecord};
use crate::bulk::batcher::Batcher;
use crate::bulk::call_plan::CallPlan;
use crate::bulk::delete::delete;
use crate::bulk::insert::outcomes;
use crate::bulk::report::BulkReport;
use crate::bulk::rows::{ErasedRow, Rows};
use crate::bulk::update::update;
use crate::decode::RawRow;
use crate::record::{Key, ObjectKind, Row};
use crate::schema::FieldDefinition;
use crate::target::Target;
use crate::value::{CanonicalKey, FieldValue};
use crate::write::key_lookup::KeyLookup;
use crate::write::reconcile::Reconciler;
use caspio_core::{ErrorKind, Result};
use caspio_schema::is_same_name;
use futures::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl<K> SyncMany<K> {
    /// Reads the table, and writes the differences.
    pub(super) async fn reconcile(
        &self,
        target: &Target,
        delete_missing: bool,
    ) -> Result<BulkReport<Key>> {
        let columns = Columns::new(self.definitions(target).await?, self.fields);
        let column = columns.spelled(&self.column);
        let index = RowIndex::new(&self.rows, column, columns.data_type(column))
            .map_err(|error| self.with_context(error))?;
        let mut snapshot = TableSnapshot::new(index, &self.column, delete_missing);
        self.read(target, &mut snapshot, &columns).await?;
        self.check_stop()?;
        let mut report = BulkReport::new(self.rows.len());
        report.dry_run = self.dry_run;
        let mut plan = snapshot.into_plan();
        if target.kind == ObjectKind::View {
            plan.inserts = self
                .without_hidden(target, &columns, plan.inserts, &mut report)
                .await?;
            self.check_stop()?;
        }
        report.unchanged = plan.unchanged.len() as u64;
        if self.dry_run {
            self.report_plan(target, plan, &mut report).await;
            return Ok(report);
        }
        self.check_plan(target, &plan)?;
        for (at, key) in plan.unchanged {
            report.add_done(at, key, false);
        }
        self.update(target, plan.updates, &mut report).await;
        self.insert(target, &columns, plan.inserts, &mut report)
            .await;
        self.delete(target, plan.deletes, &mut report).await;
        report.sort();
        Ok(report)
    }

    fn check_stop(&self) -> Result<()> {
        let stopped = self.stop.check();
        stopped.map_err(|error| self.with_context(error))
    }

    /// The fields, where they are known or needed to compare values.
    async fn definitions(&self, target: &Target) -> Result<Arc<Vec<FieldDefinition>>> {
        let values = || self.rows.iter().flat_map(Row::iter);
        let typed = !self.fields.is_empty();
        let open = values().any(|(name, value)| needs_definition(self.fields, name, value));
        if typed && !open {
            return Ok(self.client.cached_definitions(target).unwrap_or_default());
        }
        let lists = values()
            .any(|(_, value)| matches!(value, FieldValue::List(values) if !values.is_empty()));
        match self.client.definitions(target).await {
            // v2 does not return the fields of views.
            Err(error) if error.kind() == ErrorKind::Refused && !lists => Ok(Arc::default()),
            definitions => definitions,
        }
    }

    /// Reads the records that belong to the rows, in the fewest calls: a list of values if it is short, otherwise the
    /// table.
    ///
    /// # Errors
    ///
    /// `Refused`: a record and a row are equal for the service only.
    async fn read(
        &self,
        target: &Target,
        snapshot: &mut TableSnapshot<'_>,
        columns: &Columns,
    ) -> Result<()> {
        let names = names(&self.rows, &self.column);
        let lookup = KeyLookup::new(&self.client, target, names.iter().copied());
        let data_type = columns.data_type(&self.column);
        let needs_all = snapshot.needs_all();
        let missing = AtomicUsize::new(self.rows.len());
        let mut similar = SimilarRows::default();
        let mut unclaimed = None;
        let each = |key: Key, record: &RawRow<'_>, listed: bool| {
            self.check_stop()?;
            let compared = |at: usize| differences(&self.rows[at], record, columns);
            let raw = record.get(&self.column);
            let value = raw.and_then(|raw| CanonicalKey::read(raw, data_type));
            let of = snapshot
                .add(key.clone(), value, compared)
                .map_err(|error| self.with_context(error))?;
            match of {
                RecordOf::First => {
                    missing.fetch_sub(1, Ordering::Relaxed);
                }
                RecordOf::Nobody if listed => {
                    let value = raw.map_or_else(|| "null".to_owned(), |raw| raw.get().to_owned());
                    unclaimed.get_or_insert(UnclaimedRecord { key, value });
                }
                RecordOf::Nobody => {
                    similar.add(raw, self.values());
                }
                RecordOf::Again => {}
            }
            Ok(())
        };
        if needs_all {
            let mut each = each;
            lookup.all(|key, record| each(key, record, false)).await?;
        } else {
            let is_open = || missing.load(Ordering::Relaxed) > 0;
            self.read_some(&lookup, columns, each, is_open).await?;
        }
        let rows = snapshot.open().collect();
        self.refuse_unclaimed(&lookup, &self.column, columns, unclaimed, rows)
            .await?;
        self.check_similar(&lookup, snapshot, columns, similar)
            .await
    }

    /// Reads records until those of all rows were found. `is_open` returns whether any is missing. `each` gets whether
    /// the record came for the value of a row.
    async fn read_some(
        &self,
        lookup: &KeyLookup,
        columns: &Columns,
        mut each: impl FnMut(Key, &RawRow<'_>, bool) -> Result<()>,
        is_open: impl Fn() -> bool,
    ) -> Result<()> {
        let literals = self.literals(columns, 0..self.rows.len());
        // A value that does not fit a URL is found only by reading the table.
        let lists = lookup.lists(&self.column, literals.clone());
        let lists = lists.map_or(u64::MAX, |lists| lists.len() as u64);
        // So many calls read a table that holds these rows and no others, without counting it first.
        let alone = self.rows.len().div_ceil(1000) as u64;
        let mut scan = lookup.scan();
        let mut scanned = |key: Key, record: &RawRow<'_>| each(key, record, false);
        while is_open() && !scan.ended && lists > 2 && scan.calls < alone {
            scan.next(&mut scanned).await?;
        }
        if is_open() && !scan.ended && lists > 2 {
            let is_shorter = lists == u64::MAX || {
                let records = lookup.count().await?;
                records.saturating_sub(scan.read).div_ceil(1000) < lists
            };
            if is_shorter {
                // To the end of the table: the count is of another moment than the read.
                while is_open() && !scan.ended {
                    scan.next(&mut scanned).await?;
                }
                return Ok(());
            }
        }
        if !is_open() || scan.ended {
            return Ok(());
        }
        lookup
            .listed(&self.column, literals, self.concurrency, |key, record| {
                each(key, record, true)
            })
            .await
    }

    async fn update(
        &self,
        target: &Target,
        updates: Vec<(usize, Key, Row<'static>)>,
        report: &mut BulkReport<Key>,
    ) {
        let rows: Vec<(usize, Key)> = updates
            .iter()
            .map(|(at, key, _)| (*at, key.clone()))
            .collect();
        let changes = updates
            .into_iter()
            .map(|(_, key, row)| (key, row))
            .collect();
        let results = match update(self.call_plan(target), changes).await {
            Ok(results) => results.into_iter().map(|(_, result)| result).collect(),
            Err(error) => vec![Err(error); rows.len()],
        };
        // The results come in the order of the changes, which have different keys.
        for ((at, key), result) in rows.into_iter().zip(results) {
            report.add_updated(at, key, result);
        }
    }

    async fn insert(
        &self,
        target: &Target,
        columns: &Columns,
        inserts: Vec<usize>,
        report: &mut BulkReport<Key>,
    ) {
        if inserts.is_empty() {
            return;
        }
        let rows: Vec<Row<'static>> = inserts.iter().map(|at| self.rows[*at].clone()).collect();
        let rows = rows.into_iter();
        let rows = rows.map(|row| Ok(Box::new(row) as Box<dyn ErasedRow + Send>));
        let rows: Rows<'static> = stream::iter(rows).boxed();
        let reconciler = Reconciler::new(self.column.clone(), &self.client, target).of_new_rows();
        let (client, concurrency) = (self.client.clone(), self.concurrency);
        let target = target.clone();
        let batcher = Batcher::new(rows, client, target.clone(), concurrency, Some(reconciler))
            .stop_by(&self.stop);
        let mut outcomes = outcomes::<Key>(batcher, target.clone(), concurrency);
        let mut inserted = Vec::new();
        while let Some(outcome) = outcomes.next().await {
            let at = inserts[outcome.index];
            inserted.extend(outcome.result.as_ref().ok().map(|key| (at, key.clone())));
            report.add_inserted(at, outcome.result);
        }
        if target.kind == ObjectKind::View {
            self.report_hidden(&target, columns, inserted, report).await;
        }
    }

    async fn delete(&self, target: &Target, keys: Vec<Key>, report: &mut BulkReport<Key>) {
        if !report.failed.is_empty() {
            report.held_back = keys.len() as u64;
            return;
        }
        match delete(self.call_plan(target), keys.clone(), false).await {
            Ok(done) => {
                report.deleted = done.deleted;
                for failure in done.failed {
                    // It is the failure of a record, not of a row.
                    report.fail(None, failure.key, failure.error);
                }
            }
            Err(error) => {
                for key in keys {
                    report.fail(None, Some(key), error.clone());
                }
            }
        }
    }

    fn call_plan(&self, target: &Target) -> CallPlan {
        let mut plan = CallPlan::new(&self.client, target);
        plan.concurrency = self.concurrency;
        plan.stop = self.stop.clone();
        plan
    }
}

/// The columns to read: the key column, and those that some row has and that can be read.
fn names<'r>(rows: &'r [Row<'static>], key: &'r str) -> Vec<&'r str> {
    let mut columns: BTreeMap<String, (&str, bool)> = BTreeMap::new();
    for (name, value) in rows.iter().flat_map(Row::iter) {
        let secret = matches!(value, FieldValue::Secret(_));
        match columns.get_mut(name) {
            Some((_, secrets)) => *secrets |= secret,
            None => {
                columns.insert(name.to_owned(), (name, secret));
            }
        }
    }
    columns.remove(key);
    let readable = columns.into_values().filter(|(_, secret)| !secret);
    let readable = readable.map(|(name, _)| name);
    std::iter::once(key)
        .chain(readable.filter(|name| !is_same_name(name, key)))
        .collect()
}
