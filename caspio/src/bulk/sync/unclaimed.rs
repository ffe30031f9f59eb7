//! Records that the service treats as the record of a row, although the values of the key column differ.
//!
//! SQL Server compares by a collation: `ß` equals `ss`, full width equals half width, emoji have no weight (facts
//! `sharp-s-is-ss`, `width-has-no-weight`, `emoji-have-no-weight` and `duplicates-by-collation`). Inserting such a row
//! would double the record.

use super::SyncMany;
use super::columns::Columns;
use super::row_at::RowAt;
use super::snapshot::TableSnapshot;
use crate::filter::literal::Literal;
use crate::record::{Key, with_key};
use crate::value::{CanonicalKey, FieldValue, as_stored, reduced, stored_date};
use crate::write::key_lookup::{KeyLookup, literal};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};

/// A record that no row claims.
#[derive(Clone, Debug)]
pub(super) struct UnclaimedRecord {
    pub(super) key: Key,
    /// Its value in the key column, as JSON.
    pub(super) value: String,
}

/// The rows, by the values that their keys may be equal to.
#[derive(Default)]
pub(super) struct SimilarRows {
    rows: Option<HashMap<String, Vec<usize>>>,
    /// Rows whose value a record may equal.
    suspects: Vec<usize>,
}

impl SimilarRows {
    /// Remembers the rows that a record without a row may belong to. `values` are the rows' values; they are read
    /// once.
    pub(super) fn add<'v>(
        &mut self,
        record: Option<&RawValue>,
        values: impl Iterator<Item = Option<&'v FieldValue<'v>>>,
    ) {
        let text = record.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
        let Some(text) = text else { return };
        let rows = self.rows.get_or_insert_with(|| by_similarity(values));
        let similar = similarities(&text).filter_map(|similar| rows.get(&similar));
        self.suspects.extend(similar.flatten());
    }

    /// Remembers the rows that are similar to a row with a record, which may be their record for the service. `values`
    /// are the rows' values; they are read only if some rows have a record and others have none.
    pub(super) fn add_rows_like<'v>(
        &mut self,
        has_record: &[bool],
        values: impl Iterator<Item = Option<&'v FieldValue<'v>>>,
    ) {
        let found = has_record.iter().filter(|found| **found).count();
        if found == 0 || found == has_record.len() {
            return;
        }
        let rows = self.rows.get_or_insert_with(|| by_similarity(values));
        for similar in rows.values() {
            if similar.iter().any(|at| has_record[*at]) {
                let open = similar.iter().filter(|at| !has_record[**at]);
                self.suspects.extend(open);
            }
        }
    }

    /// The rows whose value a record may equal, in their order.
    pub(super) fn into_suspects(self) -> Vec<usize> {
        let mut rows = self.suspects;
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

fn by_similarity<'v>(
    values: impl Iterator<Item = Option<&'v FieldValue<'v>>>,
) -> HashMap<String, Vec<usize>> {
    let mut rows: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, value) in values.enumerate() {
        if let Some(FieldValue::Text(text)) = value {
            for similar in similarities(text) {
                rows.entry(similar).or_default().push(at);
            }
        }
    }
    rows
}

/// Returns the texts by which the service may find a text equal to another one: its letters and digits, and the date
/// that it spells, because the type of the column may not be known.
fn similarities(text: &str) -> impl Iterator<Item = String> {
    let date = stored_date(text).map(|at| at.to_string());
    std::iter::once(reduced(text)).chain(date)
}

impl<K> SyncMany<K> {
    /// Asks the service about the rows without a record that a record may belong to. A call for as many rows as fit a
    /// URL, and none where no record is similar to a row.
    ///
    /// # Errors
    ///
    /// `Refused`: for the service, the value of a row equals that of a record, although they differ.
    pub(super) async fn check_similar(
        &self,
        lookup: &KeyLookup,
        snapshot: &TableSnapshot<'_>,
        columns: &Columns,
        mut similar: SimilarRows,
    ) -> Result<()> {
        let open: Vec<usize> = snapshot.open().collect();
        let mut has_record = vec![true; self.rows.len()];
        for at in &open {
            has_record[*at] = false;
        }
        similar.add_rows_like(&has_record, self.values());
        let mut rows = similar.into_suspects();
        rows.retain(|at| !has_record[*at]);
        self.refuse_records_of_others(lookup, &self.column, columns, rows)
            .await
    }

    /// The rows' values in the key column.
    pub(super) fn values(&self) -> impl Iterator<Item = Option<&FieldValue<'_>>> {
        self.rows.iter().map(|row| row.get(&self.column))
    }

    /// Looks up rows that have no record by their own values. `column` is the key column by its name in the object that
    /// is looked up in. No call without rows.
    ///
    /// # Errors
    ///
    /// `Refused`: a record came whose value is none of these rows'.
    pub(super) async fn refuse_records_of_others(
        &self,
        lookup: &KeyLookup,
        column: &str,
        columns: &Columns,
        rows: Vec<usize>,
    ) -> Result<()> {
        let data_type = columns.data_type(&self.column);
        let own = rows.iter().filter_map(|at| self.canonical(*at, columns));
        let own: HashSet<CanonicalKey> = own.collect();
        let mut unclaimed = None;
        let each = |key: Key, value: Option<&RawValue>| {
            let read = value.and_then(|raw| CanonicalKey::read(raw, data_type));
            if let (None, Some(raw)) = (read.filter(|value| own.contains(value)), value) {
                let value = raw.get().to_owned();
                unclaimed.get_or_insert(UnclaimedRecord { key, value });
            }
        };
        self.look_up_rows(lookup, column, columns, &rows, each)
            .await?;
        self.refuse_unclaimed(lookup, column, columns, unclaimed, rows)
            .await
    }

    /// `column` is the name of the key column in the table or view that is searched.
    ///
    /// # Errors
    ///
    /// `Refused`: there is an unclaimed record, which came for one of these rows.
    pub(super) async fn refuse_unclaimed(
        &self,
        lookup: &KeyLookup,
        column: &str,
        columns: &Columns,
        unclaimed: Option<UnclaimedRecord>,
        rows: Vec<usize>,
    ) -> Result<()> {
        let Some(UnclaimedRecord { key, value }) = unclaimed else {
            return Ok(());
        };
        let row = self.row_of(lookup, column, columns, &key, rows).await?;
        let wanted = row.and_then(|at| Some((at, self.rows[at].get(&self.column)?)));
        let shown = match wanted {
            Some((at, wanted)) => format!("row {at}, {}", wanted.shown()),
            None => "a row".to_owned(),
        };
        let message = format!(
            "for the service, the value of {shown}, equals that of a record, {value}, in `{}`",
            self.column
        );
        let error = Error::new(ErrorKind::Refused, message).with_field(self.column.as_ref());
        let error = match row {
            Some(at) => error.with_source(RowAt(at)),
            None => error,
        };
        Err(self
            .with_context(with_key(error, &key))
            .with_hint("spell both the same; nothing was written"))
    }

    /// The row whose value the service takes for a record's, found by halving the rows.
    async fn row_of(
        &self,
        lookup: &KeyLookup,
        column: &str,
        columns: &Columns,
        record: &Key,
        mut rows: Vec<usize>,
    ) -> Result<Option<usize>> {
        while rows.len() > 1 {
            let others = rows.split_off(rows.len() / 2);
            let mut is_there = false;
            let each = |key: Key, _: Option<&RawValue>| is_there |= key == *record;
            self.look_up_rows(lookup, column, columns, &rows, each)
                .await?;
            if !is_there {
                rows = others;
            }
        }
        Ok(rows.pop())
    }

    /// Reads the records whose values the service takes for those of rows.
    ///
    /// # Errors
    ///
    /// `Refused`: the value of a row is too long for a URL.
    pub(super) async fn look_up_rows(
        &self,
        lookup: &KeyLookup,
        column: &str,
        columns: &Columns,
        rows: &[usize],
        mut each: impl FnMut(Key, Option<&RawValue>),
    ) -> Result<()> {
        let literals = self.literals(columns, rows.iter().copied());
        if lookup.lists(column, literals.clone()).is_err() {
            return Err(self.too_long(lookup, columns, rows));
        }
        let each = |key: Key, record: &crate::decode::RawRow<'_>| {
            each(key, record.get(column));
            Ok(())
        };
        lookup
            .listed(column, literals, self.concurrency, each)
            .await
    }

    /// The error for the first of the rows whose value does not fit a URL.
    fn too_long(&self, lookup: &KeyLookup, columns: &Columns, rows: &[usize]) -> Error {
        let fits = |at: &usize| {
            let literals = self.literals(columns, std::iter::once(*at));
            literals
                .into_iter()
                .all(|literal| lookup.fits(&self.column, literal))
        };
        let at = rows
            .iter()
            .copied()
            .find(|at| !fits(at))
            .unwrap_or_default();
        let value = self.rows[at].get(&self.column).map(FieldValue::shown);
        let value: String = value.unwrap_or_default().chars().take(40).collect();
        let message = format!(
            "the value of row {at}, {value}.., is too long for the URL of the lookup that compares it with records, in `{}`",
            self.column
        );
        let error = Error::new(ErrorKind::Refused, message).with_field(self.column.as_ref());
        self.with_context(error.with_source(RowAt(at)))
            .with_hint("a record with another spelling may be that of the row: spell both the same; nothing was written")
    }

    /// The values of rows in the key column, each of the column's type.
    pub(super) fn literals(
        &self,
        columns: &Columns,
        rows: impl Iterator<Item = usize>,
    ) -> Vec<Literal> {
        let data_type = columns.data_type(&self.column);
        let values = rows.filter_map(|at| self.rows[at].get(&self.column));
        values
            .filter_map(|value| literal(&as_stored(value, data_type)))
            .collect()
    }
}
