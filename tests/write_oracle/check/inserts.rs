//! Whether new records are those of the rows that were inserted.

use super::super::case::{Row, without_password};
use super::super::outcome::{Outcome, Reported};
use super::super::table::Change;
use super::super::values::identity;
use super::{CheckResult, Step, ensure};
use std::collections::{BTreeSet, HashMap};

impl Step<'_> {
    /// Each row is there once as reported, and nothing else changed.
    pub(super) fn inserts(
        &self,
        rows: &[Row],
        reported: &[Reported],
        unique_by: bool,
    ) -> CheckResult {
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

    pub(super) fn new_records(
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
        // While a read does not see the row's record, an older one with the same values is taken for it: the reference
        // gives no limit of the lag, and nothing else distinguishes the two.
        let takes_older = may_be_old && self.lags && !self.case.unique;
        let is_open = |at: &usize| match &reported[*at] {
            Reported::Unresolved => true,
            Reported::Record(key) => takes_older && self.before.contains_key(key),
            Reported::NotWritten => false,
        };
        let open: Vec<usize> = (0..rows.len()).filter(is_open).collect();
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

    pub(super) fn counts_inserts(&self, outcome: &Outcome, reported: &[Reported]) -> CheckResult {
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
}

/// The records were inserted in the order of their rows.
pub(super) fn in_order(reported: &[Reported]) -> CheckResult {
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
