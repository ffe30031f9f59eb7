//! The log of the latest calls, which the page shows.

use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many calls are kept.
const CALLS: usize = 500;
/// Longer paths are cut.
const LONGEST: usize = 300;

/// One call and its result.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// The path, with the query if it is an operation; other queries may hold a secret.
    pub(crate) path: String,
    /// The names of parameters that no operation reads.
    pub(crate) ignored: String,
    pub(crate) operation: &'static str,
    /// 0 if the connection was reset before a response.
    pub(crate) status: u16,
    pub(crate) taken: Duration,
    pub(crate) rows: u64,
}

/// The latest 500 calls, newest first.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<Entry>>);

impl Log {
    pub(crate) fn note(&self, mut entry: Entry) {
        if let Some((at, _)) = entry.path.char_indices().nth(LONGEST) {
            entry.path.truncate(at);
            entry.path.push('…');
        }
        let mut entries = self.lock();
        entries.truncate(CALLS - 1);
        entries.push_front(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: String) -> Entry {
        Entry {
            at: Timestamp::UNIX_EPOCH,
            method: "GET".into(),
            path,
            ignored: String::new(),
            operation: "ListTables",
            status: 200,
            taken: Duration::ZERO,
            rows: 0,
        }
    }

    #[test]
    fn the_last_500_calls_are_kept_newest_first() {
        let log = Log::default();
        for number in 0..600 {
            log.note(entry(number.to_string()));
        }

        let paths: Vec<_> = log.entries().into_iter().map(|entry| entry.path).collect();

        assert_eq!(paths.len(), 500);
        assert_eq!((paths[0].as_str(), paths[499].as_str()), ("599", "100"));
    }

    #[test]
    fn long_path_is_cut_between_characters() {
        let log = Log::default();
        log.note(entry("é".repeat(400)));

        assert_eq!(log.entries()[0].path, format!("{}…", "é".repeat(300)));
    }
}
