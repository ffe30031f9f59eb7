//! What a sync knows of its rows and of the records in the table.

use super::row_at::RowAt;
use crate::record::{Key, Row};
use crate::schema::DataType;
use crate::value::{CanonicalKey, FieldValue};
use crate::write::errors::with_near_column;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// The rows by their values in the key column.
pub(crate) struct RowIndex<'r> {
    rows: &'r [Row<'static>],
    indexes: HashMap<CanonicalKey, usize>,
}

impl<'r> RowIndex<'r> {
    /// The rows by their values in the key column.
    ///
    /// # Errors
    ///
    /// `Refused`: a row has none, or one that another has.
    pub(crate) fn new(
        rows: &'r [Row<'static>],
        column: &str,
        data_type: Option<&DataType>,
    ) -> Result<Self> {
        let mut indexes = HashMap::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            if let Some((one, other)) = row.repeated() {
                let message = format!("row {at} has `{one}` and `{other}`, which are one column");
                return Err(refused(message, one));
            }
            let value = row.get(column);
            let key = value.and_then(|value| CanonicalKey::of(value, data_type));
            let key = key.ok_or_else(|| {
                let message = format!("row {at} has no value in `{column}` that identifies it");
                let error = refused(message, column);
                if value.is_none() {
                    return with_near_column(error, row.iter().map(|(name, _)| name), column);
                }
                error.with_hint("null, Yes/No, lists and amounts between two of Currency's four places do not identify a record")
            })?;
            if let Some(other) = indexes.insert(key, at) {
                let value = value.map(FieldValue::shown).unwrap_or_default();
                let message = format!("rows {other} and {at} have the same {value} in `{column}`");
                return Err(refused(message, column));
            }
        }
        Ok(Self { rows, indexes })
    }
}

fn refused(message: String, column: &str) -> Error {
    Error::new(ErrorKind::Refused, message).with_field(column)
}

/// What a sync has to write.
pub(crate) struct SyncPlan {
    /// Rows by their indexes, the keys of their records, and the columns that differ.
    pub(crate) updates: Vec<(usize, Key, Row<'static>)>,
    /// Rows by their indexes, and the keys of their records.
    pub(crate) unchanged: Vec<(usize, Key)>,
    /// Rows by their indexes.
    pub(crate) inserts: Vec<usize>,
    pub(crate) deletes: Vec<Key>,
}

/// Whose record it is that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordOf {
    /// The first record of a row.
    First,
    /// The record of a row, read again.
    Again,
    Nobody,
}

/// The records of a table, as far as they concern the rows.
pub(crate) struct TableSnapshot<'r> {
    index: RowIndex<'r>,
    column: &'r str,
    /// The record of each row, if there is one, and the columns that differ.
    found: Vec<Option<(Key, Row<'static>)>>,
    /// Records without a row, if they will be deleted.
    extra: Option<Vec<Key>>,
}

impl<'r> TableSnapshot<'r> {
    pub(crate) fn new(index: RowIndex<'r>, column: &'r str, delete_missing: bool) -> Self {
        Self {
            found: vec![None; index.rows.len()],
            index,
            column,
            extra: delete_missing.then(Vec::new),
        }
    }

    /// Whether every record has to be read, to find those that will be deleted.
    pub(crate) fn needs_all(&self) -> bool {
        self.extra.is_some()
    }

    /// The row with this value.
    pub(crate) fn row(&self, value: &CanonicalKey) -> Option<usize> {
        self.index.indexes.get(value).copied()
    }

    /// The rows without a record so far.
    pub(crate) fn open(&self) -> impl Iterator<Item = usize> {
        let found = self.found.iter().enumerate();
        found.filter(|(_, found)| found.is_none()).map(|(at, _)| at)
    }

    /// Adds a record, and returns whether it is the first one for a row, a known one, or nobody's.
    ///
    /// # Errors
    ///
    /// `Refused`: an earlier record has the same value in the key column.
    pub(crate) fn add(
        &mut self,
        key: Key,
        value: Option<CanonicalKey>,
        differences: impl FnOnce(usize) -> Row<'static>,
    ) -> Result<RecordOf> {
        match value.and_then(|value| self.row(&value)) {
            Some(at) => match &self.found[at] {
                Some((other, _)) if *other != key => Err(self.duplicate(at, other, &key)),
                Some(_) => Ok(RecordOf::Again),
                None => {
                    self.found[at] = Some((key, differences(at)));
                    Ok(RecordOf::First)
                }
            },
            None => {
                if let Some(extra) = &mut self.extra {
                    extra.push(key);
                }
                Ok(RecordOf::Nobody)
            }
        }
    }

    fn duplicate(&self, at: usize, one: &Key, other: &Key) -> Error {
        let column = self.column;
        let value = self.index.rows[at].get(column).map(FieldValue::shown);
        let value = value.unwrap_or_default();
        let message = format!(
            "records {one} and {other} have the same {value} in `{column}`, the value of row {at}"
        );
        refused(message, column)
            .with_key(format!("PK_ID {one}"))
            .with_source(RowAt(at))
    }

    pub(crate) fn into_plan(self) -> SyncPlan {
        let mut plan = SyncPlan {
            updates: Vec::new(),
            unchanged: Vec::new(),
            inserts: Vec::new(),
            deletes: self.extra.unwrap_or_default(),
        };
        for (at, found) in self.found.into_iter().enumerate() {
            match found {
                None => plan.inserts.push(at),
                Some((key, differences)) if differences.is_empty() => {
                    plan.unchanged.push((at, key))
                }
                Some((key, differences)) => plan.updates.push((at, key, differences)),
            }
        }
        plan
    }
}
