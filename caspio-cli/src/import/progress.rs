//! The progress of an import.

use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The progress of an import. Rows are counted from the start of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The first line that the import reads.
    pub(super) from_line: u64,
    /// How many rows at the start of the file were answered: inserted or refused.
    pub(super) answered: u64,
    /// The line of the first row that was not answered.
    pub(super) line: u64,
    /// How many rows at the start of the file may have been sent.
    pub(super) sent: u64,
    /// When a call was last sent, in milliseconds since 1970: also one that repeats another. The time of the journal's
    /// file would not do: programs that copy files change it or keep it.
    pub(super) sent_at: u64,
    pub(super) inserted: u64,
    pub(super) already_there: u64,
    pub(super) refused: u64,
    pub(super) unresolved: u64,
    /// The bytes of the file of refused rows that belong to the answered rows.
    pub(super) refused_bytes: u64,
    /// The hash of those bytes.
    pub(super) refused_hash: u64,
    /// Whether the file of refused rows has its final name. It may have been changed since then.
    pub(super) is_named: bool,
}

impl Progress {
    /// Returns the progress with a call that is sent now.
    pub(super) fn sending(self, sent: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        Self {
            sent: sent.max(self.sent),
            sent_at: now.max(1),
            ..self
        }
    }

    /// Returns when a call was last sent; `None` if none was.
    pub(super) fn sent_at(&self) -> Option<SystemTime> {
        match self.sent_at {
            0 => None,
            // A time out of range counts as now.
            at => Some(
                UNIX_EPOCH
                    .checked_add(Duration::from_millis(at))
                    .unwrap_or_else(SystemTime::now),
            ),
        }
    }
}
