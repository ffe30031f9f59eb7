//! The work of a sync: reading what is there, and writing the differences.

use super::SyncMany;
use super::diff::differences;
use super::report::SyncReport;
use super::snapshot::{Input, State};
use crate::bulk::batcher::Gather;
use crate::bulk::call_plan::Route;
use crate::bulk::delete::delete;
use crate::bulk::insert::outcomes;
use crate::bulk::rows::{AnyRow, Rows};
use crate::bulk::update::update;
use crate::decode::RawRow;
use crate::field::FieldValue;
use crate::record::{Key, Row};
use crate::schema::FieldDefinition;
use crate::target::Target;
use crate::write::canonical::{Identity, literal};
use crate::write::key_lookup::Look;
use crate::write::reconcile::Resolve;
use caspio_core::{ErrorKind, Result};
use futures::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl SyncMany {
    /// Reads what is there, and writes the differences.
    pub(crate) async fn bring_into_line(
        &self,
        target: &Target,
        delete_missing: bool,
    ) -> Result<SyncReport> {
        let input = Input::of(&self.rows, &self.column).map_err(|error| self.located(error))?;
        let definitions = self.definitions(target).await?;
        let mut state = State::new(input, &self.column, delete_missing);
        self.read(target, &mut state, &definitions).await?;
        let mut report = SyncReport {
            dry_run: self.dry_run,
            unchanged: state.unchanged(),
            ..SyncReport::default()
        };
        let plan = state.into_plan();
        if self.dry_run {
            report.updated = plan.updates.len() as u64;
            report.inserted = plan.inserts.len() as u64;
            report.deleted = plan.deletes.len() as u64;
            return Ok(report);
        }
        self.update(target, plan.updates, &mut report).await;
        self.insert(target, plan.inserts, &mut report).await;
        self.delete(target, plan.deletes, &mut report).await;
        Ok(report)
    }

    /// The fields, where they are known or needed to compare.
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
            // v2 does not tell those of views.
            Err(error) if error.kind() == ErrorKind::Refused && !lists => Ok(Arc::default()),
            definitions => definitions,
        }
    }

    /// Reads what is there.
    async fn read(
        &self,
        target: &Target,
        state: &mut State<'_>,
        definitions: &[FieldDefinition],
    ) -> Result<()> {
        let columns = columns(&self.rows, &self.column);
        let look = Look::new(&self.client, target, columns.iter().copied());
        let rows = &self.rows;
        let whole = state.wants_all();
        let missing = AtomicUsize::new(rows.len());
        let mut each = |key: Key, record: &RawRow<'_>| {
            let compared = |at: usize| differences(&rows[at], record, definitions);
            let identity = record.get(&self.column).and_then(Identity::read);
            let new = state
                .saw(key, identity, compared)
                .map_err(|error| self.located(error))?;
            missing.fetch_sub(usize::from(new), Ordering::Relaxed);
            Ok(())
        };
        if whole {
            return look.all(each).await;
        }
        let literals = rows
            .iter()
            .filter_map(|row| literal(row.get(&self.column)?));
        let literals: Vec<String> = literals.map(|literal| literal.to_string()).collect();
        let lists = look.lists(&self.column, literals.clone())?.len() as u64;
        let open = || missing.load(Ordering::Relaxed) > 0;
        // As far as the table goes if it holds these rows and no others, which needs no count.
        let alone = rows.len().div_ceil(1000) as u64;
        let mut walk = look.walk();
        while open() && !walk.ended && lists > 2 && walk.calls < alone {
            walk.next(&mut each).await?;
        }
        if open() && !walk.ended && lists > 2 {
            let records = look.count().await?;
            if records.saturating_sub(walk.read).div_ceil(1000) < lists {
                while open() && !walk.ended && walk.read < records {
                    walk.next(&mut each).await?;
                }
                return Ok(());
            }
        }
        if !open() || walk.ended {
            return Ok(());
        }
        look.listed(&self.column, literals, self.concurrency, each)
            .await
    }

    async fn update(
        &self,
        target: &Target,
        updates: Vec<(usize, Key, Row<'static>)>,
        report: &mut SyncReport,
    ) {
        let places: Vec<(usize, Key)> = updates
            .iter()
            .map(|(at, key, _)| (*at, key.clone()))
            .collect();
        let changes = updates
            .into_iter()
            .map(|(_, key, row)| (key, row))
            .collect();
        let results = match update(self.route(target), changes).await {
            Ok(results) => results.into_iter().map(|(_, result)| result).collect(),
            Err(error) => vec![Err(error); places.len()],
        };
        // Keys are given back in their order.
        for ((at, key), result) in places.into_iter().zip(results) {
            match result {
                Ok(()) => report.updated += 1,
                Err(error) => report.fail(Some(at), Some(key), error),
            }
        }
    }

    async fn insert(&self, target: &Target, inserts: Vec<usize>, report: &mut SyncReport) {
        if inserts.is_empty() {
            return;
        }
        let held: Vec<_> = inserts
            .iter()
            .map(|at| Held(self.rows[*at].clone()))
            .collect();
        let rows = held
            .into_iter()
            .map(|row| Ok(Box::new(row) as Box<dyn AnyRow + Send>));
        let rows: Rows<'static> = stream::iter(rows).boxed();
        let resolve = Resolve {
            column: self.column.clone(),
            client: self.client.clone(),
            target: target.clone(),
        };
        let (client, concurrency) = (self.client.clone(), self.concurrency);
        let gather = Gather::new(rows, client, target.clone(), concurrency, Some(resolve));
        let mut outcomes = outcomes::<Key>(gather, target.clone(), concurrency);
        while let Some(outcome) = outcomes.next().await {
            match outcome.result {
                Ok(_) => report.inserted += 1,
                Err(error) => report.fail(Some(inserts[outcome.index]), None, error),
            }
        }
    }

    async fn delete(&self, target: &Target, keys: Vec<Key>, report: &mut SyncReport) {
        if !report.failed.is_empty() {
            report.held_back = keys.len() as u64;
            return;
        }
        match delete(self.route(target), keys.clone(), false).await {
            Ok(done) => {
                report.deleted = done.deleted;
                for (key, error) in done.failed {
                    report.fail(None, Some(key), error);
                }
            }
            Err(error) => {
                for key in keys {
                    report.fail(None, Some(key), error.clone());
                }
            }
        }
    }

    fn route(&self, target: &Target) -> Route {
        let mut route = Route::new(&self.client, target);
        route.concurrency = self.concurrency;
        route
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

/// A row that is held.
struct Held(Row<'static>);

impl AnyRow for Held {
    fn any_row(&self) -> Row<'_> {
        self.0.clone()
    }
}
