//! Functions on dates in the stored form.

use jiff::{
    Span, Unit,
    civil::{Date, DateTime},
};
use rusqlite::{
    Connection, Result,
    functions::{Context, FunctionFlags},
};

use super::{failed, optional, real, strict, text};
use crate::tsql::{
    TsqlError, convert,
    datepart::Part,
    datestyle::{month_name, styled},
    datetime,
};

const DAY_MILLIS: f64 = 86_400_000.0;

pub(super) fn install(connection: &Connection) -> Result<()> {
    let now = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("tsql_now", 0, now, |_| Ok(datetime::now()))?;
    strict(connection, "tsql_add_days", 2, |context| {
        let days = real(context, 1)?;
        add_days(date(context, 0)?, days)
    })?;
    strict(connection, "tsql_from_days", 1, |context| {
        add_days(Date::constant(1900, 1, 1).into(), real(context, 0)?)
    })?;
    strict(connection, "tsql_eomonth", -1, |context| {
        let months: i64 = optional(context, 1, 0)?;
        let moved = moved(date(context, 0)?, Span::new().try_months(months))?;
        Ok(datetime::format(moved.date().last_of_month().into()))
    })?;
    strict(connection, "tsql_date_text", 2, |context| {
        let style: u16 = context.get(1)?;
        Ok(styled(date(context, 0)?, style))
    })?;
    strict(connection, "tsql_dateadd", 3, add)?;
    strict(connection, "tsql_datediff", 3, difference)?;
    strict(connection, "tsql_datepart", 2, |context| {
        Ok(part_of(part(context)?, date(context, 1)?))
    })?;
    strict(connection, "tsql_datename", 2, |context| {
        let (part, date) = (part(context)?, date(context, 1)?);
        Ok(match part {
            Part::Month => month_name(date.month()).to_owned(),
            Part::Weekday => weekday_name(date.date()).to_owned(),
            _ => part_of(part, date).to_string(),
        })
    })
}

fn part(context: &Context<'_>) -> Result<Part> {
    Part::named(text(context, 0)?).ok_or_else(|| failed(TsqlError::Syntax))
}

fn date(context: &Context<'_>, at: usize) -> Result<DateTime> {
    datetime::parse(text(context, at)?).ok_or_else(|| failed(convert::bad_date()))
}

fn out_of_range<T>(_: T) -> rusqlite::Error {
    failed(TsqlError::ty(
        "Adding a value to a 'datetime' column caused an overflow.",
    ))
}

fn moved(date: DateTime, span: Result<Span, jiff::Error>) -> Result<DateTime> {
    let span = span.map_err(out_of_range)?;
    let moved = date.checked_add(span).map_err(out_of_range)?;
    match moved.year() {
        1.. => Ok(moved),
        year => Err(out_of_range(year)),
    }
}

fn add_days(date: DateTime, days: f64) -> Result<String> {
    let millis = (days * DAY_MILLIS).round();
    if millis.abs() > 1.0e15 {
        return Err(out_of_range(days));
    }
    let span = Span::new().try_milliseconds(millis as i64);
    moved(date, span).map(datetime::format)
}

fn add(context: &Context<'_>) -> Result<String> {
    let count: i64 = context.get(1)?;
    let days = |scale: i64| Span::new().try_days(count.saturating_mul(scale));
    let months = |scale: i64| Span::new().try_months(count.saturating_mul(scale));
    let span = match part(context)? {
        Part::Year => months(12),
        Part::Quarter => months(3),
        Part::Month => months(1),
        Part::Week => days(7),
        Part::Day | Part::DayOfYear | Part::Weekday => days(1),
        Part::Hour => Span::new().try_hours(count),
        Part::Minute => Span::new().try_minutes(count),
        Part::Second => Span::new().try_seconds(count),
        Part::Millisecond => Span::new().try_milliseconds(count),
        Part::IsoWeek => return Err(failed(TsqlError::NotAllowed)),
    };
    moved(date(context, 2)?, span).map(datetime::format)
}

/// Counts the boundaries of a part that lie between two dates.
fn difference(context: &Context<'_>) -> Result<i64> {
    let (from, to) = (date(context, 1)?, date(context, 2)?);
    let step = |unit: fn(DateTime) -> i64| unit(to) - unit(from);
    Ok(match part(context)? {
        Part::Year => step(|date| date.year().into()),
        Part::Quarter => step(quarters),
        Part::Month => step(months),
        Part::Week => step(|date| (days(date) + 1).div_euclid(7)),
        Part::Day | Part::DayOfYear | Part::Weekday => step(days),
        Part::Hour => step(|date| millis(date).div_euclid(3_600_000)),
        Part::Minute => step(|date| millis(date).div_euclid(60_000)),
        Part::Second => step(|date| millis(date).div_euclid(1_000)),
        Part::Millisecond => step(millis),
        Part::IsoWeek => return Err(failed(TsqlError::NotAllowed)),
    })
}

fn months(date: DateTime) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

fn quarters(date: DateTime) -> i64 {
    months(date).div_euclid(3)
}

/// Days since the first of January 1900, a Monday.
fn days(date: DateTime) -> i64 {
    let first = Date::constant(1900, 1, 1);
    first
        .until((Unit::Day, date.date()))
        .map_or(0, |span| span.get_days().into())
}

fn millis(date: DateTime) -> i64 {
    let time = date.time();
    let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60;
    let seconds = seconds + i64::from(time.second());
    days(date) * 86_400_000 + seconds * 1_000 + i64::from(time.millisecond())
}

fn part_of(part: Part, date: DateTime) -> i64 {
    let day = date.date();
    match part {
        Part::Year => date.year().into(),
        Part::Quarter => quarters(date).rem_euclid(4) + 1,
        Part::Month => date.month().into(),
        Part::DayOfYear => day.day_of_year().into(),
        Part::Day => date.day().into(),
        Part::Week => week(day),
        Part::Weekday => day.weekday().to_sunday_one_offset().into(),
        Part::Hour => date.hour().into(),
        Part::Minute => date.minute().into(),
        Part::Second => date.second().into(),
        Part::Millisecond => date.millisecond().into(),
        Part::IsoWeek => day.iso_week_date().week().into(),
    }
}

/// Weeks begin on Sunday, and the first of January is in week 1.
fn week(day: Date) -> i64 {
    let first: i64 = day.first_of_year().weekday().to_sunday_zero_offset().into();
    (i64::from(day.day_of_year()) - 1 + first) / 7 + 1
}

fn weekday_name(day: Date) -> &'static str {
    const NAMES: [&str; 7] = [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];
    usize::try_from(day.weekday().to_sunday_zero_offset())
        .ok()
        .and_then(|at| NAMES.get(at))
        .copied()
        .unwrap_or_default()
}
