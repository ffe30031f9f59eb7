//! How many calls a billing period will have, and what they cost.

use super::Usage;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

const DAY: i64 = 24 * 3_600;

/// A period of a month in which the service counts calls against a quota.
///
/// ```
/// use caspio::calls::BillingPeriod;
/// use caspio::date;
///
/// let period = BillingPeriod::of_month(date!("2026-02-10"), 15).expect("a day of the month");
/// assert_eq!(period.first, date!("2026-01-15"));
/// assert_eq!(period.last, date!("2026-02-14"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BillingPeriod {
    /// The first day, on the account's clock.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// How many calls a billing period has, and how many it will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forecast {
    /// The calls so far.
    pub calls: u64,
    /// The calls by the end of the period, if calls are made as often as so far.
    pub expected: u64,
}

impl BillingPeriod {
    /// Returns the period that contains `day`, if periods begin on the day `begins` of each month, or on the last day
    /// of a month that is shorter. `None` if no month has that day, or for the first and last dates of all.
    #[must_use]
    pub fn of_month(day: Date, begins: i8) -> Option<Self> {
        if !(1..=31).contains(&begins) {
            return None;
        }
        let this = beginning(day, begins)?;
        let (first, next) = match this <= day {
            true => (this, beginning(month_after(day)?, begins)?),
            false => (beginning(month_before(day)?, begins)?, this),
        };
        let last = next.yesterday().ok()?;
        Some(Self { first, last })
    }

    /// Returns how many calls of a client the period has, and will have.
    #[must_use]
    pub fn forecast(&self, usage: &Usage) -> Forecast {
        let days = usage.counts.iter().map(|count| (count.day, count.calls));
        self.forecast_of(usage.since, usage.until, days)
    }

    /// Returns how many calls the period has, and will have, by the calls of days that were counted between two times
    /// of the account's clock.
    ///
    /// Calls that were counted for less than a day are taken for those of a day, because an hour shows little about the
    /// others.
    ///
    /// ```
    /// use caspio::calls::BillingPeriod;
    /// use caspio::{date, datetime, dec};
    ///
    /// let period = BillingPeriod::of_month(date!("2026-11-10"), 1).expect("a day of the month");
    /// let days = [(date!("2026-11-03"), 40_000), (date!("2026-11-09"), 60_000)];
    /// let forecast = period.forecast_of(
    ///     datetime!("2026-11-01T00:00:00"),
    ///     datetime!("2026-11-11T00:00:00"),
    ///     days,
    /// );
    /// assert_eq!((forecast.calls, forecast.expected), (100_000, 300_000));
    /// assert_eq!(forecast.cost(250_000, dec!(0.002)), Some(dec!(100.000)));
    /// ```
    pub fn forecast_of(
        &self,
        since: DateTime,
        until: DateTime,
        days: impl IntoIterator<Item = (Date, u64)>,
    ) -> Forecast {
        let within = |day: Date| self.first <= day && day <= self.last;
        let calls = days.into_iter().filter(|(day, _)| within(*day));
        let calls: u64 = calls.map(|(_, calls)| calls).sum();
        let from = since.max(self.first.to_datetime(jiff::civil::Time::midnight()));
        let counted = seconds(from, until).max(DAY);
        let left =
            (seconds(until, self.last.to_datetime(jiff::civil::Time::midnight())) + DAY).max(0);
        let more = u128::from(calls) * u128::from(left.unsigned_abs())
            / u128::from(counted.unsigned_abs());
        Forecast {
            calls,
            expected: calls.saturating_add(u64::try_from(more).unwrap_or(u64::MAX)),
        }
    }
}

impl Forecast {
    /// Returns the expected calls beyond a quota.
    #[must_use]
    pub fn beyond(&self, quota: u64) -> u64 {
        self.expected.saturating_sub(quota)
    }

    /// Returns what the expected calls beyond a quota cost, for the price of one such call: both are terms of the
    /// account's plan, which no operation returns. `None` if the result is too large for a [`Decimal`].
    #[must_use]
    pub fn cost(&self, quota: u64, price: Decimal) -> Option<Decimal> {
        price.checked_mul(self.beyond(quota).into())
    }
}

/// Returns the day on which a period begins in the month of `day`.
fn beginning(day: Date, begins: i8) -> Option<Date> {
    let begins = begins.min(day.days_in_month());
    Date::new(day.year(), day.month(), begins).ok()
}

fn month_after(day: Date) -> Option<Date> {
    day.last_of_month().tomorrow().ok()
}

fn month_before(day: Date) -> Option<Date> {
    day.first_of_month().yesterday().ok()
}

fn seconds(from: DateTime, to: DateTime) -> i64 {
    to.duration_since(from).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{date, datetime, dec};

    fn period(day: Date, begins: i8) -> [String; 2] {
        let period = BillingPeriod::of_month(day, begins).expect("a period");
        [period.first.to_string(), period.last.to_string()]
    }

    #[test]
    fn a_period_contains_its_day_and_ends_before_the_next() {
        for (day, begins, first, last) in [
            (date!("2026-11-29"), 1, "2026-11-01", "2026-11-30"),
            (date!("2026-11-29"), 29, "2026-11-29", "2026-12-28"),
            (date!("2026-11-28"), 29, "2026-10-29", "2026-11-28"),
            (date!("2026-12-31"), 15, "2026-12-15", "2027-01-14"),
            (date!("2026-01-01"), 15, "2025-12-15", "2026-01-14"),
            // Months that are shorter.
            (date!("2026-02-27"), 31, "2026-01-31", "2026-02-27"),
            (date!("2026-02-28"), 31, "2026-02-28", "2026-03-30"),
            (date!("2024-02-28"), 30, "2024-01-30", "2024-02-28"),
            (date!("2024-02-29"), 30, "2024-02-29", "2024-03-29"),
        ] {
            assert_eq!(period(day, begins), [first, last], "{day} {begins}");
        }
        for begins in [0, -1, 32] {
            assert_eq!(BillingPeriod::of_month(date!("2026-01-01"), begins), None);
        }
    }

    #[test]
    fn every_day_of_four_years_is_in_the_period_after_that_of_the_day_before() {
        for begins in 1..=31 {
            let mut before: Option<BillingPeriod> = None;
            let mut day = date!("2023-12-15");
            while day < date!("2028-03-15") {
                let period = BillingPeriod::of_month(day, begins).expect("a period");
                assert!(period.first <= day && day <= period.last, "{day} {begins}");
                if let Some(before) = before.filter(|before| *before != period) {
                    assert_eq!(before.last.tomorrow().ok(), Some(period.first), "{begins}");
                    assert_eq!(period.first, day, "{begins}");
                }
                before = Some(period);
                day = day.tomorrow().expect("a date");
            }
        }
    }

    #[test]
    fn calls_that_are_counted_since_a_day_of_the_period_are_expected_on_the_others() {
        let november = BillingPeriod::of_month(date!("2026-11-01"), 1).expect("a period");
        let day = |day| Date::constant(2026, 11, day);
        let until = datetime!("2026-11-21T00:00:00");
        let days = [(day(19), 30), (day(20), 10), (date!("2026-10-31"), 5_000)];

        let since_october = november.forecast_of(datetime!("2026-10-01T00:00:00"), until, days);
        let since_two_days = november.forecast_of(datetime!("2026-11-19T00:00:00"), until, days);
        let since_an_hour = november.forecast_of(datetime!("2026-11-20T23:00:00"), until, days);

        assert_eq!((since_october.calls, since_october.expected), (40, 60));
        assert_eq!((since_two_days.calls, since_two_days.expected), (40, 240));
        assert_eq!(since_an_hour.expected, 440);
    }

    #[test]
    fn a_period_that_has_ended_expects_no_more_calls() {
        let october = BillingPeriod::of_month(date!("2026-10-01"), 1).expect("a period");
        let days = [(date!("2026-10-31"), 7), (date!("2026-11-01"), 900)];
        let since = datetime!("2026-10-31T00:00:00");

        let forecast = october.forecast_of(since, datetime!("2026-11-05T00:00:00"), days);

        assert_eq!((forecast.calls, forecast.expected), (7, 7));
    }

    #[test]
    fn calls_within_the_quota_cost_nothing() {
        let forecast = Forecast {
            calls: 1,
            expected: 500_000,
        };
        assert_eq!(forecast.cost(500_000, dec!(0.01)), Some(dec!(0)));
        assert_eq!(forecast.cost(499_000, dec!(0.01)), Some(dec!(10)));
        assert_eq!(forecast.cost(0, Decimal::MAX), None);
    }
}
