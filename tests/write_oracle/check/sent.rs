//! Whether what was sent and what is reported may be.

use super::super::case::{Action, Condition};
use super::super::outcome::Outcome;
use super::super::values::PASSWORDS;
use super::{CheckResult, Step, ensure};
use std::collections::HashMap;

impl Step<'_> {
    /// Nothing that may have been executed is sent again, unless the service would refuse it.
    pub(super) fn sends(&self, action: &Action) -> CheckResult {
        let (operation, most) = match action {
            // The keys of all records are a condition that an update does not change.
            Action::UpdateWhere {
                condition: Condition::All,
                ..
            } => return Ok(()),
            Action::UpdateWhere { .. }
            | Action::Save {
                if_unchanged: true, ..
            } => ("records.update", 1),
            Action::InsertTogether { inserts } => (
                "records.insert",
                inserts.iter().map(|insert| self.most_inserts(insert)).sum(),
            ),
            Action::Insert { .. } | Action::InsertMany { .. } | Action::Sync { .. } => {
                ("records.insert", self.most_inserts(action))
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

    /// How many rows may be sent that may be executed.
    fn most_inserts(&self, action: &Action) -> usize {
        let (rows, unique_by) = match action {
            Action::InsertMany {
                rows, unique_by, ..
            } => (rows.all(self.key).len(), *unique_by),
            Action::Sync { rows, .. } => (rows.all(self.key).len(), true),
            Action::Insert { unique_by, .. } => (1, *unique_by),
            _ => (0, false),
        };
        match unique_by && self.case.unique {
            true => 3 * rows,
            false => rows,
        }
    }
}

/// No password is in an error, nor in the row that it carries.
pub(super) fn no_secret(outcome: &Outcome) -> CheckResult {
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
