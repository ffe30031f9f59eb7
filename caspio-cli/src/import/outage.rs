//! When an import stops because the service accepts no row.

use crate::error::CliError;
use caspio::{Error, ErrorKind};

/// Detects that the service no longer accepts any row, regardless of the rows.
#[derive(Debug, Default)]
pub(super) struct Outage {
    consecutive: u32,
    pub(super) failure: Option<CliError>,
}

/// After this many consecutive failures that the rows did not cause, the import stops.
const MAX_CONSECUTIVE: u32 = 3_000;

impl Outage {
    /// Records the outcome of a row, and returns whether the import must stop.
    pub(super) fn record(&mut self, error: Option<&Error>) -> bool {
        let kind = error.map(Error::kind);
        let most = match kind {
            None => return self.accepts_rows(),
            Some(kind) if is_of_row(kind) => return self.accepts_rows(),
            Some(
                ErrorKind::Config
                | ErrorKind::Auth
                | ErrorKind::NotFound
                | ErrorKind::Quota
                | ErrorKind::Budget
                | ErrorKind::RateLimited
                | ErrorKind::Connect,
            ) => 1,
            Some(_) => MAX_CONSECUTIVE,
        };
        self.consecutive += 1;
        if self.consecutive >= most && self.failure.is_none() {
            self.failure = error.cloned().map(CliError::from);
        }
        self.failure.is_some()
    }

    fn accepts_rows(&mut self) -> bool {
        self.consecutive = 0;
        false
    }
}

/// Returns whether a row that fails with an error of this kind says nothing about the next one.
pub(super) fn is_of_row(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Refused | ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::Cancelled
    )
}
