//! How many records a sync deletes, and the question before it deletes more.

use super::stop::nothing_written;
use crate::credentials::Answers;
use crate::error::CliError;
use crate::interrupt::Interrupts;
use caspio::bulk::{BulkReport, SyncCounts};
use caspio::{Error, ErrorKind};
use futures::channel::oneshot;
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How many records of a small table are deleted without a question, if they are not more than half of it.
const FEW: u64 = 10;

/// The records that a sync may delete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Deletions {
    /// A tenth of the table, or [`FEW`]. On a terminal, those that a person confirms.
    #[default]
    Few,
    Records(u64),
    /// Of the table's records.
    Percent(u64),
    All,
}

impl FromStr for Deletions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "use a number of records, such as 500, or a share of the table, such as 20%";
        let parsed = match text.strip_suffix('%') {
            Some(share) => share
                .parse()
                .ok()
                .filter(|share| *share <= 100)
                .map(Self::Percent),
            None => text.parse().ok().map(Self::Records),
        };
        parsed.ok_or_else(|| wrong().to_owned())
    }
}

/// What is done about records that a sync would delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Delete,
    Ask,
    Refuse,
}

impl Deletions {
    /// Returns how many of a table's records may be deleted without a question.
    fn most(self, records: u64) -> u64 {
        match self {
            Self::Few => (records / 10).max(FEW.min(records / 2)),
            Self::Records(most) => most,
            Self::Percent(share) => (u128::from(records) * u128::from(share) / 100) as u64,
            Self::All => u64::MAX,
        }
    }

    /// Returns whether all records of a table may be deleted without a question.
    pub(super) fn allows_all(self, records: u64) -> bool {
        records <= self.most(records)
    }

    fn decide(self, counts: &SyncCounts, is_terminal: bool) -> Decision {
        match self {
            _ if counts.deleted == 0 => Decision::Delete,
            Self::Few if is_terminal => Decision::Ask,
            _ if counts.deleted <= self.most(counts.records()) => Decision::Delete,
            _ => Decision::Refuse,
        }
    }

    /// Returns the error of a sync that would delete more than that.
    fn refuse(self, counts: &SyncCounts, table: &str) -> CliError {
        let limit = match self {
            Self::Few => "a tenth of the table and half of a small one".to_owned(),
            Self::Records(most) => format!("--max-deletes {most}"),
            Self::Percent(share) => format!("--max-deletes {share}%"),
            Self::All => "all".to_owned(),
        };
        CliError::usage(format!(
            "{} would be deleted, more than {limit}; nothing was written",
            Share(counts, table)
        ))
        .with_hint(format!(
            "check whether the file is complete; to delete so many, pass --max-deletes {} or --yes",
            counts.deleted
        ))
    }
}

/// The number of records to delete, and of which.
struct Share<'c>(&'c SyncCounts, &'c str);

impl fmt::Display for Share<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(counts, table) = self;
        let (deleted, records) = (counts.deleted, counts.records());
        let percent = deleted as f64 * 100.0 / records.max(1) as f64;
        write!(
            f,
            "{deleted} of the {records} records of {table} ({percent:.1} %)"
        )
    }
}

/// Compares what a sync would delete with what it may delete.
#[derive(Clone, Debug)]
pub(super) struct DeleteGuard {
    deletions: Deletions,
    is_terminal: bool,
    /// How many records a person agreed to delete.
    agreed: u64,
    /// The counts of a sync that was stopped because of them.
    stopped: Arc<Mutex<Option<SyncCounts>>>,
}

impl DeleteGuard {
    pub(super) fn new(deletions: Deletions) -> Self {
        Self {
            deletions,
            is_terminal: io::stdin().is_terminal() && io::stderr().is_terminal(),
            agreed: 0,
            stopped: Arc::default(),
        }
    }

    /// Returns whether a person may be asked.
    pub(super) fn may_ask(&self) -> bool {
        self.is_terminal && self.deletions == Deletions::Few
    }

    /// Stops a sync that would delete more than it may.
    pub(super) fn check(&self, counts: &SyncCounts) -> caspio::Result<()> {
        if counts.deleted <= self.agreed
            || self.deletions.decide(counts, self.is_terminal) == Decision::Delete
        {
            return Ok(());
        }
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(*counts);
        Err(Error::new(
            ErrorKind::Refused,
            "too many records would be deleted",
        ))
    }

    /// Returns the counts of the sync that was stopped.
    pub(super) fn stopped(&self) -> Option<SyncCounts> {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Asks whether the records may be deleted.
    ///
    /// # Errors
    ///
    /// They may not.
    pub(super) async fn ask(
        &mut self,
        counts: &SyncCounts,
        table: &str,
        interrupts: &mut Interrupts,
    ) -> Result<(), CliError> {
        if self.deletions.decide(counts, self.is_terminal) == Decision::Refuse {
            return Err(self.deletions.refuse(counts, table));
        }
        let question = format!("Delete {}? Type yes", Share(counts, table));
        match answer(question, interrupts).await?.to_lowercase().as_str() {
            "y" | "yes" => self.agreed = counts.deleted,
            _ => return Err(CliError::usage("nothing was written")),
        }
        Ok(())
    }

    /// Returns the error with which a sync would end that was only tried.
    pub(super) fn refused(&self, tried: &BulkReport<i64>, table: &str) -> Option<CliError> {
        let mut counts = SyncCounts::default();
        counts.updated = tried.updated;
        counts.unchanged = tried.unchanged;
        counts.deleted = tried.deleted;
        let decision = self.deletions.decide(&counts, self.is_terminal);
        (decision == Decision::Refuse).then(|| self.deletions.refuse(&counts, table))
    }
}

/// Reads a line. The thread that waits for it does not keep the program from ending.
async fn answer(question: String, interrupts: &mut Interrupts) -> Result<String, CliError> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || sender.send(Answers::new().line(&question)));
    let not_answered = || CliError::usage("nothing was written, because `yes` was not typed");
    tokio::select! {
        answer = receiver => match answer {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(not_answered().with_hint("pass --yes to delete without being asked")),
        },
        () = interrupts.next() => Err(nothing_written()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(deleted: u64, records: u64) -> SyncCounts {
        let mut counts = SyncCounts::default();
        counts.deleted = deleted;
        counts.unchanged = records - deleted;
        counts
    }

    #[test]
    fn without_a_terminal_a_tenth_is_deleted_and_of_a_small_table_ten_but_not_more_than_half() {
        for (deleted, records, decision) in [
            (0, 0, Decision::Delete),
            (1, 1, Decision::Refuse),
            (1, 2, Decision::Delete),
            (2, 3, Decision::Refuse),
            (10, 20, Decision::Delete),
            (10, 19, Decision::Refuse),
            (11, 109, Decision::Refuse),
            (11, 110, Decision::Delete),
            (1_001, 10_000, Decision::Refuse),
        ] {
            let of = counts(deleted, records);
            assert_eq!(
                Deletions::Few.decide(&of, false),
                decision,
                "{deleted} of {records}"
            );
        }
    }

    #[test]
    fn on_a_terminal_every_delete_is_asked_about_unless_a_limit_is_given() {
        assert_eq!(Deletions::Few.decide(&counts(0, 9), true), Decision::Delete);
        assert_eq!(Deletions::Few.decide(&counts(1, 900), true), Decision::Ask);
        assert_eq!(
            Deletions::All.decide(&counts(900, 900), true),
            Decision::Delete
        );
        for is_terminal in [true, false] {
            let decide = |limit: &str, deleted, records| {
                let limit: Deletions = limit.parse().expect(limit);
                limit.decide(&counts(deleted, records), is_terminal)
            };
            assert_eq!(decide("5", 5, 5), Decision::Delete);
            assert_eq!(decide("5", 6, 1000), Decision::Refuse);
            assert_eq!(decide("20%", 200, 1000), Decision::Delete);
            assert_eq!(decide("20%", 201, 1000), Decision::Refuse);
            assert_eq!(decide("0", 1, 1000), Decision::Refuse);
        }
    }

    #[test]
    fn a_limit_is_a_number_or_a_share() {
        assert_eq!("0%".parse(), Ok(Deletions::Percent(0)));
        assert_eq!("100%".parse(), Ok(Deletions::Percent(100)));
        for wrong in [
            "",
            "%",
            "-1",
            "101%",
            "1.5",
            "ten",
            "5 %",
            "99999999999999999999",
        ] {
            assert!(wrong.parse::<Deletions>().is_err(), "{wrong}");
        }
    }
}
