//! The count of calls kept on this machine: by day, account and operation.

use crate::error::{CliError, ExitCode};
use crate::folders;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Calls by day (UTC), account and operation.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) days: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
}

impl Ledger {
    /// What was counted so far.
    pub(crate) fn read(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join("usage.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(CliError::file("read", &path, &error)),
        };
        serde_json::from_slice(&text).map_err(|error| {
            CliError::usage(format!("{} is damaged: {error}", path.display()))
                .with_hint("remove it; counting starts anew")
        })
    }

    /// Adds calls of today. Programs that end at the same time take turns.
    pub(crate) fn add(folder: &Path, calls: &[(String, &str, u64)]) -> Result<(), CliError> {
        folders::make_private(folder)?;
        let _turn = lock(folder)?;
        let mut ledger = Self::read(folder)?;
        let day = ledger.days.entry(today()).or_default();
        for (account, operation, count) in calls {
            let operations = day.entry(account.clone()).or_default();
            *operations.entry((*operation).to_owned()).or_default() += count;
        }
        let text = serde_json::to_vec_pretty(&ledger).map_err(|_| {
            CliError::new(ExitCode::General, "the count of calls cannot be written")
        })?;
        folders::replace_private(&folder.join("usage.json"), &text)
    }
}

fn lock(folder: &Path) -> Result<File, CliError> {
    let path = folder.join("usage.lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| CliError::file("open", &path, &error))?;
    file.lock()
        .map_err(|error| CliError::file("lock", &path, &error))?;
    Ok(file)
}

fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs() / 86_400);
    date(days)
}

/// The date so many days after 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = match month {
        0..=9 => (month + 3, 0),
        _ => (month - 9, 1),
    };
    let year = year_of_era + era * 400 + next_year;
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(20_820), "2027-01-02");
    }

    #[test]
    fn calls_add_up() {
        let folder = tempfile::tempdir().expect("a folder");
        for _ in 0..2 {
            let calls = [("a.caspio.com".to_owned(), "records.list", 3)];
            Ledger::add(folder.path(), &calls).expect("kept");
        }
        let ledger = Ledger::read(folder.path()).expect("there");
        assert_eq!(ledger.days[&today()]["a.caspio.com"]["records.list"], 6);
    }
}
