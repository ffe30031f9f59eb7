//! Whether two inserts at the same time are reported as they happened.

use super::super::case::{Action, Row};
use super::super::outcome::{Outcome, Reported};
use super::super::typed;
use super::{CheckResult, Step};
use std::collections::BTreeSet;

impl Step<'_> {
    /// Two inserts at the same time report each record once. With `unique_by` a record of one may be taken for an older
    /// record by the other, if it has the same values.
    pub(super) fn inserts_together(&self, inserts: &[Action; 2], outcome: &Outcome) -> CheckResult {
        let (mut rows, mut results, mut may_be_old) = (Vec::new(), Vec::new(), false);
        let mut records = BTreeSet::new();
        for (at, insert) in inserts.iter().enumerate() {
            let outcome = match outcome {
                Outcome::Both(both) => &both[at],
                other => other,
            };
            let (inserted, reported, unique_by) = self.inserted(insert, outcome)?;
            may_be_old |= unique_by;
            for (row, reported) in inserted.into_iter().zip(reported) {
                let is_shared = record_of(&reported).is_some_and(|key| records.contains(&key));
                if !is_shared || !may_be_old {
                    rows.push(row);
                    results.push(reported);
                }
            }
            records.extend(results.iter().filter_map(record_of));
        }
        self.inserts(&rows, &results, may_be_old)
    }

    /// The rows of an insert, the result of each, and whether a record may be an older one.
    fn inserted(
        &self,
        insert: &Action,
        outcome: &Outcome,
    ) -> Result<(Vec<Row>, Vec<Reported>, bool), String> {
        match insert {
            Action::InsertMany {
                rows, unique_by, ..
            } => {
                let rows = rows.all(self.key);
                let reported = outcome.of_rows(rows.len())?;
                self.counts_inserts(outcome, &reported)?;
                Ok((rows, reported, *unique_by))
            }
            Action::Insert {
                row,
                typed,
                unique_by,
                ..
            } => {
                let row = match typed {
                    true => typed::complete(row.clone()),
                    false => row.clone(),
                };
                Ok((vec![row], vec![outcome.of_one(0)], *unique_by))
            }
            other => Err(format!("{other:?} is no insert")),
        }
    }
}

fn record_of(reported: &Reported) -> Option<i64> {
    match reported {
        Reported::Record(key) => Some(*key),
        _ => None,
    }
}
