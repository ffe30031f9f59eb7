//! Whether what was reported is what happened.

mod changes;
mod inserts;
mod sent;
mod sync;
mod together;

use super::case::{Action, Case, MISSING, Row};
use super::faults::Sent;
use super::files::file;
use super::outcome::{Outcome, Reported};
use super::table::{Change, Snapshot, Stored};
use super::typed;
use super::values::Type;
use inserts::in_order;
use sent::no_secret;

pub(crate) use sync::doubled;

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
    /// Whether a read did not see new records.
    pub(super) lags: bool,
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
                    true => typed::complete(row.clone()),
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
                if *concurrency == Some(1) && !self.hit {
                    in_order(&reported)?;
                }
                self.counts_inserts(outcome, &reported)
            }
            (Action::InsertTogether { inserts }, outcome) => {
                self.inserts_together(inserts, outcome)
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
            (Action::Attach { record, content }, outcome) => {
                let reported = outcome.of_one(key(record));
                self.updates(&[(key(record), file(content))], &[reported])
            }
            (Action::Detach { record }, outcome) => self.detaches(key(record), outcome),
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
            (
                Action::DeleteMany {
                    records,
                    find_missing,
                },
                outcome,
            ) => {
                let reported = outcome.of_rows(records.len())?;
                let keys: Vec<i64> = records.iter().map(key).collect();
                self.deletes(&keys, &reported)?;
                self.counts_deletes(outcome, &keys)?;
                self.names_missing(outcome, &keys, *find_missing)
            }
            (
                Action::UpdateWhere {
                    condition,
                    row,
                    expected,
                },
                outcome,
            ) => self.by_condition(*condition, Some(row), *expected, outcome),
            (
                Action::DeleteWhere {
                    condition,
                    expected,
                },
                outcome,
            ) => self.by_condition(*condition, None, *expected, outcome),
            (Action::Sync { rows, replace, .. }, outcome) => {
                self.sync(&rows.all(self.key), *replace, outcome)
            }
        }
    }

    /// Whether the object that is written shows a record.
    fn is_shown(&self, record: &Stored) -> bool {
        !self.case.view || record.is_shown()
    }
}
