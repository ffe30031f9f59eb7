//! The limits of a program on its own calls.

use super::usage::local_time;
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::time::{Duration, SystemTime};

/// The limits of a program on its own calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CallLimits {
    pub(crate) total: Option<u64>,
    pub(crate) daily: Option<u64>,
}

/// Counts the calls that were started, including those in progress, against the limits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limiter {
    limits: CallLimits,
    started: u64,
    today: Today,
}

/// The calls that were started on one day.
#[derive(Clone, Copy, Debug, Default)]
struct Today {
    day: Date,
    started: u64,
}

impl Limiter {
    pub(super) fn limit(&mut self, limits: CallLimits) {
        self.limits.total = limits.total.or(self.limits.total);
        self.limits.daily = limits.daily.or(self.limits.daily);
    }

    /// Reserves a call, and returns its day.
    pub(super) fn reserve(&mut self, now: SystemTime, zone: &TimeZone) -> Result<Date> {
        let day = local_time(now, zone).date();
        if self.today.day != day {
            self.today = Today { day, started: 0 };
        }
        if let Some(limit) = self.limits.total.filter(|limit| self.started >= *limit) {
            return Err(used_up(
                &format!("the limit of {limit} calls is used up"),
                "max_calls",
            ));
        }
        let daily = self.limits.daily;
        if let Some(limit) = daily.filter(|limit| self.today.started >= *limit) {
            let message = format!("the limit of {limit} calls a day is used up");
            let error = used_up(&message, "max_calls_per_day");
            return Err(match until_tomorrow(now, day, zone) {
                Some(wait) => error.with_retry_after(wait),
                None => error,
            });
        }
        self.started += 1;
        self.today.started += 1;
        Ok(day)
    }

    /// Returns a call that was not sent.
    pub(super) fn release(&mut self, day: Date) {
        self.started = self.started.saturating_sub(1);
        if self.today.day == day {
            self.today.started = self.today.started.saturating_sub(1);
        }
    }
}

/// Returns the time until the next day begins.
fn until_tomorrow(now: SystemTime, day: Date, zone: &TimeZone) -> Option<Duration> {
    let midnight = day.tomorrow().ok()?.to_zoned_datetime(zone.clone()).ok()?;
    let now = Timestamp::try_from(now).ok()?;
    midnight.timestamp().duration_since(now).try_into().ok()
}

fn used_up(message: &str, setting: &str) -> Error {
    Error::new(ErrorKind::Budget, message)
        .with_hint(format!("this call was not sent; {setting} sets the limit"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::offset;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn limiter(total: Option<u64>, daily: Option<u64>) -> Limiter {
        let mut limiter = Limiter::default();
        limiter.limit(CallLimits { total, daily });
        limiter
    }

    /// 2024-10-04 at 23 o'clock by UTC.
    fn evening() -> SystemTime {
        SystemTime::UNIX_EPOCH + 24 * 20_000 * HOUR + 23 * HOUR
    }

    fn day(day: i8) -> Date {
        Date::constant(2024, 10, day)
    }

    #[test]
    fn daily_limit_begins_again_at_midnight() {
        let mut limiter = limiter(Some(5), Some(2));
        let (evening, morning) = (evening(), evening() + HOUR);

        let days: Vec<_> = [evening, evening, evening, morning, morning, morning]
            .map(|time| {
                limiter
                    .reserve(time, &TimeZone::UTC)
                    .map_err(|error| error.kind())
            })
            .into();

        let over = Err(ErrorKind::Budget);
        assert_eq!(
            days,
            [Ok(day(4)), Ok(day(4)), over, Ok(day(5)), Ok(day(5)), over]
        );
        let later = evening + 48 * HOUR;
        let fifth = limiter.reserve(later, &TimeZone::UTC);
        let sixth = limiter.reserve(later, &TimeZone::UTC);
        assert!(fifth.is_ok() && sixth.is_err(), "five calls in all");
    }

    #[test]
    fn daily_limit_reports_the_time_until_midnight() {
        let mut limiter = limiter(None, Some(0));

        let error = limiter.reserve(evening(), &TimeZone::UTC);

        let wait = error.expect_err("no call").retry_after();
        assert_eq!(wait, Some(HOUR));
    }

    #[test]
    fn days_are_those_of_the_accounts_clock() {
        let zone = TimeZone::fixed(offset(2));
        let mut limiter = limiter(None, Some(1));

        let today = limiter.reserve(evening(), &zone);
        let error = limiter.reserve(evening() + HOUR, &zone);

        assert_eq!(today.ok(), Some(day(5)), "one o'clock in the morning");
        let wait = error.expect_err("no call").retry_after();
        assert_eq!(wait, Some(22 * HOUR));
    }
}
