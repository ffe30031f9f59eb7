//! Dates in the store: always `YYYY-MM-DDTHH:MM:SS.fff`, wall-clock time.

use crate::clock::FIRST_YEAR;
use caspio_tsql::stored_date;
use jiff::civil::{Date, DateTime, Time};
use rusqlite::Connection;

/// Converts a date, as writes may spell it, to the stored form; `None` for text that is not a date, and for years
/// before 1753, which Caspio is inferred to refuse: fact `first-year`. That it keeps steps of 1/300 s is inferred as
/// well: facts `steps-of-a-second` and `last-moment-of-a-day`.
///
/// A trailing zone is cut off. Caspio is known to do so with `Z`; it is inferred that it does the same with other
/// offsets: fact `offsets-are-cut-off`.
pub(crate) fn to_stored(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let text = without_offset(text);
    let parsed = text.parse().ok().or_else(|| of_american(text))?;
    (parsed.year() >= FIRST_YEAR).then(|| stored_date(parsed))
}

/// Reads the form `08/12/2025` or `01/22/2026 12:00:00`, with the month first, which Caspio accepts as well.
fn of_american(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let mut numbers = date.split('/').map(str::parse::<i16>);
    let (month, day, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let (month, day) = (i8::try_from(month.ok()?), i8::try_from(day.ok()?));
    let date = Date::new(year.ok()?, month.ok()?, day.ok()?).ok()?;
    let is_date = numbers.next().is_none();
    is_date.then_some(DateTime::from_parts(date, time.parse::<Time>().ok()?))
}

/// Returns the emulator's time in the stored form, in UTC.
pub(crate) fn now(connection: &Connection) -> rusqlite::Result<String> {
    caspio_tsql::now(connection)
}

/// Converts the stored form to Caspio's, which leaves out a fraction of zero.
pub(crate) fn to_json(stored: &str) -> &str {
    stored.strip_suffix(".000").unwrap_or(stored)
}

/// Formats a stored date as the file operations do: `1/28/2022 3:31:03 PM`.
pub(crate) fn american(stored: &str) -> String {
    let Ok(time) = stored.parse::<DateTime>() else {
        return stored.to_owned();
    };
    let (hour, half) = match time.hour() {
        0 => (12, "AM"),
        hour @ 1..12 => (hour, "AM"),
        12 => (12, "PM"),
        hour => (hour - 12, "PM"),
    };
    format!(
        "{}/{}/{} {hour}:{:02}:{:02} {half}",
        time.month(),
        time.day(),
        time.year(),
        time.minute(),
        time.second()
    )
}

fn without_offset(text: &str) -> &str {
    match text.rfind(['+', '-']) {
        Some(at) if at > 10 && text.contains([':']) => &text[..at],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_stored_in_one_form() {
        for (written, held) in [
            ("2022-01-24", "2022-01-24T00:00:00.000"),
            ("2022-01-24T20:30:51", "2022-01-24T20:30:51.000"),
            ("2022-01-24 20:30:51.607", "2022-01-24T20:30:51.607"),
            ("2022-01-24T20:30:51.000Z", "2022-01-24T20:30:51.000"),
            ("2022-01-24T20:30:51+02:00", "2022-01-24T20:30:51.000"),
            ("08/12/2025", "2025-08-12T00:00:00.000"),
            ("01/22/2026 12:00:00", "2026-01-22T12:00:00.000"),
        ] {
            assert_eq!(to_stored(written).as_deref(), Some(held), "{written}");
        }
    }

    #[test]
    fn files_have_american_dates() {
        assert_eq!(american("2022-01-28T15:31:03.000"), "1/28/2022 3:31:03 PM");
        assert_eq!(american("2022-01-12T00:01:58.000"), "1/12/2022 12:01:58 AM");
    }

    #[test]
    fn invalid_date_is_refused() {
        for written in [
            "",
            "soon",
            "2022-02-30",
            "24/01/2022",
            "01/02/2022/3",
            "1752-12-31T23:59:59",
        ] {
            assert_eq!(to_stored(written), None, "{written}");
        }
    }
}
