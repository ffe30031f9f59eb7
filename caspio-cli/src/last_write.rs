//! When this machine last wrote records of a table, recorded on the disk: for some seconds reads may not see it.

use crate::error::CliError;
use crate::folders::{make_private, state};
use caspio_schema::folded_name;
use caspio_support::file::{Access, restrict};
use caspio_support::hash::fnv1a_64;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a read may not see a write.
pub(crate) const UNSEEN_FOR: Duration = Duration::from_secs(3);

/// The time of the last write of a table's records.
#[derive(Clone, Debug)]
pub(crate) struct LastWrite(PathBuf);

impl LastWrite {
    /// The record of a table of an account. All commands share it.
    pub(crate) fn of(account: &str, table: &str) -> Result<Self, CliError> {
        let subject = format!("{account}\n{}", folded_name(table));
        let name = format!("{:016x}.time", fnv1a_64(subject.bytes()));
        Ok(Self(state()?.join("writes").join(name)))
    }

    /// Records a write now. An error is not one of the write: it does not need a folder of state.
    pub(crate) fn note(&self) {
        let _ = self.store(SystemTime::now());
    }

    fn store(&self, at: SystemTime) -> Result<(), CliError> {
        make_private(self.0.parent().unwrap_or(&self.0))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        restrict(&mut options, Access::OwnerOnly);
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        // Of one length, and written in one call over the time before, so that a reader never finds a part of it.
        let text = format!("{:013}\n", since.as_millis() + 1);
        let file = options.open(&self.0);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| CliError::file("write", &self.0, &error))
    }

    fn load(&self) -> Option<SystemTime> {
        let text = fs::read_to_string(&self.0).ok()?;
        let milliseconds = text.trim().parse().ok()?;
        UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))
    }

    /// Waits until reads see the last write.
    pub(crate) async fn wait_until_seen(&self) {
        if let Some(wait) = self.load().and_then(left) {
            tokio::time::sleep(wait).await;
        }
    }
}

/// Returns how long to wait after a write; `None` if reads see it.
fn left(at: SystemTime) -> Option<Duration> {
    match at.elapsed() {
        Ok(age) => UNSEEN_FOR.checked_sub(age),
        // The clock was set back since then.
        Err(_) => Some(UNSEEN_FOR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_last_write_is_exact_and_not_rounded_down() {
        let folder = tempfile::tempdir().expect("a folder");
        let last = LastWrite(folder.path().join("writes").join("a.time"));
        assert_eq!(last.load(), None);
        for second in [12, 13] {
            let at = UNIX_EPOCH + Duration::from_micros(second * 1_000_000 + 950_400);

            last.store(at).expect("stored");

            let stored = last.load().expect("a time");
            assert!(stored >= at, "{stored:?} {at:?}");
            assert!(stored < at + Duration::from_millis(2), "{stored:?} {at:?}");
        }
    }

    #[test]
    fn a_read_waits_three_seconds_after_a_write() {
        let wait = |before: u64| left(SystemTime::now() - Duration::from_millis(before));
        let close = |wait: Option<Duration>, to: u64| {
            let wait = wait.expect("a wait").as_millis();
            assert!(
                wait <= u128::from(to) && wait + 500 > u128::from(to),
                "{wait} {to}"
            );
        };
        close(wait(0), 3000);
        close(wait(1950), 1050);
        assert_eq!(wait(3001), None);
        assert_eq!(left(SystemTime::now() + UNSEEN_FOR * 100), Some(UNSEEN_FOR));
    }
}
