//! The calls counted on this machine, by day, account and operation.

use crate::error::{CliError, ExitCode};
use crate::folders;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Calls by day (UTC), account and operation.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) days: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
}

impl Ledger {
    /// Reads the calls counted so far.
    pub(crate) fn read(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join("usage.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(CliError::file("read", &path, &error)),
        };
        serde_json::from_slice(&text).map_err(|error| {
            CliError::usage(format!("{} is damaged: {error}", path.display()))
                .with_hint("remove it to start counting again")
        })
    }

    /// Adds calls of today. A lock file serializes programs that end at the same time.
    pub(crate) fn add(folder: &Path, calls: &[(String, &str, u64)]) -> Result<(), CliError> {
        folders::make_private(folder)?;
        let _lock = lock(folder)?;
        let mut ledger = Self::read(folder)?;
        let day = ledger.days.entry(today()).or_default();
        for (account, operation, count) in calls {
            let operations = day.entry(account.clone()).or_default();
            *operations.entry((*operation).to_owned()).or_default() += count;
        }
        let text = serde_json::to_vec_pretty(&ledger).map_err(|_| {
            CliError::new(
                ExitCode::General,
                "the call counts cannot be written as JSON",
            )
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

/// Returns the date in UTC.
fn today() -> String {
    Timestamp::now().strftime("%F").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_a_date() {
        assert!(today().parse::<jiff::civil::Date>().is_ok());
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
