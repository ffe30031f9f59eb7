//! Dates as T-SQL text: `2022-01-24T20:30:51`, `1/24/2022 8:30 PM`, `24 January 2022`.

use super::date::{EPOCH, FIRST_YEAR, Failable};
use super::month_names::month_of;
use jiff::civil::{Date, DateTime, Time};

const NO_DATE: &str = "Conversion failed when converting date and/or time from character string.";
const OUT_OF_RANGE: &str = "The conversion of a nvarchar data type to a datetime data type \
                            resulted in an out-of-range value.";
/// Reads the stored form, or any text that SQL Server accepts as a date without a style.
pub(crate) fn parse(text: &str) -> Failable<DateTime> {
    let trimmed = text.trim();
    // ISO 8601 with a `T` has to be whole: to the seconds.
    let clock = trimmed.get(11..).filter(|_| is_iso(trimmed));
    match clock {
        Some(clock) if clock.matches(':').count() < 2 => Err(NO_DATE.to_owned()),
        _ => parse_as(text, Order::MonthFirst),
    }
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
    if let Some(named) = parse_named(text) {
        return named;
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
    if is_iso(text) {
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

/// Returns whether date and time are separated by a `T`.
fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 10 && bytes[4] == b'-' && bytes[10].eq_ignore_ascii_case(&b'T')
}

fn parse_date(text: &str, order: Order) -> Failable<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(text, "1", "1");
    }
    let Some(separator) = text.find(['-', '/', '.']).and_then(|at| text.get(at..=at)) else {
        return Err(NO_DATE.to_owned());
    };
    let parts: Vec<_> = text.split(separator).collect();
    let [first, second, third] = parts[..] else {
        return Err(NO_DATE.to_owned());
    };
    match (first.len(), order) {
        (4, Order::DayFirst) => Err(OUT_OF_RANGE.to_owned()),
        (4, Order::MonthFirst) => date(first, second, third),
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
    // Behind a colon, the digits are a number of thousandths.
    let fraction = match parts.next() {
        Some(thousandths) if fraction.is_empty() => format!("{:0>3}", thousandths),
        Some(_) => return Err(NO_DATE.to_owned()),
        None => fraction.to_owned(),
    };
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
        nanoseconds(&fraction)?,
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

/// Reads a date with the name of a month; `None` if no word of the text is one.
fn parse_named(text: &str) -> Option<Failable<DateTime>> {
    if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let month = words(text).find_map(month_of)?;
    Some(read_named(text, month))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '-', '/', '.'])
        .filter(|word| !word.is_empty())
}

fn read_named(text: &str, month: usize) -> Failable<DateTime> {
    let clock_at = text.find(':').map(|colon| {
        let before = &text[..colon];
        before.rfind(' ').map_or(0, |blank| blank + 1)
    });
    let (days, clock) = text.split_at(clock_at.unwrap_or(text.len()));
    let numbers: Vec<_> = words(days)
        .filter(|word| month_of(word).is_none())
        .collect();
    // A year is the last number, or the only one of four digits.
    let (day, year) = match numbers[..] {
        [year] if year.len() == 4 => ("1", year),
        [year, day] if year.len() == 4 => (day, year),
        [day, year] => (day, year),
        _ => return Err(NO_DATE.to_owned()),
    };
    let date = date(year, &month.to_string(), day)?;
    let time = match clock.trim() {
        "" => Time::midnight(),
        clock => parse_time(clock)?,
    };
    Ok(date.to_datetime(time))
}
