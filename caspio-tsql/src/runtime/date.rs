//! Dates in the stored form, as T-SQL text, and as numbers.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

/// A result that fails with SQL Server's text.
pub(crate) type Failable<T> = Result<T, String>;

const NO_DATE: &str = "Conversion failed when converting date and/or time from character string.";
const OUT_OF_RANGE: &str = "The conversion of a nvarchar data type to a datetime data type \
                            resulted in an out-of-range value.";
const OVERFLOW: &str = "Adding a value to a 'datetime' column caused an overflow.";

/// Day 0 of SQL Server's calendar.
const EPOCH: Date = jiff::civil::date(1900, 1, 1);
/// The first year of SQL Server's `datetime`.
const FIRST_YEAR: i16 = 1753;
const DAY: i64 = 86_400_000;

/// Returns a time in the form that columns of [`Type::DateTime`](crate::Type::DateTime) hold: as SQL Server's
/// `datetime` does, rounded to a step of 1/300 second, whose milliseconds end in 0, 3 or 7.
#[must_use]
pub fn stored_date(time: DateTime) -> String {
    let time = to_step(time);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

fn to_step(time: DateTime) -> DateTime {
    /// How far the step is, by the last digit of the milliseconds.
    const DISTANCES: [i64; 10] = [0, -1, 1, 0, -1, 2, 1, 0, -1, 1];
    let milliseconds = time.millisecond();
    let last_digit = usize::try_from(milliseconds % 10).unwrap_or(0);
    let whole = |milliseconds: i16| {
        let with = time.with().millisecond(milliseconds);
        with.microsecond(0).nanosecond(0).build().unwrap_or(time)
    };
    let distance = Span::new().milliseconds(DISTANCES[last_digit]);
    // No step is after the last one of the year 9999.
    whole(milliseconds)
        .checked_add(distance)
        .unwrap_or_else(|_| whole(997))
}

/// Reads only the stored form; this runs for every record.
pub(crate) fn from_stored(text: &str) -> Option<DateTime> {
    let bytes = text.as_bytes();
    if bytes.len() != 23 || bytes[10] != b'T' {
        return None;
    }
    let mut numbers = [0_i16; 7];
    let places = [
        (0, 4),
        (5, 7),
        (8, 10),
        (11, 13),
        (14, 16),
        (17, 19),
        (20, 23),
    ];
    for (number, (from, to)) in numbers.iter_mut().zip(places) {
        for digit in &bytes[from..to] {
            if !digit.is_ascii_digit() {
                return None;
            }
            *number = *number * 10 + i16::from(digit - b'0');
        }
    }
    let [year, month, day, hour, minute, second, millisecond] = numbers;
    let small = |number: i16| i8::try_from(number).ok();
    DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        i32::from(millisecond) * 1_000_000,
    )
    .ok()
}

/// Reads the stored form, or any text that SQL Server accepts as a date without a style.
pub(crate) fn parse(text: &str) -> Failable<DateTime> {
    parse_as(text, Order::MonthFirst)
}

/// The order of day and month in a text with slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    MonthFirst,
    DayFirst,
}

/// Reads a date with a known order of day and month.
pub(crate) fn parse_as(text: &str, order: Order) -> Failable<DateTime> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(EPOCH.to_datetime(Time::midnight()));
    }
    let (date, time) = split(text);
    let date = if date.is_empty() {
        EPOCH
    } else {
        parse_date(date, order)?
    };
    let time = if time.is_empty() {
        Time::midnight()
    } else {
        parse_time(time)?
    };
    if date.year() < FIRST_YEAR {
        return Err(OUT_OF_RANGE.to_owned());
    }
    Ok(date.to_datetime(time))
}

/// Splits a text at the `T` or the blank between date and time.
fn split(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let iso = bytes.len() > 10 && bytes[4] == b'-' && bytes[10].eq_ignore_ascii_case(&b'T');
    if iso {
        return (text.get(..10).unwrap_or(text), text.get(11..).unwrap_or(""));
    }
    match text.split_once(' ') {
        // "8:30 PM" is a time, not a date and a time.
        Some((first, _)) if first.contains(':') => ("", text),
        Some((date, time)) => (date, time.trim()),
        None if text.contains(':') => ("", text),
        None => (text, ""),
    }
}

fn parse_date(text: &str, order: Order) -> Failable<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    let Some(separator) = text.find(['-', '/', '.']).and_then(|at| text.get(at..=at)) else {
        return Err(NO_DATE.to_owned());
    };
    let parts: Vec<_> = text.split(separator).collect();
    let [first, second, third] = parts[..] else {
        return Err(NO_DATE.to_owned());
    };
    match (first.len(), order) {
        (4, _) => date(first, second, third),
        (_, Order::MonthFirst) => date(third, first, second),
        (_, Order::DayFirst) => date(third, second, first),
    }
}

fn date(year: &str, month: &str, day: &str) -> Failable<Date> {
    let year = match year.len() {
        4 => digits(year)?,
        // SQL Server's two-digit year cutoff.
        2 => match digits(year)? {
            year @ 0..50 => 2000 + year,
            year => 1900 + year,
        },
        _ => return Err(NO_DATE.to_owned()),
    };
    let (month, day) = (digits(month)?, digits(day)?);
    let small = |number: i64| i8::try_from(number).unwrap_or(0);
    Date::new(i16::try_from(year).unwrap_or(0), small(month), small(day))
        .map_err(|_| OUT_OF_RANGE.to_owned())
}

fn digits(text: &str) -> Failable<i64> {
    if !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| NO_DATE.to_owned())
    } else {
        Err(NO_DATE.to_owned())
    }
}

fn parse_time(text: &str) -> Failable<Time> {
    let upper = text.to_ascii_uppercase();
    let (clock, half) = match upper.strip_suffix("AM") {
        Some(clock) => (clock, Some(0)),
        None => match upper.strip_suffix("PM") {
            Some(clock) => (clock, Some(12)),
            None => (upper.as_str(), None),
        },
    };
    let clock = clock.trim_end();
    let clock = clock.strip_suffix('Z').unwrap_or(clock);
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':');
    let hour = digits(parts.next().unwrap_or(""))?;
    let minute = match (parts.next(), half) {
        (Some(minute), _) => digits(minute)?,
        (None, Some(_)) => 0,
        (None, None) => return Err(NO_DATE.to_owned()),
    };
    let second = parts.next().map_or(Ok(0), digits)?;
    if parts.next().is_some() {
        return Err(NO_DATE.to_owned());
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return Err(NO_DATE.to_owned()),
        Some(half) => hour % 12 + half,
    };
    let small = |number: i64| i8::try_from(number).unwrap_or(-1);
    Time::new(
        small(hour),
        small(minute),
        small(second),
        nanoseconds(fraction)?,
    )
    .map_err(|_| OUT_OF_RANGE.to_owned())
}

/// Reads a fraction of a second, of which a `datetime` takes three digits.
fn nanoseconds(fraction: &str) -> Failable<i32> {
    if fraction.is_empty() {
        return Ok(0);
    }
    digits(fraction)?;
    let padded = format!("{fraction:0<3}");
    let milliseconds: i32 = padded.parse().map_err(|_| NO_DATE.to_owned())?;
    if padded.len() > 3 {
        return Err(NO_DATE.to_owned());
    }
    Ok(milliseconds * 1_000_000)
}

/// Returns the milliseconds since the beginning of 1900.
pub(crate) fn milliseconds(time: DateTime) -> i64 {
    let days = i64::from((time.date() - EPOCH).get_days());
    let clock = time.time();
    days * DAY
        + i64::from(clock.hour()) * 3_600_000
        + i64::from(clock.minute()) * 60_000
        + i64::from(clock.second()) * 1_000
        + i64::from(clock.millisecond())
}

/// Returns the date this many milliseconds after the beginning of 1900.
pub(crate) fn from_milliseconds(milliseconds: i64) -> Failable<DateTime> {
    let overflow = || OVERFLOW.to_owned();
    let (days, clock) = (milliseconds.div_euclid(DAY), milliseconds.rem_euclid(DAY));
    let time = EPOCH
        .to_datetime(Time::midnight())
        .checked_add(
            Span::new()
                .try_days(days)
                .map_err(|_| overflow())?
                .milliseconds(clock),
        )
        .map_err(|_| overflow())?;
    in_range(time)
}

/// Refuses dates that SQL Server's `datetime` cannot hold.
pub(crate) fn in_range(time: DateTime) -> Failable<DateTime> {
    if time.year() >= FIRST_YEAR {
        Ok(time)
    } else {
        Err(OVERFLOW.to_owned())
    }
}

/// Returns the date this many days after the first of 1900; a fraction is a time of day.
pub(crate) fn from_days(days: f64) -> Failable<DateTime> {
    let milliseconds = (days * DAY as f64).round();
    if milliseconds.abs() < 1e15 {
        from_milliseconds(milliseconds as i64)
    } else {
        Err("Arithmetic overflow error converting expression to data type datetime.".into())
    }
}

/// Returns the days since the first of 1900, with the time of day as a fraction.
pub(crate) fn to_days(time: DateTime) -> f64 {
    milliseconds(time) as f64 / DAY as f64
}
