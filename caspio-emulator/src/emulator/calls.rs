//! The calls that a test looks at: counts, and the latest requests.

use super::Emulator;
use crate::calls::Calls;
use crate::log::LoggedCall;
use crate::routes;

impl Emulator {
    /// Returns the counts of the calls so far.
    pub fn calls(&self) -> Calls {
        self.app.meter.snapshot()
    }

    /// Returns the calls of one operation, such as `CreateTableRecord` or `Token`.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let caspio = caspio_emulator::Emulator::builder().start().await?;
    /// // A program inserts records.
    /// let inserts = caspio.calls_of("CreateTableRecord");
    ///
    /// assert_eq!(inserts.count(), 0);
    /// assert_eq!(inserts.with_status(429), 0);
    /// # Ok::<_, caspio_emulator::EmulatorError>(()) }).unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// The operation does not exist; the count of such a name would always be 0.
    #[track_caller]
    pub fn calls_of(&self, operation: &str) -> OperationCalls {
        let operation = routes::operation(operation).unwrap_or_else(|message| panic!("{message}"));
        let mut latest = self.latest_calls();
        latest.retain(|call| call.operation == operation);
        OperationCalls {
            operation,
            calls: self.calls(),
            latest,
        }
    }

    /// Returns the latest 500 calls, the oldest first, with their bodies but without secrets.
    pub fn latest_calls(&self) -> Vec<LoggedCall> {
        let mut calls = self.app.log.entries();
        calls.reverse();
        calls
    }

    /// Resets the counts of calls to zero, and forgets the latest calls.
    pub fn reset_calls(&self) {
        self.app.forget_calls();
    }
}

/// The calls of one operation, from [`Emulator::calls_of`].
#[derive(Clone, Debug)]
pub struct OperationCalls {
    operation: &'static str,
    calls: Calls,
    latest: Vec<LoggedCall>,
}

impl OperationCalls {
    /// Returns how many calls there were, with any response.
    pub fn count(&self) -> u64 {
        self.calls.operation(self.operation)
    }

    /// Returns how many calls were responded to with this status; 0 stands for a connection that was reset.
    pub fn with_status(&self, status: u16) -> u64 {
        self.calls.responses(self.operation, status)
    }

    /// Returns those of the [latest calls](Emulator::latest_calls) that are of this operation, the oldest first.
    pub fn latest(&self) -> &[LoggedCall] {
        &self.latest
    }
}
