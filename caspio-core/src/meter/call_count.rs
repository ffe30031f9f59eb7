//! One call in progress.

use super::Meter;
use super::counts::Made;
use super::usage::CallOutcome;
use crate::HttpError;
use http::StatusCode;
use jiff::civil::Date;

/// One call in progress.
pub(crate) struct CallCount<'a> {
    meter: Meter,
    made: Made<'a>,
    is_counted: bool,
}

impl<'a> CallCount<'a> {
    pub(super) fn new(
        meter: Meter,
        operation: &'static str,
        table: Option<&'a str>,
        bytes_sent: u64,
        day: Date,
    ) -> Self {
        let made = Made {
            operation,
            table,
            day,
            is_retry: false,
            bytes_sent,
        };
        Self {
            meter,
            made,
            is_counted: false,
        }
    }

    pub(crate) fn retrying(mut self, is_retry: bool) -> Self {
        self.made.is_retry = is_retry;
        self
    }

    pub(crate) fn answered(&mut self, status: StatusCode, bytes: u64) {
        self.is_counted = true;
        let mut counts = self.meter.lock();
        counts.made(&self.made, CallOutcome::Status(status.as_u16()));
        counts.bytes_received += bytes;
    }

    pub(crate) fn failed(&mut self, error: &HttpError) {
        if error.never_sent() {
            self.is_counted = true;
            let mut counts = self.meter.lock();
            counts.not_sent(self.made.operation, self.made.day);
        } else {
            self.count(CallOutcome::Unanswered);
        }
    }

    fn count(&mut self, outcome: CallOutcome) {
        self.is_counted = true;
        self.meter.lock().made(&self.made, outcome);
    }
}

impl Drop for CallCount<'_> {
    fn drop(&mut self) {
        if !self.is_counted {
            self.count(CallOutcome::Unanswered);
        }
    }
}
