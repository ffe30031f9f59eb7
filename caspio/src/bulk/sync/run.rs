//! The work of a sync: reading the table, and writing the differences.

use super::SyncMany;
use super::diff::differences;
use super::snapshot::{RowIndex, TableSnapshot};
use crate::bulk::batcher::Batcher;
use crate::bulk::call_plan::CallPlan;
use crate::bulk::delete::delete;
use crate::bulk::insert::outcomes;
use crate::bulk::report::BulkReport;
use crate::bulk::rows::{AnyRow, Rows};
use crate::bulk::update::update;
use crate::decode::RawRow;
use crate::record::{Key, Row};
use crate::schema::{DataType, FieldDefinition};
use crate::target::Target;
use crate::value::{CanonicalKey, FieldValue};
use crate::write::key_lookup::{KeyLookup, literal};
use crate::write::reconcile::Reconciler;
use caspio_core::{ErrorKind, Result};
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
        let definitions = self.definitions(target).await?;
        let data_type = self.key_type(&definitions);
        let index = RowIndex::new(&self.rows, &self.column, data_type)
            .map_err(|error| self.with_context(error))?;
        let mut snapshot = TableSnapshot::new(index, &self.column, delete_missing);
        self.read(target, &mut snapshot, &definitions).await?;
        let mut report = BulkReport::new(self.rows.len());
        report.dry_run = self.dry_run;
        let plan = snapshot.into_plan();
        report.unchanged = plan.unchanged.len() as u64;
        if self.dry_run {
            report.updated = plan.updates.len() as u64;
            report.inserted = plan.inserts.len() as u64;
            report.deleted = plan.deletes.len() as u64;
            return Ok(report);
        }
        for (at, key) in plan.unchanged {
            report.add_done(at, key, false);
        }
        self.update(target, plan.updates, &mut report).await;
        self.insert(target, plan.inserts, &mut report).await;
        self.delete(target, plan.deletes, &mut report).await;
        report.sort();
        Ok(report)
    }

    /// The fields, where they are known or needed to compare values.
    async fn definitions(&self, target: &Target) -> Result<Arc<Vec<FieldDefinition>>> {
        let is_list = |value: &FieldValue<'_>| matches!(value, FieldValue::List(values) if !values.is_empty());
        let lists = self
            .rows
            .iter()
            .any(|row| row.iter().any(|(_, value)| is_list(value)));
        if self.typed && !lists {
            return Ok(self.client.cached_definitions(target).unwrap_or_default());
        }
        match self.client.definitions(target).await {
            // v2 does not return the fields of views.
            Err(error) if error.kind() == ErrorKind::Refused && !lists => Ok(Arc::default()),
            definitions => definitions,
        }
    }

    /// The type of the key column, if it is known.
    fn key_type<'d>(&self, definitions: &'d [FieldDefinition]) -> Option<&'d DataType> {
        let mut fields = definitions.iter();
        let field = fields.find(|field| field.name.eq_ignore_ascii_case(&self.column));
        field.map(|field| &field.data_type)
    }

    /// Reads the records that belong to the rows, in the fewest calls: a list of values where it is short,
    /// else the table.
    async fn read(
        &self,
        target: &Target,
        snapshot: &mut TableSnapshot<'_>,
        definitions: &[FieldDefinition],
    ) -> Result<()> {
        let columns = columns(&self.rows, &self.column);
        let lookup = KeyLookup::new(&self.client, target, columns.iter().copied());
        let rows = &self.rows;
        let data_type = self.key_type(definitions);
        let needs_all = snapshot.needs_all();
        let missing = AtomicUsize::new(rows.len());
        let each = |key: Key, record: &RawRow<'_>| {
            let compared = |at: usize| differences(&rows[at], record, definitions);
            let raw = record.get(&self.column);
            let value = raw.and_then(|raw| CanonicalKey::read(raw, data_type));
            let new = snapshot
                .add(key, value, compared)
                .map_err(|error| self.with_context(error))?;
            missing.fetch_sub(usize::from(new), Ordering::Relaxed);
            Ok(())
        };
        if needs_all {
            return lookup.all(each).await;
        }
        let is_open = || missing.load(Ordering::Relaxed) > 0;
        self.read_some(&lookup, each, is_open).await
    }

    /// Reads records until those of all rows were found. `is_open` returns whether any is missing.
    async fn read_some(
        &self,
        lookup: &KeyLookup,
        mut each: impl FnMut(Key, &RawRow<'_>) -> Result<()>,
        is_open: impl Fn() -> bool,
    ) -> Result<()> {
        let literals = self
            .rows
            .iter()
            .filter_map(|row| literal(row.get(&self.column)?));
        let literals: Vec<String> = literals.map(|literal| literal.to_string()).collect();
        let lists = lookup.lists(&self.column, literals.clone())?.len() as u64;
        // So many calls read a table that holds these rows and no others, without counting it first.
        let alone = self.rows.len().div_ceil(1000) as u64;
        let mut scan = lookup.scan();
        while is_open() && !scan.ended && lists > 2 && scan.calls < alone {
            scan.next(&mut each).await?;
        }
        if is_open() && !scan.ended && lists > 2 {
            let records = lookup.count().await?;
            if records.saturating_sub(scan.read).div_ceil(1000) < lists {
                while is_open() && !scan.ended && scan.read < records {
                    scan.next(&mut each).await?;
                }
                return Ok(());
            }
        }
        if !is_open() || scan.ended {
            return Ok(());
        }
        lookup
            .listed(&self.column, literals, self.concurrency, each)
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

    async fn insert(&self, target: &Target, inserts: Vec<usize>, report: &mut BulkReport<Key>) {
        if inserts.is_empty() {
            return;
        }
        let rows: Vec<Row<'static>> = inserts.iter().map(|at| self.rows[*at].clone()).collect();
        let rows = rows.into_iter();
        let rows = rows.map(|row| Ok(Box::new(row) as Box<dyn AnyRow + Send>));
        let rows: Rows<'static> = stream::iter(rows).boxed();
        let reconciler = Reconciler {
            column: self.column.clone(),
            client: self.client.clone(),
            target: target.clone(),
        };
        let (client, concurrency) = (self.client.clone(), self.concurrency);
        let target = target.clone();
        let batcher = Batcher::new(rows, client, target.clone(), concurrency, Some(reconciler));
        let mut outcomes = outcomes::<Key>(batcher, target, concurrency);
        while let Some(outcome) = outcomes.next().await {
            report.add_inserted(inserts[outcome.index], outcome.result);
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
        plan
    }
}

/// The columns to read: the key column, and those that some row has and that can be read.
fn columns<'r>(rows: &'r [Row<'static>], key: &'r str) -> Vec<&'r str> {
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
        .chain(readable.filter(|name| !name.eq_ignore_ascii_case(key)))
        .collect()
}
