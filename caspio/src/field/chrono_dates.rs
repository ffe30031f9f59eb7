//! The dates and times of the crate `chrono` that have no zone.

use super::dates::FromWallClock;
use crate::value::NO_DATE;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use jiff::civil::{Date, DateTime, Time};

const BEYOND: &str = "is not a date of `chrono`";

impl FromWallClock for NaiveDateTime {
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str> {
        let time = NaiveTime::from_hms_nano_opt(
            at.hour().unsigned_abs().into(),
            at.minute().unsigned_abs().into(),
            at.second().unsigned_abs().into(),
            at.subsec_nanosecond().unsigned_abs(),
        );
        let time = time.ok_or(BEYOND)?;
        date(at.date()).map(|date| date.and_time(time))
    }
}

impl FromWallClock for NaiveDate {
    fn from_wall_clock(at: DateTime) -> Result<Self, &'static str> {
        if at.time() != Time::midnight() {
            return Err("has a time of day, which a `NaiveDate` would lose: use `NaiveDateTime`");
        }
        date(at.date())
    }
}

fn date(date: Date) -> Result<NaiveDate, &'static str> {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    NaiveDate::from_ymd_opt(date.year().into(), month.into(), day.into()).ok_or(BEYOND)
}

/// Returns the same time as the SDK's own type. A leap second, which Caspio does not have, is the end of the second
/// before it.
pub(crate) fn civil(at: NaiveDateTime) -> DateTime {
    const LAST: u32 = 999_999_999;
    let time = at.time();
    let part = |number: u32| i8::try_from(number).ok();
    let nanosecond = i32::try_from(time.nanosecond().min(LAST)).ok();
    let parts = part(time.hour())
        .zip(part(time.minute()))
        .zip(part(time.second()).zip(nanosecond));
    let time = parts.and_then(|((hour, minute), (second, nanosecond))| {
        Time::new(hour, minute, second, nanosecond).ok()
    });
    match time {
        Some(time) => civil_date(at.date()).to_datetime(time),
        None => NO_DATE.to_datetime(Time::midnight()),
    }
}

/// Returns the same date as the SDK's own type.
pub(crate) fn civil_date(date: NaiveDate) -> Date {
    let part = |number: u32| i8::try_from(number).ok();
    let year = i16::try_from(date.year()).ok();
    let parts = year.zip(part(date.month()).zip(part(date.day())));
    parts
        .and_then(|(year, (month, day))| Date::new(year, month, day).ok())
        .unwrap_or(NO_DATE)
}
