//! Whether updated, saved and deleted records are those that were named.

use super::super::case::{Condition, Row};
use super::super::files::file;
use super::super::outcome::{Outcome, Reported, reported};
use super::super::table::Stored;
use super::super::typed;
use super::super::values::FILE;
use super::{CheckResult, Step, ensure};
use caspio::ErrorKind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Step<'_> {
    pub(super) fn save(
        &self,
        key: i64,
        row: &Row,
        if_unchanged: bool,
        outcome: &Outcome,
    ) -> CheckResult {
        let (Some(read), Some(before)) = (self.read, self.before.get(&key)) else {
            return Ok(());
        };
        let after = self.after.get(&key);
        let is_held = |by: &Stored, (name, value): &(String, Value)| {
            by.holds(&vec![(name.clone(), value.clone())], self.key)
        };
        let row = typed::without_strange_values(row);
        // An empty text becomes null, or a list names a value twice: what is stored is the same, so the column may be
        // written or not.
        let (open, row): (Row, Row) = row.into_iter().partition(|one| is_held(read, one));
        let written = open
            .iter()
            .filter(|one| after.is_some_and(|after| is_held(after, one)) && !is_held(before, one));
        let written: Row = written.cloned().collect();
        let new = before.updated(&row, self.key).updated(&written, self.key);
        let may_conflict = open
            .iter()
            .any(|(name, _)| !before.is_same(read, name, self.key));
        let is_as_read = row
            .iter()
            .all(|(name, _)| before.is_same(read, name, self.key));
        let fits = match outcome {
            Outcome::Saved(Ok(true)) => after == Some(&new) && (is_as_read || !if_unchanged),
            Outcome::Saved(Ok(false)) => row.is_empty() && after == Some(before),
            Outcome::Saved(Err(error)) if reported(error) == Reported::NotWritten => {
                let is_conflict = error.kind() == ErrorKind::Conflict;
                after == Some(before)
                    && (!is_conflict || if_unchanged && (!is_as_read || may_conflict))
            }
            _ => after == Some(before) || after == Some(&new),
        };
        ensure(fits || self.others, || {
            format!("record {key} was read as {read:?}, was {before:?} and is {after:?}")
        })?;
        let mut strays = self.change.changed.iter().chain(&self.change.inserted);
        let stray = strays.find(|changed| **changed != key);
        ensure(stray.is_none() && self.change.deleted.is_empty(), || {
            format!("record {stray:?} was changed")
        })
    }

    pub(super) fn updates(&self, rows: &[(i64, Row)], reported: &[Reported]) -> CheckResult {
        ensure(
            self.change.inserted.is_empty() && self.change.deleted.is_empty(),
            || "an update inserted or deleted".to_owned(),
        )?;
        let mut merged: BTreeMap<i64, (Row, Reported)> = BTreeMap::new();
        for ((key, row), reported) in rows.iter().zip(reported) {
            let entry = merged
                .entry(*key)
                .or_insert_with(|| (Row::new(), *reported));
            ensure(entry.1 == *reported, || {
                format!("record {key} has two results")
            })?;
            for (name, value) in row {
                entry.0.retain(|(other, _)| other != name);
                entry.0.push((name.clone(), value.clone()));
            }
        }
        for (key, (row, reported)) in &merged {
            let (before, after) = (self.before.get(key), self.after.get(key));
            let new = before.map(|before| before.updated(row, self.key));
            let fits = match reported {
                Reported::Record(_) => new.is_some() && after == new.as_ref() || self.others,
                Reported::NotWritten => after == before || self.others,
                Reported::Unresolved => after == before || after == new.as_ref() || self.others,
            };
            ensure(fits, || {
                format!("record {key}, reported as {reported:?}, was {before:?} and is {after:?}")
            })?;
        }
        let mut changed = self.change.changed.iter();
        let stray = changed.find(|key| !merged.contains_key(key));
        ensure(stray.is_none(), || format!("record {stray:?} was changed"))
    }

    pub(super) fn deletes(&self, keys: &[i64], reported: &[Reported]) -> CheckResult {
        ensure(
            self.change.inserted.is_empty() && self.change.changed.is_empty(),
            || "a delete inserted or changed".to_owned(),
        )?;
        for (key, reported) in keys.iter().zip(reported) {
            let is_shown = |record: &&Stored| self.is_shown(record);
            let is_there = self.after.get(key).filter(is_shown).is_some();
            let was_there = self.before.get(key).filter(is_shown).is_some();
            let fits = match reported {
                Reported::Record(_) => !is_there,
                Reported::NotWritten => is_there == was_there || self.others,
                Reported::Unresolved => true,
            };
            ensure(fits, || {
                format!("record {key}: {reported:?}, and it is there: {is_there}")
            })?;
        }
        let stray = self.change.deleted.iter().find(|key| !keys.contains(key));
        ensure(stray.is_none(), || format!("record {stray:?} was deleted"))
    }

    pub(super) fn counts_deletes(&self, outcome: &Outcome, keys: &[i64]) -> CheckResult {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        let distinct: BTreeSet<&i64> = keys.iter().collect();
        let deleted = self.change.deleted.len() as u64;
        let all = report.deleted + report.missing + report.failed as u64;
        ensure(all == distinct.len() as u64, || {
            format!("{all} of {} keys are counted", distinct.len())
        })?;
        ensure(report.deleted == deleted || self.hit || self.others, || {
            format!("{deleted} were deleted: {report:?}")
        })
    }

    /// The missing keys that are named had no record, and where nothing happens in between, all are named.
    pub(super) fn names_missing(
        &self,
        outcome: &Outcome,
        keys: &[i64],
        find_missing: bool,
    ) -> CheckResult {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        if self.others {
            return Ok(());
        }
        let was_there = |key: &i64| self.before.get(key).is_some_and(|at| self.is_shown(at));
        let keys: BTreeSet<i64> = keys.iter().copied().collect();
        let named: BTreeSet<i64> = report.missing_keys.iter().copied().collect();
        let missing: BTreeSet<i64> = keys.into_iter().filter(|key| !was_there(key)).collect();
        let are_all = !find_missing || self.hit || named == missing;
        ensure(named.is_subset(&missing) && are_all, || {
            format!("{named:?} are named, and {missing:?} were missing")
        })
    }

    /// The file of a record is deleted.
    pub(super) fn detaches(&self, key: i64, outcome: &Outcome) -> CheckResult {
        let reported = outcome.of_one(key);
        let before = self.before.get(&key);
        let had_file = before.is_some_and(|record| !record.column(FILE).is_empty());
        if !had_file && reported == Reported::Record(key) {
            // A delete that is repeated finds no file if the first one deleted it.
            return ensure(self.change.is_empty() && (self.hit || self.others), || {
                format!("record {key} had no file, and is reported as without it now")
            });
        }
        self.updates(&[(key, file(""))], &[reported])
    }

    pub(super) fn by_condition(
        &self,
        condition: Condition,
        row: Option<&Row>,
        expected: Option<u64>,
        outcome: &Outcome,
    ) -> CheckResult {
        if self.others {
            return Ok(());
        }
        let meets = |key: &i64| {
            let record = &self.before[key];
            self.is_shown(record)
                && match condition {
                    Condition::KeyAtMost(most) => *key <= self.base + most,
                    Condition::NumberAtLeast(least) => {
                        record.number().is_some_and(|number| number >= least as f64)
                    }
                    Condition::Yes(yes) => record.column("Y") == if yes { "true" } else { "false" },
                    Condition::All => true,
                }
        };
        let all: Vec<i64> = self.before.keys().copied().filter(meets).collect();
        let is_done = all.iter().all(|key| match row {
            Some(row) => self.after.get(key) == Some(&self.before[key].updated(row, self.key)),
            None => !self.after.contains_key(key),
        });
        let change = &self.change;
        let touched = change
            .inserted
            .iter()
            .chain(&change.deleted)
            .chain(&change.changed);
        let stray = touched.into_iter().find(|key| !all.contains(key));
        ensure(stray.is_none(), || {
            format!("record {stray:?} does not meet the condition")
        })?;
        let records = all.len() as u64;
        ensure(
            expected.is_none_or(|expected| expected == records) || change.is_empty(),
            || format!("{records} records were written, and {expected:?} were expected"),
        )?;
        match outcome {
            Outcome::Count(Ok(count)) => {
                let counted =
                    count.records == records || count.at_least && count.records <= records;
                ensure(is_done && counted, || {
                    format!("{count:?}, and {records} meet the condition")
                })
            }
            Outcome::Count(Err(error)) if !error.maybe_applied() => {
                ensure(change.is_empty(), || {
                    format!("something was written: {error}")
                })
            }
            _ => ensure(change.is_empty() || is_done, || {
                "a part was written".to_owned()
            }),
        }
    }
}
