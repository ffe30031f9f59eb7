//! Whether a sync made the table as its rows are.

use super::super::case::{Row, without_password};
use super::super::outcome::{Outcome, Reported};
use super::super::table::{Snapshot, Stored};
use super::super::values::{compared, identity};
use super::{CheckResult, Step, ensure};
use std::collections::{BTreeSet, HashMap};

impl Step<'_> {
    pub(super) fn sync(&self, rows: &[Row], replace: bool, outcome: &Outcome) -> CheckResult {
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
        // A record that only the service takes for that of a row is not doubled, also if it is the record of another
        // row.
        let service = |record: &Stored| compared(self.key, record.column("K"));
        let mut others: HashMap<String, Vec<&str>> = HashMap::new();
        for record in self.before.values() {
            let identities = others.entry(service(record)).or_default();
            identities.push(&record.identity);
        }
        let like_other = inserted.iter().find(|key| {
            let record = &self.after[*key];
            let alike = others.get(&service(record)).into_iter().flatten();
            alike
                .into_iter()
                .any(|identity| *identity != record.identity)
        });
        ensure(like_other.is_none() || self.others, || {
            format!("record {like_other:?} has the key of another record for the service")
        })?;
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
pub(crate) fn doubled(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let (before, after) = (by_identity(before), by_identity(after));
    let times = |of: &HashMap<String, Vec<i64>>, key: &String| of.get(key).map_or(0, Vec::len);
    let mut keys = after.keys();
    let doubled =
        keys.find(|key| !key.is_empty() && times(&after, key) > times(&before, key).max(1));
    doubled.cloned()
}

fn by_identity(records: &Snapshot) -> HashMap<String, Vec<i64>> {
    let mut all: HashMap<String, Vec<i64>> = HashMap::new();
    for (key, record) in records {
        all.entry(record.identity.clone()).or_default().push(*key);
    }
    all
}
