//! The parts of a date: extracting, naming, adding and counting them.

use super::date::{Failable, from_milliseconds, in_range, milliseconds};
use super::month_names::MONTHS;
use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

const OVERFLOW: &str = "Adding a value to a 'datetime' column caused an overflow.";

/// The parts that `DATEPART` and related functions can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    Quarter,
    Month,
    DayOfYear,
    Day,
    Week,
    IsoWeek,
    Weekday,
    Hour,
    Minute,
    Second,
    Millisecond,
}

const NAMES: [(&str, Part); 32] = [
    ("year", Part::Year),
    ("yy", Part::Year),
    ("yyyy", Part::Year),
    ("quarter", Part::Quarter),
    ("qq", Part::Quarter),
    ("q", Part::Quarter),
    ("month", Part::Month),
    ("mm", Part::Month),
    ("m", Part::Month),
    ("dayofyear", Part::DayOfYear),
    ("dy", Part::DayOfYear),
    ("y", Part::DayOfYear),
    ("day", Part::Day),
    ("dd", Part::Day),
    ("d", Part::Day),
    ("week", Part::Week),
    ("wk", Part::Week),
    ("ww", Part::Week),
    ("iso_week", Part::IsoWeek),
    ("isowk", Part::IsoWeek),
    ("weekday", Part::Weekday),
    ("dw", Part::Weekday),
    ("w", Part::Weekday),
    ("hour", Part::Hour),
    ("hh", Part::Hour),
    ("minute", Part::Minute),
    ("mi", Part::Minute),
    ("n", Part::Minute),
    ("second", Part::Second),
    ("ss", Part::Second),
    ("s", Part::Second),
    ("millisecond", Part::Millisecond),
];

impl Part {
    /// Returns the part with this name or abbreviation.
    pub(crate) fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("ms") {
            return Some(Self::Millisecond);
        }
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, part)| *part)
    }

    /// Returns the name that [`Part`] is found by.
    pub(crate) fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, part)| *part == self)
            .map_or("", |(name, _)| name)
    }

    /// Returns whether the part is one of a time of day.
    pub(crate) fn is_of_time(self) -> bool {
        matches!(
            self,
            Self::Hour | Self::Minute | Self::Second | Self::Millisecond
        )
    }

    /// `DATEPART`. A week begins on Sunday, as it does for US English.
    pub(crate) fn of(self, time: DateTime) -> i64 {
        match self {
            Self::Year => time.year().into(),
            Self::Quarter => i64::from((time.month() + 2) / 3),
            Self::Month => time.month().into(),
            Self::DayOfYear => time.day_of_year().into(),
            Self::Day => time.day().into(),
            Self::Week => {
                let first = time.first_of_year().weekday().to_sunday_zero_offset();
                (i64::from(time.day_of_year()) - 1 + i64::from(first)) / 7 + 1
            }
            Self::IsoWeek => time.iso_week_date().week().into(),
            Self::Weekday => i64::from(time.weekday().to_sunday_one_offset()),
            Self::Hour => time.hour().into(),
            Self::Minute => time.minute().into(),
            Self::Second => time.second().into(),
            Self::Millisecond => time.millisecond().into(),
        }
    }

    /// `DATENAME`.
    pub(crate) fn name_of(self, time: DateTime) -> String {
        match self {
            Self::Month => month_name(time).to_owned(),
            Self::Weekday => weekday_name(time).to_owned(),
            _ => self.of(time).to_string(),
        }
    }

    /// `DATEADD`. A day that the month does not have becomes its last.
    pub(crate) fn add(self, number: i64, time: DateTime) -> Failable<DateTime> {
        let overflow = |_| OVERFLOW.to_owned();
        let months = |factor: i64| -> Failable<DateTime> {
            let months = number.checked_mul(factor).ok_or(OVERFLOW)?;
            let span = Span::new().try_months(months).map_err(overflow)?;
            time.checked_add(span).map_err(overflow)
        };
        let steps = |factor: i64| -> Failable<DateTime> {
            let step = number.checked_mul(factor).ok_or(OVERFLOW)?;
            from_milliseconds(milliseconds(time).checked_add(step).ok_or(OVERFLOW)?)
        };
        let result = match self {
            Self::Year => months(12)?,
            Self::Quarter => months(3)?,
            Self::Month => months(1)?,
            Self::Day | Self::DayOfYear | Self::Weekday => steps(86_400_000)?,
            Self::Week | Self::IsoWeek => steps(7 * 86_400_000)?,
            Self::Hour => steps(3_600_000)?,
            Self::Minute => steps(60_000)?,
            Self::Second => steps(1_000)?,
            Self::Millisecond => steps(1)?,
        };
        in_range(result)
    }

    /// `DATEDIFF`: the number of boundaries of this part between two dates, not of whole parts.
    pub(crate) fn between(self, start: DateTime, end: DateTime) -> i64 {
        let of = |time: DateTime| match self {
            Self::Year => time.year().into(),
            Self::Quarter => i64::from(time.year()) * 4 + Self::Quarter.of(time),
            Self::Month => i64::from(time.year()) * 12 + Self::Month.of(time),
            Self::Day | Self::DayOfYear | Self::Weekday => borders(time, 86_400_000),
            // The first of 1900 was a Monday; weeks begin on Sundays.
            Self::Week | Self::IsoWeek => (borders(time, 86_400_000) + 1).div_euclid(7),
            Self::Hour => borders(time, 3_600_000),
            Self::Minute => borders(time, 60_000),
            Self::Second => borders(time, 1_000),
            Self::Millisecond => borders(time, 1),
        };
        of(end) - of(start)
    }
}

fn borders(time: DateTime, length: i64) -> i64 {
    milliseconds(time).div_euclid(length)
}

/// `EOMONTH`.
pub(crate) fn end_of_month(time: DateTime, months: i64) -> Failable<DateTime> {
    let overflow = |_| OVERFLOW.to_owned();
    let span = 0.days().try_months(months).map_err(overflow)?;
    let moved = time.date().checked_add(span).map_err(overflow)?;
    in_range(moved.last_of_month().at(0, 0, 0, 0))
}

pub(crate) fn month_name(time: DateTime) -> &'static str {
    MONTHS[usize::from(time.month().unsigned_abs()) - 1]
}

pub(crate) fn weekday_name(time: DateTime) -> &'static str {
    const DAYS: [&str; 7] = [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];
    DAYS[usize::from(time.weekday().to_sunday_zero_offset().unsigned_abs())]
}
