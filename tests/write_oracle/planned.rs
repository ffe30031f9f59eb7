//! Whether a sync does what its dry run reported.

use super::outcome::{Outcome, Report};
use caspio::Result;

/// What a dry run reported.
#[derive(Debug)]
pub(super) struct Planned(pub(super) Result<Report>);

impl Planned {
    /// Compares the sync that follows.
    ///
    /// # Errors
    ///
    /// It did something else: only rows that the service refused may make a difference.
    pub(super) fn is_done_by(&self, outcome: &Outcome) -> std::result::Result<(), String> {
        let Outcome::Report(done) = outcome else {
            return Ok(());
        };
        let fits = match (&self.0, done) {
            (Ok(planned), Ok(done)) => fits(planned, done),
            (Err(planned), Err(done)) => planned.kind() == done.kind(),
            _ => false,
        };
        match fits {
            true => Ok(()),
            false => Err(format!("{:?} was planned: {done:?}", self.0)),
        }
    }
}

fn fits(planned: &Report, done: &Report) -> bool {
    let counts = |report: &Report| (report.inserted, report.updated, report.deleted);
    if planned.failed == done.failed {
        return planned.unchanged == done.unchanged && counts(planned) == counts(done);
    }
    let rows = |report: &Report| report.inserted + report.updated + report.failed as u64;
    planned.failed < done.failed && done.deleted == 0 && rows(planned) == rows(done)
}
