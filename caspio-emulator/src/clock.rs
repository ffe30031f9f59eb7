//! The emulator's time: that of the system clock, until a test sets it.

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The first year of SQL Server's `datetime`.
pub(crate) const FIRST_YEAR: i16 = 1753;

/// The clock of one emulator; a clone is the same clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<Mutex<Reading>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// The system clock, this much later.
    Running(SignedDuration),
    /// A time that stands still.
    Fixed(Timestamp),
}

impl Reading {
    const SYSTEM: Self = Self::Running(SignedDuration::ZERO);

    fn time(self) -> Timestamp {
        match self {
            Self::Running(later) => {
                let time = Timestamp::now().saturating_add(later);
                time.unwrap_or(Timestamp::MAX)
            }
            Self::Fixed(time) => time,
        }
    }

    /// `None` beyond the year 9999.
    fn advanced(self, by: Duration) -> Option<Self> {
        let by = SignedDuration::try_from(by).ok()?;
        self.time().checked_add(by).ok()?;
        match self {
            Self::Running(later) => later.checked_add(by).map(Self::Running),
            Self::Fixed(time) => time.checked_add(by).ok().map(Self::Fixed),
        }
    }
}

impl Clock {
    /// Creates a clock that stands still at a time, or follows the system clock without one.
    pub(crate) fn new(time: Option<Timestamp>) -> Self {
        let reading = time.map_or(Reading::SYSTEM, Reading::Fixed);
        Self(Arc::new(Mutex::new(reading)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.lock().time()
    }

    /// Stands still at a time from now on.
    pub(crate) fn set(&self, time: Timestamp) -> Result<(), String> {
        check(time)?;
        *self.lock() = Reading::Fixed(time);
        Ok(())
    }

    /// Moves the time forward. It stands still afterwards if it did before.
    pub(crate) fn advance(&self, by: Duration) -> Result<(), String> {
        let mut reading = self.lock();
        let advanced = reading.advanced(by);
        *reading = advanced.ok_or("a time after the year 9999 does not exist in Caspio")?;
        Ok(())
    }

    /// Follows the system clock again.
    pub(crate) fn reset(&self) {
        *self.lock() = Reading::SYSTEM;
    }

    /// Returns the time as the `Date` of a response; `None` while it is that of the system clock, which the server
    /// sends by itself.
    pub(crate) fn http_date(&self) -> Option<String> {
        let reading = *self.lock();
        if reading == Reading::SYSTEM {
            return None;
        }
        let printer = DateTimePrinter::new();
        printer.timestamp_to_rfc9110_string(&reading.time()).ok()
    }

    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a time that no field can hold.
pub(crate) fn check(time: Timestamp) -> Result<(), String> {
    match TimeZone::UTC.to_datetime(time).year() {
        FIRST_YEAR.. => Ok(()),
        _ => Err(format!(
            "{time} is before {FIRST_YEAR}, the first year of a date in Caspio"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_clock_that_follows_the_system_runs_on_after_an_advance() {
        let clock = Clock::new(None);
        let before = Timestamp::now();

        clock.advance(Duration::from_secs(3_600)).expect("a time");

        let later = clock.now().duration_since(before);
        assert!(later >= SignedDuration::from_hours(1), "{later:?}");
        assert!(matches!(*clock.lock(), Reading::Running(_)));
    }

    #[test]
    fn an_advance_beyond_the_last_year_changes_nothing() {
        let last = time("9999-12-30T21:59:59Z");
        let clock = Clock::new(Some(last));

        for by in [Duration::from_secs(3_600), Duration::MAX] {
            assert!(clock.advance(by).is_err(), "{by:?}");
        }
        assert_eq!(clock.now(), last);

        clock.reset();
        assert!(clock.advance(Duration::from_secs(1 << 40)).is_err());
        assert_eq!(*clock.lock(), Reading::SYSTEM);
    }

    #[test]
    fn only_a_clock_of_its_own_has_a_date_for_responses() {
        let clock = Clock::new(None);
        assert_eq!(clock.http_date(), None);

        clock.set(time("2026-02-28T23:59:59Z")).expect("a time");

        let date = clock.http_date();
        assert_eq!(date.as_deref(), Some("Sat, 28 Feb 2026 23:59:59 GMT"));
    }
}
