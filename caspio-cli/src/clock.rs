//! The account's clock, by whose days calls are counted.

use crate::error::CliError;
use caspio::DateTime;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const VARIABLE: &str = "CASPIO_TIME_ZONE";

/// Returns the name of the account's time zone, if one is set.
pub(crate) fn time_zone() -> Option<String> {
    let name = std::env::var(VARIABLE).ok();
    name.filter(|name| !name.is_empty())
}

/// Returns the time on the account's clock, which is UTC if no time zone is set.
pub(crate) fn now() -> Result<DateTime, CliError> {
    let zone = match time_zone() {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(&name).map_err(|_| {
            CliError::usage(format!("the time zone {name:?} of {VARIABLE} is unknown"))
                .with_hint("time zones have IANA names, such as America/New_York")
        })?,
    };
    Ok(zone.to_datetime(Timestamp::now()))
}
