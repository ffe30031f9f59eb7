//! Dates: the stored form, the spellings that SQL Server reads, and the parts of a date.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

/// Returns the present moment in the stored form, UTC.
pub(super) fn now() -> String {
    format(TimeZone::UTC.to_datetime(Timestamp::now()))
}

/// Writes the stored form: `YYYY-MM-DDTHH:MM:SS.fff`.
pub(super) fn format(time: DateTime) -> String {
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

/// Reads a date in any spelling and returns its stored form.
pub(super) fn stored(text: &str) -> Option<String> {
    parse(text).map(format)
}

/// Reads `YYYY-MM-DD` with `T` or a space before the time, `YYYYMMDD`, or `M/D/YYYY`, each with
/// or without a time. A trailing `Z` is let through.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    if text.is_empty() {
        // A blank text is SQL Server's zero among dates.
        return Date::new(1900, 1, 1).ok().map(DateTime::from);
    }
    let split = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (day, time) = (text.get(..split)?, text.get(split..)?);
    let date = date(day)?;
    let time = time.strip_prefix(['T', 't']).unwrap_or(time).trim();
    let time = match time {
        "" => Time::midnight(),
        time => clock(time)?,
    };
    (date.year() >= 1).then(|| DateTime::from_parts(date, time))
}

/// Turns `D/M/YYYY` into the stored form of a date.
pub(super) fn day_first(text: &str) -> Option<String> {
    let text = text.trim();
    let (day, rest) = text.split_once(['/', '.', '-'])?;
    let (month, rest) = rest.split_once(['/', '.', '-'])?;
    stored(&format!("{month}/{day}/{rest}"))
}

fn date(text: &str) -> Option<Date> {
    if let Some([year, month, day]) = fields(text, '-') {
        return match year.len() {
            4 => self::ymd(year, month, day),
            _ => ymd(day, year, month),
        };
    }
    if let Some([first, second, third]) = fields(text, '/') {
        return match first.len() {
            4 => ymd(first, second, third),
            _ => ymd(third, first, second),
        };
    }
    match text.len() {
        8 if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            ymd(text.get(..4)?, text.get(4..6)?, text.get(6..)?)
        }
        _ => None,
    }
}

fn fields(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut fields = text.split(separator);
    let three = [fields.next()?, fields.next()?, fields.next()?];
    fields.next().is_none().then_some(three)
}

fn ymd(year: &str, month: &str, day: &str) -> Option<Date> {
    let year = match year.len() {
        4 => number(year)?,
        // Two digits mean 1950 to 2049, SQL Server's default.
        2 => match number(year)? {
            late @ 50.. => 1900 + late,
            early => 2000 + early,
        },
        _ => return None,
    };
    let small = |text: &str| i8::try_from(number(text)?).ok();
    Date::new(year, small(month)?, small(day)?).ok()
}

fn number(text: &str) -> Option<i16> {
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().ok(),
        false => None,
    }
}

/// `h:mm[:ss[.fff]] [AM|PM]`, or `h AM`.
fn clock(text: &str) -> Option<Time> {
    let upper = text.to_ascii_uppercase();
    let (digits, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        _ => (upper.as_str(), None),
    };
    let mut fields = digits.trim().split(':');
    let hour = number(fields.next()?)?;
    let minute = match fields.next() {
        Some(minute) => number(minute)?,
        None if half.is_some() => 0,
        None => return None,
    };
    let (second, nanos) = match fields.next() {
        Some(seconds) => self::seconds(seconds)?,
        None => (0, 0),
    };
    if fields.next().is_some() {
        return None;
    }
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    let small = |number: i16| i8::try_from(number).ok();
    Time::new(small(hour)?, small(minute)?, small(second)?, nanos).ok()
}

/// Seconds with their fraction, of which milliseconds are kept.
fn seconds(text: &str) -> Option<(i16, i32)> {
    let Some((whole, fraction)) = text.split_once('.') else {
        return Some((number(text)?, 0));
    };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis: i32 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some((number(whole)?, millis * 1_000_000))
}
