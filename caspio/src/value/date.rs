//! Wall-clock dates and times: how Caspio writes and reads them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use std::fmt::{self, Display};

/// A date and time as Caspio's JSON and T-SQL spell it: without a zone, which its dates do not have, and with
/// milliseconds only where there are any.
pub(crate) struct Spelled(pub(crate) DateTime);

impl Display for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )?;
        if at.millisecond() != 0 {
            write!(f, ".{:03}", at.millisecond())?;
        }
        Ok(())
    }
}

/// The first year of Caspio's dates, which are SQL Server's `datetime`.
pub(crate) const FIRST_YEAR: i16 = 1753;

/// Stands for a date that the SDK's own type does not have, such as one of the year 10,000: it is refused.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(crate) const NO_DATE: Date = Date::MIN;

/// Returns why Caspio does not have a date; `None` for one that it has.
pub(crate) fn before_first_year(date: Date) -> Option<String> {
    if date.year() >= FIRST_YEAR {
        return None;
    }
    // The first of all dates stands for those of other crates that the SDK's own type does not have.
    Some(match date == Date::MIN {
        true => format!("this date: Caspio's dates begin in {FIRST_YEAR} and end in 9999"),
        false => format!("the date {date}: Caspio's dates begin in {FIRST_YEAR}"),
    })
}

/// Returns the time that is sent for a time: for the last millisecond of a day `23:59:59.997`. SQL Server's
/// `datetime` has steps of 1/300 s, and would store `.999` as the next day. At other times its rounding stays within
/// two milliseconds.
pub(crate) fn as_sent(at: DateTime) -> DateTime {
    let last = Time::constant(23, 59, 59, 999_000_000);
    if at.time() < last {
        return at;
    }
    DateTime::from_parts(at.date(), Time::constant(23, 59, 59, 997_000_000))
}

/// Whether a text spells a time that would be stored as the next day. A text may have more digits than milliseconds.
pub(crate) fn is_rounded_to_next_day(text: &str) -> bool {
    let last_kept = Time::constant(23, 59, 59, 998_000_000);
    // Most texts are too short, or begin with a letter.
    text.len() >= "20241231T235959.999".len()
        && text.trim_start().starts_with(is_start_of_date)
        && text.contains("99")
        && stored_date(text).is_some_and(|at| at.time() > last_kept)
}

/// Whether a date may begin with this character.
fn is_start_of_date(first: char) -> bool {
    first.is_ascii_digit() || matches!(first, '-' | '+')
}

/// Whether a text spells a date and time as [`Spelled`] does: also without a time or seconds, or with a blank before
/// the time.
pub(crate) fn is_plain(text: &str) -> bool {
    const PATTERN: &[u8] = b"0000-00-00T00:00:00.000";
    let text = text.as_bytes();
    let matches = |(sign, expected): (&u8, &u8)| match expected {
        b'0' => sign.is_ascii_digit(),
        b'T' => matches!(sign, b'T' | b' '),
        expected => sign == expected,
    };
    matches!(text.len(), 10 | 16 | 19 | 21..=23) && text.iter().zip(PATTERN).all(matches)
}

/// Whether a text begins as a date, and spells no time without a zone: a Date/Time may store another time for it.
pub(crate) fn may_lose_zone(text: &str) -> bool {
    let bytes = text.trim_ascii_start().as_bytes();
    let has_digits = |count| bytes.iter().take(count).all(u8::is_ascii_digit);
    let is_date = match bytes {
        [_, _, _, _, b'-', ..] => has_digits(4),
        [_, _, _, _, _, _, _, _, b'T', ..] => has_digits(8),
        [_, b'/', ..] => has_digits(1),
        [_, _, b'/', ..] => has_digits(2),
        _ => false,
    };
    is_date && bytes.len() > 10 && stored_date(text).is_none()
}

/// The wall-clock time that a text spells, if it spells one.
pub(crate) fn wall_clock(text: &str) -> Option<DateTime> {
    parse(text).ok()
}

/// Reads a wall-clock time. An offset is an error, not ignored: Caspio's dates have none, so the text would
/// mean another moment.
pub(crate) fn parse(text: &str) -> Result<DateTime, &'static str> {
    let pieces = Pieces::parse(text).map_err(|_| "is not an ISO 8601 date")?;
    if pieces.offset().is_some() || pieces.time_zone_annotation().is_some() {
        return Err("has a time zone, which a wall-clock date does not have");
    }
    let time = pieces.time().unwrap_or(Time::midnight());
    Ok(DateTime::from_parts(pieces.date(), time))
}

/// The time that the service reports of a file or another object: ISO 8601, or the American form that v2 has for the
/// dates of files (fact `dates-of-files`). In UTC if the text has an offset; otherwise its time zone is not documented.
pub(crate) fn reported_date(text: &str) -> Option<DateTime> {
    let in_utc = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).datetime();
    wall_clock(text)
        .or_else(|| text.parse().ok().map(in_utc))
        .or_else(|| DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).ok())
}

/// The time that Caspio stores for a text that is written to a Date/Time: ISO 8601, or with the month first as in
/// `1/24/2022 8:30:51 PM`, which it takes as well. Blanks around the text do not count.
pub(crate) fn stored_date(text: &str) -> Option<DateTime> {
    let text = text.trim();
    wall_clock(text).or_else(|| month_first(text))
}

fn month_first(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(' ').unwrap_or((text, ""));
    let mut parts = date.split('/').map(digits::<i16>);
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    let date = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    Some(date.to_datetime(clock(time.trim())?))
}

/// The time in `20:30`, `8:30:51.607 PM` or an empty text.
fn clock(text: &str) -> Option<Time> {
    if text.is_empty() {
        return Some(Time::midnight());
    }
    let (time, half) = text.split_once(' ').unwrap_or((text, ""));
    let mut parts = time.split(':');
    let (hour, minute) = (digits::<i8>(parts.next()?)?, digits::<i8>(parts.next()?)?);
    let (second, fraction) = parts.next().map_or(("0", ""), |second| {
        second.split_once('.').unwrap_or((second, ""))
    });
    let second = digits::<i8>(second)?;
    let hour = match (half.trim().to_ascii_uppercase().as_str(), hour) {
        ("", hour) => hour,
        ("AM", 1..=12) => hour % 12,
        ("PM", 1..=12) => hour % 12 + 12,
        _ => return None,
    };
    let nanoseconds = match fraction {
        "" => 0,
        fraction if fraction.len() <= 9 => digits::<i32>(&format!("{fraction:0<9}"))?,
        _ => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, nanoseconds).ok()
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_millisecond_of_a_day_is_noticed_in_every_spelling() {
        for text in [
            "2022-12-31T23:59:59.999",
            " 2022-12-31 23:59:59.999 ",
            "1/1/2022 23:59:59.999",
            "12/31/2022 11:59:59.999 PM",
            "2022-12-31T23:59:59,999",
            "20221231T235959.999",
            "20221231T235959,999",
            "20221231T23:59:59.9991",
            "2022-12-31T23:59:59.9985",
        ] {
            assert!(is_rounded_to_next_day(text), "{text:?}");
        }
        assert!(!is_rounded_to_next_day("2022-12-31T22:59:59.999"));
        assert!(!is_rounded_to_next_day("2022-12-31T23:59:59.998"));
        assert!(!is_rounded_to_next_day("it is 23:59:59.999 now"));
    }

    #[test]
    fn a_reported_date_may_have_an_offset_or_the_american_form() {
        for (text, at) in [
            ("2022-01-29T06:49:07", Some("2022-01-29T06:49:07")),
            ("2026-01-02T03:04:05+02:00", Some("2026-01-02T01:04:05")),
            ("1/12/2022 7:14:50 PM", Some("2022-01-12T19:14:50")),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(reported_date(text), at.and_then(wall_clock), "{text:?}");
        }
    }

    #[test]
    fn a_date_with_a_zone_is_noticed_in_every_spelling() {
        for text in [
            "2022-01-24T10:00:00Z",
            " 2022-01-24 10:00:00+02:00",
            "2022-01-24T10:00-05",
            "2022-01-24T10:00:00[Europe/Rome]",
            "20220124T100000Z",
            "1/24/2022 8:30:51 PM +02:00",
            "12/24/2022 20:30 Z",
        ] {
            assert!(may_lose_zone(text), "{text:?}");
        }
        for text in [
            "2022-01-24T10:00:00",
            "2022-01-24",
            "1/24/2022 8:30:51 PM",
            "2022-7",
            "24/7",
            "INV-2022-0001-7",
            "it is 10:00Z now",
            "",
        ] {
            assert!(!may_lose_zone(text), "{text:?}");
        }
    }

    #[test]
    fn a_stored_date_may_be_spelled_with_the_month_first() {
        for (text, stored) in [
            ("2022-01-24 20:30:51 ", Some("2022-01-24T20:30:51")),
            ("1/24/2022", Some("2022-01-24T00:00:00")),
            ("01/22/2026 12:00:00", Some("2026-01-22T12:00:00")),
            ("3/5/2026 2:07:09 PM", Some("2026-03-05T14:07:09")),
            ("3/5/2026 12:07 am", Some("2026-03-05T00:07:00")),
            ("3/5/2026 20:07:09.607", Some("2026-03-05T20:07:09.607")),
            ("13/12/2025", None),
            ("1/2/25", None),
            ("1/2/2025 13:00 PM", None),
            ("1/2/2025/3", None),
            ("+1/2/2025", None),
            ("C-7", None),
            ("", None),
        ] {
            let stored: Option<DateTime> = stored.and_then(wall_clock);
            assert_eq!(stored_date(text), stored, "{text}");
        }
    }

    #[test]
    fn a_plain_date_is_extended_and_has_no_more_than_milliseconds() {
        for text in [
            "2022-12-31",
            "2022-12-31T23:59",
            "2022-12-31 23:59:59",
            "2022-12-31T23:59:59.9",
            "2022-12-31T23:59:59.997",
        ] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "20221231",
            "2022-12-31T",
            "2022-12-31T23",
            "2022-12-31T235959",
            "20221231T235959",
            "2022-12-31T23:59:59,5",
            "2022-12-31T23:59:59.9997",
            "2022-12-31t23:59:59",
            "2022-12-31[u-ca=iso8601]",
            "12/31/2022",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_written_only_where_there_are_any() {
        for (text, spelled) in [
            ("2022-01-24T20:30:51.607", "2022-01-24T20:30:51.607"),
            ("2022-01-24T20:30:51.000400", "2022-01-24T20:30:51"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ] {
            let at: DateTime = text.parse().expect("a date");
            assert_eq!(Spelled(at).to_string(), spelled);
        }
    }
}
