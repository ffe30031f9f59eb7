//! What a sync knows of its rows and of the records that are there.

use crate::record::{Key, Row};
use crate::write::canonical::Identity;
use crate::write::lists::shown;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// The rows by their values in the key column.
pub(crate) struct Input<'r> {
    rows: &'r [Row<'static>],
    places: HashMap<Identity, usize>,
}

impl<'r> Input<'r> {
    /// The rows by their values in the key column.
    ///
    /// # Errors
    ///
    /// `Refused`: a row has none, or one that another has.
    pub(crate) fn of(rows: &'r [Row<'static>], column: &str) -> Result<Self> {
        let mut places = HashMap::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let value = row.get(column);
            let identity = value.and_then(Identity::of).ok_or_else(|| {
                let what = format!("row {at} has no value in `{column}` that tells it from others");
                refused(what, column).with_hint("null, Yes/No and lists tell no records apart")
            })?;
            if let Some(other) = places.insert(identity, at) {
                let value = value.map(shown).unwrap_or_default();
                let what = format!("rows {other} and {at} have the same {value} in `{column}`");
                return Err(refused(what, column));
            }
        }
        Ok(Self { rows, places })
    }
}

fn refused(what: String, column: &str) -> Error {
    Error::new(ErrorKind::Refused, what).with_field(column)
}

/// What is to be done.
pub(crate) struct Plan {
    /// Rows by their places, the keys of their records, and the columns that differ.
    pub(crate) updates: Vec<(usize, Key, Row<'static>)>,
    /// Rows by their places.
    pub(crate) inserts: Vec<usize>,
    pub(crate) deletes: Vec<Key>,
}

/// What was found of the rows so far.
pub(crate) struct State<'r> {
    input: Input<'r>,
    column: &'r str,
    /// The record of each row that is there, and the columns that differ.
    found: Vec<Option<(Key, Row<'static>)>>,
    /// Records without a row, where they are to be deleted.
    extra: Option<Vec<Key>>,
}

impl<'r> State<'r> {
    pub(crate) fn new(input: Input<'r>, column: &'r str, delete_missing: bool) -> Self {
        Self {
            found: vec![None; input.rows.len()],
            input,
            column,
            extra: delete_missing.then(Vec::new),
        }
    }

    /// Whether it has to see every record, to tell those that are to be deleted.
    pub(crate) fn wants_all(&self) -> bool {
        self.extra.is_some()
    }

    /// Takes a record into account, and says whether a row was found by it.
    ///
    /// # Errors
    ///
    /// `Refused`: an earlier record has the same value in the key column.
    pub(crate) fn saw(
        &mut self,
        key: Key,
        identity: Option<Identity>,
        differences: impl FnOnce(usize) -> Row<'static>,
    ) -> Result<bool> {
        let place = identity.and_then(|identity| self.input.places.get(&identity).copied());
        match place {
            Some(at) => match &self.found[at] {
                Some((other, _)) if *other != key => Err(self.double(at, other, &key)),
                Some(_) => Ok(false),
                None => {
                    self.found[at] = Some((key, differences(at)));
                    Ok(true)
                }
            },
            None => {
                if let Some(extra) = &mut self.extra {
                    extra.push(key);
                }
                Ok(false)
            }
        }
    }

    fn double(&self, at: usize, one: &Key, other: &Key) -> Error {
        let column = self.column;
        let value = self.input.rows[at].get(column).map(shown);
        let value = value.unwrap_or_default();
        let what = format!("two records have the same {value} in `{column}`, that of row {at}");
        refused(what, column).with_key(format!("PK_ID {one} and {other}"))
    }

    /// How many rows are there as they are.
    pub(crate) fn unchanged(&self) -> u64 {
        let found = self.found.iter().flatten();
        found
            .filter(|(_, differences)| differences.is_empty())
            .count() as u64
    }

    pub(crate) fn into_plan(self) -> Plan {
        let mut plan = Plan {
            updates: Vec::new(),
            inserts: Vec::new(),
            deletes: self.extra.unwrap_or_default(),
        };
        for (at, found) in self.found.into_iter().enumerate() {
            match found {
                None => plan.inserts.push(at),
                Some((_, differences)) if differences.is_empty() => {}
                Some((key, differences)) => plan.updates.push((at, key, differences)),
            }
        }
        plan
    }
}
