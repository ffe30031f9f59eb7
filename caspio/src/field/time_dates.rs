//! The dates and times of the crate `time` that have no zone.

use super::dates::FromWallClock;
use crate::value::NO_DATE;
use jiff::civil::{Date, DateTime, Time};
use time::{Month, PrimitiveDateTime};

const BEYOND: &str = "is not a date of `time`";

impl FromWallClock for PrimitiveDateTime {
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str> {
        let time = time::Time::from_hms_nano(
            at.hour().unsigned_abs(),
            at.minute().unsigned_abs(),
            at.second().unsigned_abs(),
            at.subsec_nanosecond().unsigned_abs(),
        );
        let time = time.map_err(|_| BEYOND)?;
        date(at.date()).map(|date| Self::new(date, time))
    }
}

impl FromWallClock for time::Date {
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str> {
        if at.time() != Time::midnight() {
            return Err("has a time of day, which a `Date` would lose: use `PrimitiveDateTime`");
        }
        date(at.date())
    }
}

fn date(date: Date) -> Result<time::Date, &'static str> {
    let month = Month::try_from(date.month().unsigned_abs()).map_err(|_| BEYOND)?;
    time::Date::from_calendar_date(date.year().into(), month, date.day().unsigned_abs())
        .map_err(|_| BEYOND)
}

/// Returns the same time as the SDK's own type.
pub(crate) fn civil(at: PrimitiveDateTime) -> DateTime {
    let (hour, minute, second, nanosecond) = at.as_hms_nano();
    let part = |number: u8| i8::try_from(number).ok();
    let parts = part(hour)
        .zip(part(minute))
        .zip(part(second).zip(i32::try_from(nanosecond).ok()));
    let time = parts.and_then(|((hour, minute), (second, nanosecond))| {
        Time::new(hour, minute, second, nanosecond).ok()
    });
    match time {
        Some(time) => civil_date(at.date()).to_datetime(time),
        None => NO_DATE.to_datetime(Time::midnight()),
    }
}

/// Returns the same date as the SDK's own type.
pub(crate) fn civil_date(date: time::Date) -> Date {
    let (year, month, day) = date.to_calendar_date();
    let month = i8::try_from(u8::from(month)).ok();
    let parts = i16::try_from(year)
        .ok()
        .zip(month.zip(i8::try_from(day).ok()));
    parts
        .and_then(|(year, (month, day))| Date::new(year, month, day).ok())
        .unwrap_or(NO_DATE)
}
