//! The calls counted on this machine, by day, account, operation, table and status.

use crate::error::{CliError, ExitCode};
use crate::folders;
use caspio::calls::{CallOutcome, UsageCount};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// The calls counted so far.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Content")]
pub(crate) struct Ledger {
    counts: BTreeMap<CallsOf, u64>,
}

/// What calls have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct CallsOf {
    /// The day on the account's clock.
    pub(crate) day: String,
    pub(crate) account: String,
    pub(crate) operation: String,
    pub(crate) table: Option<String>,
    /// The status of the response, if there was one.
    pub(crate) status: Option<u16>,
}

/// The content of the file.
#[derive(Serialize, Deserialize)]
struct Content {
    calls: Vec<Count>,
}

/// The number of calls that have the same.
#[derive(Serialize, Deserialize)]
pub(crate) struct Count {
    #[serde(flatten)]
    pub(crate) of: CallsOf,
    pub(crate) calls: u64,
}

impl From<Content> for Ledger {
    fn from(content: Content) -> Self {
        let mut ledger = Self::default();
        for count in content.calls {
            ledger.count(count.of, count.calls);
        }
        ledger
    }
}

impl From<Ledger> for Content {
    fn from(ledger: Ledger) -> Self {
        let counts = ledger.counts.into_iter();
        Self {
            calls: counts.map(|(of, calls)| Count { of, calls }).collect(),
        }
    }
}

impl CallsOf {
    pub(crate) fn new(account: &str, count: UsageCount) -> Self {
        Self {
            day: count.day.to_string(),
            account: account.to_owned(),
            operation: count.operation.to_owned(),
            table: count.table,
            status: match count.outcome {
                CallOutcome::Status(status) => Some(status),
                _ => None,
            },
        }
    }
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

    /// Adds calls. A lock file serializes programs that end at the same time.
    pub(crate) fn add(
        folder: &Path,
        calls: impl IntoIterator<Item = (CallsOf, u64)>,
    ) -> Result<(), CliError> {
        folders::make_private(folder)?;
        let _lock = lock(folder)?;
        let mut ledger = Self::read(folder)?;
        for (of, calls) in calls {
            ledger.count(of, calls);
        }
        let text = serde_json::to_vec_pretty(&Content::from(ledger)).map_err(|_| {
            CliError::new(
                ExitCode::General,
                "the call counts cannot be written as JSON",
            )
        })?;
        folders::replace_private(&folder.join("usage.json"), &text)
    }

    /// Returns the counts of all days in their order.
    pub(crate) fn counts(&self) -> impl DoubleEndedIterator<Item = (&CallsOf, u64)> {
        self.counts.iter().map(|(of, calls)| (of, *calls))
    }

    fn count(&mut self, of: CallsOf, calls: u64) {
        let count = self.counts.entry(of).or_default();
        *count = count.saturating_add(calls);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(table: Option<&str>, status: Option<u16>) -> CallsOf {
        CallsOf {
            day: "2026-11-29".to_owned(),
            account: "a.caspio.com".to_owned(),
            operation: "records.list".to_owned(),
            table: table.map(str::to_owned),
            status,
        }
    }

    #[test]
    fn calls_add_up_by_table_and_status() {
        let folder = tempfile::tempdir().expect("a folder");
        let (orders, refused) = (of(Some("Orders"), Some(200)), of(Some("Orders"), Some(429)));
        let cancelled = of(None, None);
        for _ in 0..2 {
            let calls = [
                (orders.clone(), 3),
                (refused.clone(), 1),
                (cancelled.clone(), 2),
            ];
            Ledger::add(folder.path(), calls).expect("kept");
        }

        let ledger = Ledger::read(folder.path()).expect("a file");

        let counts: Vec<_> = ledger.counts().collect();
        assert_eq!(counts, [(&cancelled, 4), (&orders, 6), (&refused, 2)]);
    }

    #[test]
    fn a_damaged_file_is_named_and_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("usage.json");
        fs::write(&path, "{").expect("written");

        let error = Ledger::add(folder.path(), [(of(None, None), 1)]).expect_err("damaged");

        assert!(
            error.to_string().contains("usage.json is damaged"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).expect("a file"), "{");
    }
}
