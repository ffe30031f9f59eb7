//! Dates in the stored form and as numbers.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

/// A result that fails with SQL Server's text.
pub(crate) type Failable<T> = Result<T, String>;

const OVERFLOW: &str = "Adding a value to a 'datetime' column caused an overflow.";

/// Day 0 of SQL Server's calendar.
pub(crate) const EPOCH: Date = jiff::civil::date(1900, 1, 1);
/// The first year of SQL Server's `datetime`.
pub(super) const FIRST_YEAR: i16 = 1753;
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

/// Rounds to the minute, as `smalldatetime` does.
pub(crate) fn to_minute(time: DateTime) -> Failable<DateTime> {
    from_milliseconds((milliseconds(time) + 30_000).div_euclid(60_000) * 60_000)
}

/// Rounds a time of day to digits of a second's fraction; midnight is the same day's.
pub(crate) fn to_digits(time: DateTime, digits: i64) -> Failable<DateTime> {
    let unit = match digits {
        0 => 1_000,
        1 => 100,
        2 => 10,
        _ => return Ok(time),
    };
    let clock = milliseconds(time).rem_euclid(DAY);
    from_milliseconds((clock + unit / 2) / unit * unit % DAY)
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
