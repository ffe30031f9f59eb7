//! Rows of a sync whose record the view does not show.
//!
//! Such a row looks new to every sync through the view, which would insert it again each time.

use super::SyncMany;
use super::columns::Columns;
use super::unclaimed::{SimilarRows, UnclaimedRecord};
use crate::bulk::report::BulkReport;
use crate::decode::RawRow;
use crate::record::Key;
use crate::target::Target;
use crate::value::CanonicalKey;
use crate::write::errors::with_key;
use crate::write::key_lookup::KeyLookup;
use crate::write::reconcile::LOOKUP_DELAYS;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};

impl<K> SyncMany<K> {
    /// Looks the rows to be inserted up in the view's table, and returns those that have no record there. The others
    /// fail. One call for the view's table, and one for as many rows as fit a URL.
    ///
    /// If the view's table is not known, all rows are returned: [`report_hidden`](Self::report_hidden) then reports
    /// what happened.
    ///
    /// # Errors
    ///
    /// `Refused`: a record equals a row for the service only. That of the read, unless the table cannot be read.
    pub(super) async fn without_hidden(
        &self,
        view: &Target,
        columns: &Columns,
        inserts: Vec<usize>,
        report: &mut BulkReport<Key>,
    ) -> Result<Vec<usize>> {
        if inserts.is_empty() {
            return Ok(inserts);
        }
        let hidden = match self.records_of_table(view, columns, &inserts).await {
            Ok(hidden) => hidden,
            // The profile may have access to the view alone.
            Err(error) if is_closed(&error) => {
                tracing::warn!(%error, "cannot read whether the view's table has the records");
                return Ok(inserts);
            }
            Err(error) => return Err(error),
        };
        self.refuse_similar(&hidden, columns, &inserts).await?;
        let is_new = |at: &usize| {
            let value = self.canonical(*at, columns);
            let found = value.and_then(|value| hidden.of_rows.get(&value));
            let (Some(key), Some((table, _))) = (found, &hidden.table) else {
                return true;
            };
            let message =
                format!("{table} has a record for this row, which the view does not show");
            let error = Error::new(ErrorKind::Refused, message)
                .with_hint("nothing was inserted; synchronize the table, or change the record so that it meets the view's condition");
            report.fail(Some(*at), None, with_key(self.with_context(error), key));
            false
        };
        Ok(inserts.into_iter().filter(is_new).collect())
    }

    /// The records of the view's table that have the values of rows.
    async fn records_of_table(
        &self,
        view: &Target,
        columns: &Columns,
        rows: &[usize],
    ) -> Result<HiddenRecords> {
        let mut hidden = HiddenRecords::default();
        let Some((table, column)) = self.client.origin(view, &self.column).await? else {
            return Ok(hidden);
        };
        let lookup = KeyLookup::new(&self.client, &table, [column.as_str()]);
        let data_type = columns.data_type(&self.column);
        let wanted = rows.iter().filter_map(|at| self.canonical(*at, columns));
        let wanted: HashSet<CanonicalKey> = wanted.collect();
        let mut each = |key: Key, record: &RawRow<'_>, listed: bool| {
            let raw = record.get(&column);
            let value = raw.and_then(|raw| CanonicalKey::read(raw, data_type));
            match (value.filter(|value| wanted.contains(value)), raw) {
                (Some(value), _) => {
                    hidden.of_rows.insert(value, key);
                }
                (None, Some(raw)) if listed => {
                    let value = raw.get().to_owned();
                    hidden.unclaimed = Some(UnclaimedRecord { key, value });
                }
                _ => {}
            }
            Ok(())
        };
        let literals = self.literals(columns, rows.iter().copied());
        match lookup.lists(&column, literals.clone()) {
            Ok(_) => {
                let each = |key, record: &RawRow<'_>| each(key, record, true);
                lookup
                    .listed(&column, literals, self.concurrency, each)
                    .await?;
            }
            // A value that does not fit a URL is found only by reading the table.
            Err(_) => {
                lookup.all(|key, record| each(key, record, false)).await?;
            }
        }
        hidden.table = Some((table, column));
        Ok(hidden)
    }

    /// # Errors
    ///
    /// `Refused`: a record equals a row for the service only, be it the record of another row.
    async fn refuse_similar(
        &self,
        hidden: &HiddenRecords,
        columns: &Columns,
        rows: &[usize],
    ) -> Result<()> {
        let Some((table, column)) = &hidden.table else {
            return Ok(());
        };
        let lookup = KeyLookup::new(&self.client, table, [column.as_str()]);
        let unclaimed = hidden.unclaimed.clone();
        self.refuse_unclaimed(&lookup, column, columns, unclaimed, rows.to_vec())
            .await?;
        let is_found = |at: &usize| {
            let value = self.canonical(*at, columns);
            value.is_some_and(|value| hidden.of_rows.contains_key(&value))
        };
        let mut has_record = vec![true; self.rows.len()];
        for at in rows.iter().filter(|at| !is_found(at)) {
            has_record[*at] = false;
        }
        let mut similar = SimilarRows::default();
        similar.add_rows_like(&has_record, self.values());
        self.refuse_records_of_others(&lookup, column, columns, similar.into_suspects())
            .await
    }

    /// Reports the new records that the view does not show. They are looked up at most three times within 2.5 seconds,
    /// because a read right after a write may not see them yet.
    pub(super) async fn report_hidden(
        &self,
        target: &Target,
        columns: &Columns,
        inserted: Vec<(usize, Key)>,
        report: &mut BulkReport<Key>,
    ) {
        let lookup = KeyLookup::new(&self.client, target, [self.column.as_ref()]);
        let data_type = columns.data_type(&self.column);
        let mut open = inserted;
        for delay in LOOKUP_DELAYS {
            tokio::time::sleep(delay).await;
            let rows: Vec<usize> = open.iter().map(|(at, _)| *at).collect();
            let mut shown = HashSet::new();
            let each = |_, value: Option<&RawValue>| {
                shown.extend(value.and_then(|raw| CanonicalKey::read(raw, data_type)));
            };
            let read = self.look_up_rows(&lookup, &self.column, columns, &rows, each);
            if let Err(error) = read.await {
                tracing::warn!(%error, "cannot read whether the view shows the new records");
                return;
            }
            open.retain(|(at, _)| {
                let value = self.canonical(*at, columns);
                value.is_none_or(|value| !shown.contains(&value))
            });
            if open.is_empty() {
                return;
            }
        }
        for (at, key) in open {
            let message = "the record was inserted, but the view does not show it";
            let error = Error::new(ErrorKind::Incomplete, message)
                .with_maybe_applied(true)
                .with_hint("its row does not meet the view's condition; synchronize the table");
            report.hide(at, with_key(self.with_context(error), &key));
        }
    }

    /// The value of a row as Caspio compares it.
    pub(super) fn canonical(&self, row: usize, columns: &Columns) -> Option<CanonicalKey> {
        let value = self.rows[row].get(&self.column)?;
        CanonicalKey::of(value, columns.data_type(&self.column))
    }
}

/// The records of a view's table that rows to be inserted belong to.
#[derive(Default)]
struct HiddenRecords {
    /// The table, and the key column by its name there; `None` if they are not known.
    table: Option<(Target, String)>,
    of_rows: HashMap<CanonicalKey, Key>,
    /// A record whose value only the service takes for that of a row.
    unclaimed: Option<UnclaimedRecord>,
}

/// Whether a table cannot be read with this profile or version.
fn is_closed(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Permission | ErrorKind::NotFound | ErrorKind::Refused
    )
}
