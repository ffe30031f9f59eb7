//! Whether what was reported is what happened.

use super::case::{Action, Row};
use super::table::{Change, Snapshot};
use super::values::{Type, identity};
use caspio::bulk::BulkReport;
use caspio::write::Affected;
use caspio::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// What an operation returned; `None` if the program stopped waiting.
#[derive(Debug)]
pub(super) enum Outcome {
    Key(Result<i64>),
    Done(Result<()>),
    Count(Result<Affected>),
    Report(Result<BulkReport<i64>>),
    Cancelled,
}

/// A step that was made.
pub(super) struct Step<'s> {
    pub(super) key: Type,
    pub(super) before: &'s Snapshot,
    pub(super) after: &'s Snapshot,
    pub(super) change: Change,
    /// Whether calls were hit.
    pub(super) hit: bool,
    /// Whether another program wrote.
    pub(super) others: bool,
}

/// The result of a row: its record, or whether it may have been written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Record(i64),
    Unresolved,
    NotWritten,
}

type Verdict = std::result::Result<(), String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

fn told(error: &Error) -> Told {
    match error.maybe_applied() {
        true => Told::Unresolved,
        false => Told::NotWritten,
    }
}

/// The result of each row or key of a report.
fn each(report: &BulkReport<i64>) -> Vec<Told> {
    let results = report.results();
    results
        .map(|result| result.map_or_else(told, |key| Told::Record(*key)))
        .collect()
}

impl Step<'_> {
    pub(super) fn check(&self, action: &Action, outcome: &Outcome, keys: &[i64]) -> Verdict {
        let key = |record: &usize| keys.get(*record).copied().unwrap_or(9_999_999);
        match (action, outcome) {
            (Action::Insert { row, unique_by }, outcome) => {
                let told = match outcome {
                    Outcome::Key(result) => {
                        result.as_ref().map_or_else(told, |key| Told::Record(*key))
                    }
                    _ => Told::Unresolved,
                };
                self.inserts(std::slice::from_ref(row), &[told], *unique_by)
            }
            (
                Action::InsertMany {
                    rows, unique_by, ..
                },
                outcome,
            ) => {
                let told = self.of_rows(outcome, rows.len())?;
                self.inserts(rows, &told, *unique_by)?;
                self.counts_inserts(outcome, &told)
            }
            (Action::Update { record, row }, outcome) => {
                let told = match outcome {
                    Outcome::Done(Ok(())) => Told::Record(key(record)),
                    Outcome::Done(Err(error)) => told(error),
                    _ => Told::Unresolved,
                };
                self.updates(&[(key(record), row.clone())], &[told])
            }
            (Action::UpdateMany { rows }, outcome) => {
                let told = self.of_rows(outcome, rows.len())?;
                let rows: Vec<(i64, Row)> = rows
                    .iter()
                    .map(|(record, row)| (key(record), row.clone()))
                    .collect();
                self.updates(&rows, &told)
            }
            (Action::Delete { record }, outcome) => {
                let told = match outcome {
                    Outcome::Done(Ok(())) => Told::Record(key(record)),
                    Outcome::Done(Err(error)) => told(error),
                    _ => Told::Unresolved,
                };
                self.deletes(&[key(record)], &[told])?;
                let was_there = self.before.contains_key(&key(record));
                ensure(
                    was_there || self.hit || told != Told::Record(key(record)),
                    || "a record that was not there is reported as deleted".to_owned(),
                )
            }
            (Action::DeleteMany { records }, outcome) => {
                let told = self.of_rows(outcome, records.len())?;
                let keys: Vec<i64> = records.iter().map(key).collect();
                self.deletes(&keys, &told)?;
                self.counts_deletes(outcome, &keys)
            }
            (Action::UpdateWhere { at_most, row }, outcome) => {
                self.by_condition(*at_most, Some(row), outcome)
            }
            (Action::DeleteWhere { at_most }, outcome) => {
                self.by_condition(*at_most, None, outcome)
            }
            (Action::Sync { rows, replace }, outcome) => self.sync(rows, *replace, outcome),
        }
    }

    fn of_rows(&self, outcome: &Outcome, rows: usize) -> std::result::Result<Vec<Told>, String> {
        let told = match outcome {
            Outcome::Report(Ok(report)) => each(report),
            Outcome::Report(Err(error)) => vec![told(error); rows],
            _ => vec![Told::Unresolved; rows],
        };
        ensure(told.len() == rows, || {
            format!("{} results for {rows} rows", told.len())
        })?;
        Ok(told)
    }

    /// Each row is there once as reported, and nothing else changed.
    fn inserts(&self, rows: &[Row], told: &[Told], unique_by: bool) -> Verdict {
        let Change {
            inserted,
            deleted,
            changed,
        } = &self.change;
        ensure(deleted.is_empty() && changed.is_empty(), || {
            "an insert changed other records".to_owned()
        })?;
        self.new_records(rows, told, inserted, unique_by)
    }

    fn new_records(
        &self,
        rows: &[Row],
        told: &[Told],
        inserted: &[i64],
        may_be_old: bool,
    ) -> Verdict {
        let mut taken = BTreeSet::new();
        for (at, told) in told.iter().enumerate() {
            let Told::Record(key) = told else { continue };
            ensure(taken.insert(*key), || {
                format!("record {key} is that of two rows")
            })?;
            let is_new = inserted.contains(key);
            ensure(
                is_new || may_be_old && self.before.contains_key(key) || self.others,
                || format!("row {at}: record {key} was not inserted"),
            )?;
            let holds = self
                .after
                .get(key)
                .map(|record| record.holds(&rows[at], self.key));
            ensure(holds.unwrap_or(self.others), || {
                format!("row {at}: record {key} holds other values")
            })?;
        }
        let mut unclaimed: Vec<i64> = inserted
            .iter()
            .filter(|key| !taken.contains(key))
            .copied()
            .collect();
        let open: Vec<usize> = (0..rows.len())
            .filter(|at| told[*at] == Told::Unresolved)
            .collect();
        ensure(self.assign(&mut unclaimed, rows, &open), || {
            format!("records {inserted:?} were inserted, which no row reports: {told:?}")
        })
    }

    /// Whether each record is that of another row.
    fn assign(&self, records: &mut Vec<i64>, rows: &[Row], open: &[usize]) -> bool {
        let Some(record) = records.pop() else {
            return true;
        };
        for (position, at) in open.iter().enumerate() {
            if self.after[&record].holds(&rows[*at], self.key) {
                let mut rest = open.to_vec();
                rest.remove(position);
                if self.assign(&mut records.clone(), rows, &rest) {
                    return true;
                }
            }
        }
        false
    }

    fn counts_inserts(&self, outcome: &Outcome, told: &[Told]) -> Verdict {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        let written = told
            .iter()
            .filter(|told| matches!(told, Told::Record(_)))
            .count();
        ensure(
            report.inserted == written as u64 && report.failed().len() == told.len() - written,
            || format!("the counts do not fit the results: {report:?}"),
        )
    }

    fn updates(&self, rows: &[(i64, Row)], told: &[Told]) -> Verdict {
        ensure(
            self.change.inserted.is_empty() && self.change.deleted.is_empty(),
            || "an update inserted or deleted".to_owned(),
        )?;
        let mut merged: BTreeMap<i64, (Row, Told)> = BTreeMap::new();
        for ((key, row), told) in rows.iter().zip(told) {
            let entry = merged.entry(*key).or_insert_with(|| (Row::new(), *told));
            ensure(entry.1 == *told, || format!("record {key} has two results"))?;
            for (name, value) in row {
                entry.0.retain(|(other, _)| other != name);
                entry.0.push((name, value.clone()));
            }
        }
        for (key, (row, told)) in &merged {
            let (before, after) = (self.before.get(key), self.after.get(key));
            let new = before.map(|before| before.updated(row, self.key));
            let fits = match told {
                Told::Record(_) => new.is_some() && after == new.as_ref() || self.others,
                Told::NotWritten => after == before || self.others,
                Told::Unresolved => after == before || after == new.as_ref() || self.others,
            };
            ensure(fits, || {
                format!("record {key}, reported as {told:?}, was {before:?} and is {after:?}")
            })?;
        }
        let stray = self
            .change
            .changed
            .iter()
            .find(|key| !merged.contains_key(key));
        ensure(stray.is_none(), || format!("record {stray:?} was changed"))
    }

    fn deletes(&self, keys: &[i64], told: &[Told]) -> Verdict {
        ensure(
            self.change.inserted.is_empty() && self.change.changed.is_empty(),
            || "a delete inserted or changed".to_owned(),
        )?;
        for (key, told) in keys.iter().zip(told) {
            let is_there = self.after.contains_key(key);
            let fits = match told {
                Told::Record(_) => !is_there,
                Told::NotWritten => is_there == self.before.contains_key(key) || self.others,
                Told::Unresolved => true,
            };
            ensure(fits, || {
                format!("record {key}: {told:?}, and it is there: {is_there}")
            })?;
        }
        let stray = self.change.deleted.iter().find(|key| !keys.contains(key));
        ensure(stray.is_none(), || format!("record {stray:?} was deleted"))
    }

    fn counts_deletes(&self, outcome: &Outcome, keys: &[i64]) -> Verdict {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        let distinct: BTreeSet<&i64> = keys.iter().collect();
        let deleted = self.change.deleted.len() as u64;
        let all = report.deleted + report.not_there + report.failed().len() as u64;
        ensure(all == distinct.len() as u64, || {
            format!("{all} of {} keys are counted", distinct.len())
        })?;
        ensure(report.deleted == deleted || self.hit || self.others, || {
            format!("{deleted} were deleted: {report:?}")
        })
    }

    fn by_condition(&self, at_most: i64, row: Option<&Row>, outcome: &Outcome) -> Verdict {
        if self.others {
            return Ok(());
        }
        let meets = |key: &i64| *key <= at_most;
        let all: Vec<i64> = self
            .before
            .keys()
            .filter(|key| meets(key))
            .copied()
            .collect();
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
        let stray = touched.into_iter().find(|key| !meets(key));
        ensure(stray.is_none(), || {
            format!("record {stray:?} does not meet the condition")
        })?;
        match outcome {
            Outcome::Count(Ok(count)) => {
                let records = all.len() as u64;
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

    fn sync(&self, rows: &[Row], replace: bool, outcome: &Outcome) -> Verdict {
        let told = self.of_rows(outcome, rows.len())?;
        if let Outcome::Report(Err(error)) = outcome {
            return ensure(self.change.is_empty(), || {
                format!("something was written before {error}")
            });
        }
        let of = |row: &Row| identity(self.key, &row[0].1);
        let with = |records: &Snapshot, wanted: &str| {
            records
                .values()
                .filter(|record| record.identity == wanted)
                .count()
        };
        let inserted: Vec<i64> = self.change.inserted.clone();
        let is_new =
            |told: &Told| !matches!(told, Told::Record(key) if self.before.contains_key(key));
        let new: Vec<usize> = (0..rows.len()).filter(|at| is_new(&told[*at])).collect();
        let new_rows: Vec<Row> = new.iter().map(|at| rows[*at].clone()).collect();
        let new_told: Vec<Told> = new.iter().map(|at| told[*at]).collect();
        self.new_records(&new_rows, &new_told, &inserted, false)?;
        for (row, told) in rows.iter().zip(&told) {
            let wanted = of(row);
            ensure(
                with(self.after, &wanted) <= with(self.before, &wanted).max(1),
                || format!("{wanted} is doubled"),
            )?;
            let old = self
                .before
                .iter()
                .find(|(_, record)| record.identity == wanted);
            let Some((key, old)) = old else { continue };
            let new = old.updated(row, self.key);
            let now = self.after.get(key);
            let fits = match told {
                Told::Record(of) => of == key && now == Some(&new),
                Told::NotWritten => now == Some(old),
                Told::Unresolved => now == Some(old) || now == Some(&new),
            };
            ensure(fits || self.others, || {
                format!("{wanted}: {told:?}, record {key} was {old:?} and is {now:?}")
            })?;
        }
        for key in &self.change.changed {
            let record = &self.before[key];
            ensure(rows.iter().any(|row| of(row) == record.identity), || {
                format!("record {key} was changed")
            })?;
        }
        for key in &self.change.deleted {
            let record = &self.before[key];
            let kept = rows.iter().any(|row| of(row) == record.identity);
            ensure(replace && !kept, || format!("record {key} was deleted"))?;
        }
        self.counts_sync(outcome, &told, replace)
    }

    fn counts_sync(&self, outcome: &Outcome, told: &[Told], replace: bool) -> Verdict {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        if self.others {
            return Ok(());
        }
        let records = || {
            told.iter().filter_map(|told| match told {
                Told::Record(key) => Some(key),
                _ => None,
            })
        };
        let new = records()
            .filter(|key| !self.before.contains_key(key))
            .count() as u64;
        let changed = records()
            .filter(|key| self.change.changed.contains(key))
            .count() as u64;
        let all = records().count() as u64;
        let counts = (report.inserted, report.updated, report.unchanged);
        ensure(counts == (new, changed, all - new - changed), || {
            format!("{counts:?} are counted, and {new}, {changed} of {all} happened")
        })?;
        let deleted = self.change.deleted.len() as u64;
        let failed = told.len() as u64 != all;
        ensure(!failed || deleted == 0 || !replace, || {
            "records were deleted although rows failed".to_owned()
        })?;
        ensure(report.deleted == deleted || self.hit, || {
            format!("{deleted} were deleted: {report:?}")
        })
    }
}
