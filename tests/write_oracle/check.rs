//! Whether what was reported is what happened.

use super::case::{Action, Case, Condition, MISSING, Row, without_password};
use super::faults::Sent;
use super::outcome::{Outcome, Reported, reported};
use super::table::{Change, Snapshot, Stored};
use super::values::{PASSWORDS, Type, compared, identity};
use caspio::ErrorKind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A step that was made.
pub(super) struct Step<'s> {
    pub(super) case: &'s Case,
    pub(super) key: Type,
    /// The key before the first record of the case.
    pub(super) base: i64,
    pub(super) before: &'s Snapshot,
    pub(super) after: &'s Snapshot,
    pub(super) change: Change,
    /// The record of a save as the program read it.
    pub(super) read: Option<&'s Stored>,
    /// Whether calls were hit.
    pub(super) hit: bool,
    /// Whether another program wrote.
    pub(super) others: bool,
    /// The records that another program updated.
    pub(super) updated: &'s [i64],
    /// The writes that were sent.
    pub(super) sent: &'s [Sent],
}

type CheckResult = std::result::Result<(), String>;

fn ensure(holds: bool, message: impl FnOnce() -> String) -> CheckResult {
    if holds { Ok(()) } else { Err(message()) }
}

impl Step<'_> {
    pub(super) fn check(&self, action: &Action, outcome: &Outcome, keys: &[i64]) -> CheckResult {
        let key = |record: &usize| keys.get(*record).copied().unwrap_or(MISSING);
        self.sends(action)?;
        no_secret(outcome)?;
        match (action, outcome) {
            (_, Outcome::Skipped) => Ok(()),
            (
                Action::Insert {
                    row,
                    unique_by,
                    typed,
                    ..
                },
                outcome,
            ) => {
                let row = match typed {
                    true => super::typed::complete(row.clone()),
                    false => row.clone(),
                };
                self.inserts(&[row], &[outcome.of_one(0)], *unique_by)
            }
            (
                Action::InsertMany {
                    rows,
                    unique_by,
                    concurrency,
                },
                outcome,
            ) => {
                let rows = rows.all(self.key);
                let reported = outcome.of_rows(rows.len())?;
                self.inserts(&rows, &reported, *unique_by)?;
                if *concurrency == 1 && !self.hit {
                    in_order(&reported)?;
                }
                self.counts_inserts(outcome, &reported)
            }
            (Action::Update { record, row, .. }, outcome) => {
                let reported = outcome.of_one(key(record));
                self.updates(&[(key(record), row.clone())], &[reported])
            }
            (Action::SetPassword { record, password }, outcome) => {
                let reported = outcome.of_one(key(record));
                let row = vec![("P".to_owned(), password.as_str().into())];
                self.updates(&[(key(record), row)], &[reported])
            }
            (Action::UpdateMany { rows }, outcome) => {
                let reported = outcome.of_rows(rows.len())?;
                let rows: Vec<(i64, Row)> = rows
                    .iter()
                    .map(|(record, row)| (key(record), row.clone()))
                    .collect();
                self.updates(&rows, &reported)
            }
            (
                Action::Save {
                    record,
                    row,
                    if_unchanged,
                    ..
                },
                outcome,
            ) => self.save(key(record), row, *if_unchanged, outcome),
            (Action::Delete { record }, outcome) => {
                let reported = outcome.of_one(key(record));
                self.deletes(&[key(record)], &[reported])?;
                let was_there = self
                    .before
                    .get(&key(record))
                    .is_some_and(|at| self.is_shown(at));
                ensure(
                    was_there || self.hit || reported != Reported::Record(key(record)),
                    || "a record that was not there is reported as deleted".to_owned(),
                )
            }
            (Action::DeleteMany { records }, outcome) => {
                let reported = outcome.of_rows(records.len())?;
                let keys: Vec<i64> = records.iter().map(key).collect();
                self.deletes(&keys, &reported)?;
                self.counts_deletes(outcome, &keys)
            }
            (Action::UpdateWhere { condition, row }, outcome) => {
                self.by_condition(*condition, Some(row), outcome)
            }
            (Action::DeleteWhere { condition }, outcome) => {
                self.by_condition(*condition, None, outcome)
            }
            (Action::Sync { rows, replace, .. }, outcome) => {
                self.sync(&rows.all(self.key), *replace, outcome)
            }
        }
    }

    /// Whether the object that is written shows a record.
    fn is_shown(&self, record: &Stored) -> bool {
        !self.case.view || record.is_shown()
    }

    /// Nothing that may have been executed is sent again, unless the service would refuse it.
    fn sends(&self, action: &Action) -> CheckResult {
        let (operation, most) = match action {
            Action::UpdateWhere { .. }
            | Action::Save {
                if_unchanged: true, ..
            } => ("records.update", 1),
            Action::Insert { unique_by, .. } => (
                "records.insert",
                if *unique_by && self.case.unique { 3 } else { 1 },
            ),
            Action::InsertMany {
                rows, unique_by, ..
            } => {
                let rows = rows.all(self.key).len();
                (
                    "records.insert",
                    if *unique_by && self.case.unique {
                        3 * rows
                    } else {
                        rows
                    },
                )
            }
            Action::Sync { rows, .. } => {
                let rows = rows.all(self.key).len();
                (
                    "records.insert",
                    if self.case.unique { 3 * rows } else { rows },
                )
            }
            _ => return Ok(()),
        };
        let mut sent: HashMap<&str, usize> = HashMap::new();
        for write in self.sent.iter().filter(|write| write.may_be_executed) {
            if write.operation.starts_with(operation) {
                // A row goes to one table, and to its staging table.
                let table = write.path.trim_end_matches("/bulk");
                *sent.entry(table).or_default() += write.rows;
            }
        }
        ensure(sent.values().all(|rows| *rows <= most), || {
            format!("{sent:?} were sent, at most {most} may be: {:?}", self.sent)
        })
    }

    fn save(&self, key: i64, row: &Row, if_unchanged: bool, outcome: &Outcome) -> CheckResult {
        let (Some(read), Some(before)) = (self.read, self.before.get(&key)) else {
            return Ok(());
        };
        let after = self.after.get(&key);
        let is_held = |by: &Stored, (name, value): &(String, Value)| {
            by.holds(&vec![(name.clone(), value.clone())], self.key)
        };
        let row = super::typed::without_strange_values(row);
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

    /// Each row is there once as reported, and nothing else changed.
    fn inserts(&self, rows: &[Row], reported: &[Reported], unique_by: bool) -> CheckResult {
        let Change {
            inserted,
            deleted,
            changed,
        } = &self.change;
        ensure(deleted.is_empty() && changed.is_empty(), || {
            "an insert changed other records".to_owned()
        })?;
        self.new_records(rows, reported, inserted, unique_by)
    }

    fn new_records(
        &self,
        rows: &[Row],
        reported: &[Reported],
        inserted: &[i64],
        may_be_old: bool,
    ) -> CheckResult {
        let mut taken = BTreeSet::new();
        for (at, reported) in reported.iter().enumerate() {
            let Reported::Record(key) = reported else {
                continue;
            };
            ensure(taken.insert(*key), || {
                format!("record {key} is that of two rows")
            })?;
            let is_new = inserted.contains(key);
            ensure(
                is_new || may_be_old && self.before.contains_key(key) || self.others,
                || format!("row {at}: record {key} was not inserted"),
            )?;
            let holds = self.after.get(key).map(|record| match is_new {
                true => record.holds(&rows[at], self.key),
                // Its password cannot be read.
                false => record.holds(&without_password(&rows[at]), self.key),
            });
            let is_updated = self.updated.contains(key);
            ensure(is_updated || holds.unwrap_or(self.others), || {
                format!("row {at}: record {key} holds other values")
            })?;
        }
        let unclaimed: Vec<i64> = inserted
            .iter()
            .filter(|key| !taken.contains(key))
            .copied()
            .collect();
        let open: Vec<usize> = (0..rows.len())
            .filter(|at| reported[*at] == Reported::Unresolved)
            .collect();
        ensure(self.are_of_rows(&unclaimed, rows, &open), || {
            format!("records {unclaimed:?} were inserted, which no row reports: {reported:?}")
        })
    }

    /// Whether each record is that of another row.
    fn are_of_rows(&self, records: &[i64], rows: &[Row], open: &[usize]) -> bool {
        let mut by_identity: HashMap<String, Vec<usize>> = HashMap::new();
        for at in open {
            let identity = identity(self.key, &rows[*at][0].1);
            by_identity.entry(identity).or_default().push(*at);
        }
        let mut of_row: HashMap<usize, i64> = HashMap::new();
        let candidates = |key: i64| {
            let record = &self.after[&key];
            let is_updated = self.updated.contains(&key);
            let rows_of = by_identity.get(&record.identity).into_iter().flatten();
            let fitting = rows_of.filter(|at| is_updated || record.holds(&rows[**at], self.key));
            fitting.copied().collect::<Vec<usize>>()
        };
        let mut records = records.iter();
        records.all(|record| {
            let mut tried = BTreeSet::new();
            find_row(*record, &candidates, &mut of_row, &mut tried)
        })
    }

    fn counts_inserts(&self, outcome: &Outcome, reported: &[Reported]) -> CheckResult {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        let written = reported
            .iter()
            .filter(|reported| matches!(reported, Reported::Record(_)))
            .count();
        ensure(
            report.inserted == written as u64 && report.failed == reported.len() - written,
            || format!("the counts do not fit the results: {report:?}"),
        )
    }

    fn updates(&self, rows: &[(i64, Row)], reported: &[Reported]) -> CheckResult {
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

    fn deletes(&self, keys: &[i64], reported: &[Reported]) -> CheckResult {
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

    fn counts_deletes(&self, outcome: &Outcome, keys: &[i64]) -> CheckResult {
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

    fn by_condition(
        &self,
        condition: Condition,
        row: Option<&Row>,
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

    fn sync(&self, rows: &[Row], replace: bool, outcome: &Outcome) -> CheckResult {
        let reported = outcome.of_rows(rows.len())?;
        if let Outcome::Report(Err(error)) = outcome {
            return ensure(self.change.is_empty(), || {
                format!("something was written before {error}")
            });
        }
        let of = |row: &Row| identity(self.key, &row[0].1);
        let (before, after) = (by_identity(self.before), by_identity(self.after));
        let wanted: BTreeSet<String> = rows.iter().map(of).collect();
        let inserted: Vec<i64> = self.change.inserted.clone();
        let is_new = |reported: &Reported| !matches!(reported, Reported::Record(key) if self.before.contains_key(key));
        let new: Vec<usize> = (0..rows.len())
            .filter(|at| is_new(&reported[*at]))
            .collect();
        let new_rows: Vec<Row> = new.iter().map(|at| rows[*at].clone()).collect();
        let new_reported: Vec<Reported> = new.iter().map(|at| reported[*at]).collect();
        self.new_records(&new_rows, &new_reported, &inserted, false)?;
        for (row, reported) in rows.iter().zip(&reported) {
            let wanted = of(row);
            let (were, are) = (before.get(&wanted), after.get(&wanted));
            let count = |keys: Option<&Vec<i64>>| keys.map_or(0, Vec::len);
            ensure(count(are) <= count(were).max(1), || {
                format!("{wanted} is doubled: {were:?} are {are:?}")
            })?;
            let mut were = were.into_iter().flatten();
            let old = were.find(|key| self.is_shown(&self.before[key]));
            let old = old.map(|key| (key, &self.before[key]));
            let Some((key, old)) = old else { continue };
            let new = old.updated(&without_password(row), self.key);
            let now = self.after.get(key);
            let fits = match reported {
                Reported::Record(of) => of == key && now == Some(&new),
                Reported::NotWritten => now == Some(old),
                Reported::Unresolved => now == Some(old) || now == Some(&new),
            };
            ensure(fits || self.others, || {
                format!("{wanted}: {reported:?}, record {key} was {old:?} and is {now:?}")
            })?;
        }
        // A record that only the service takes for that of a row is not doubled.
        let service = |record: &Stored| compared(self.key, record.column("K"));
        let others = self.before.values();
        let others = others.filter(|record| !wanted.contains(&record.identity));
        let others: BTreeSet<String> = others.map(service).collect();
        let like_other = inserted
            .iter()
            .find(|key| others.contains(&service(&self.after[*key])));
        ensure(
            like_other.is_none() || self.others || self.case.view,
            || format!("record {like_other:?} has the key of another record for the service"),
        )?;
        for key in &self.change.changed {
            let record = &self.before[key];
            ensure(wanted.contains(&record.identity), || {
                format!("record {key} was changed")
            })?;
        }
        for key in &self.change.deleted {
            let record = &self.before[key];
            let kept = wanted.contains(&record.identity) || !self.is_shown(record);
            ensure(replace && !kept, || format!("record {key} was deleted"))?;
        }
        self.counts_sync(outcome, &reported, replace)
    }

    fn counts_sync(&self, outcome: &Outcome, reported: &[Reported], replace: bool) -> CheckResult {
        let Outcome::Report(Ok(report)) = outcome else {
            return Ok(());
        };
        if self.others {
            return Ok(());
        }
        let records = || {
            reported.iter().filter_map(|reported| match reported {
                Reported::Record(key) => Some(key),
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
        // A record that the view does not show was inserted, and its row failed.
        let most = self.change.inserted.len() as u64;
        let inserted = match self.case.view && (new..=most).contains(&report.inserted) {
            true => new,
            false => report.inserted,
        };
        let counts = (inserted, report.updated, report.unchanged);
        ensure(counts == (new, changed, all - new - changed), || {
            format!("{counts:?} are counted, and {new}, {changed} of {all} happened")
        })?;
        let deleted = self.change.deleted.len() as u64;
        let failed = reported.len() as u64 != all;
        ensure(!failed || deleted == 0 || !replace, || {
            "records were deleted although rows failed".to_owned()
        })?;
        ensure(report.deleted == deleted || self.hit, || {
            format!("{deleted} were deleted: {report:?}")
        })
    }
}

/// The key of which there are more records than before, and more than one.
pub(super) fn doubled(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let (before, after) = (by_identity(before), by_identity(after));
    let times = |of: &HashMap<String, Vec<i64>>, key: &String| of.get(key).map_or(0, Vec::len);
    let mut keys = after.keys();
    let doubled =
        keys.find(|key| !key.is_empty() && times(&after, key) > times(&before, key).max(1));
    doubled.cloned()
}

/// The records were inserted in the order of their rows.
fn in_order(reported: &[Reported]) -> CheckResult {
    let keys = reported.iter().filter_map(|reported| match reported {
        Reported::Record(key) => Some(key),
        _ => None,
    });
    ensure(keys.is_sorted(), || {
        format!("the rows were inserted in another order: {reported:?}")
    })
}

/// Finds a row for a record, and other rows for those that have it.
fn find_row(
    record: i64,
    candidates: &impl Fn(i64) -> Vec<usize>,
    of_row: &mut HashMap<usize, i64>,
    tried: &mut BTreeSet<usize>,
) -> bool {
    for row in candidates(record) {
        if !tried.insert(row) {
            continue;
        }
        let holder = of_row.get(&row).copied();
        if holder.is_none_or(|other| find_row(other, candidates, of_row, tried)) {
            of_row.insert(row, record);
            return true;
        }
    }
    false
}

fn by_identity(records: &Snapshot) -> HashMap<String, Vec<i64>> {
    let mut all: HashMap<String, Vec<i64>> = HashMap::new();
    for (key, record) in records {
        all.entry(record.identity.clone()).or_default().push(*key);
    }
    all
}

/// No password is in an error, nor in the row that it carries.
fn no_secret(outcome: &Outcome) -> CheckResult {
    let mut text = format!("{outcome:?}");
    for error in outcome.errors() {
        text += &error.to_string();
        text += error.sent().unwrap_or_default();
    }
    let secret = PASSWORDS.iter().find(|secret| {
        // As it is, and as JSON.
        text.contains(**secret) || text.contains(&format!("{secret:?}"))
    });
    ensure(secret.is_none(), || format!("{secret:?} is in {text}"))
}
