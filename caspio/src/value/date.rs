//! Wall-clock dates and times: how Caspio writes and reads them.

use jiff::civil::{DateTime, Time};
use jiff::fmt::temporal::Pieces;
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

/// The wall-clock time that a text spells, if it spells one.
pub(crate) fn wall_clock(text: &str) -> Option<DateTime> {
    parse(text).ok()
}

/// Reads a wall-clock time. An offset is an error, not ignored: Caspio's dates have none, so the text would
/// mean another moment.
pub(crate) fn parse(text: &str) -> Result<DateTime, &'static str> {
    let pieces = Pieces::parse(text).map_err(|_| "is not an ISO 8601 date")?;
    if pieces.offset().is_some() || pieces.time_zone_annotation().is_some() {
        return Err("carries a time zone, which a wall-clock date has not");
    }
    let time = pieces.time().unwrap_or(Time::midnight());
    Ok(DateTime::from_parts(pieces.date(), time))
}

#[cfg(test)]
mod tests {
    use super::*;

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
