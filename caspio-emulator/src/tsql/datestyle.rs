//! The styles in which `CONVERT` writes dates.

use jiff::civil::DateTime;

use super::datetime::format;

/// Whether dates can be written in a style.
pub(super) fn is_style(style: u16) -> bool {
    matches!(
        style,
        0 | 23 | 100 | 101 | 102 | 103 | 104 | 105 | 108 | 110 | 111 | 112 | 114 | 120 | 121 | 126
    )
}

/// Writes a date in one of the styles of `CONVERT`.
pub(super) fn styled(time: DateTime, style: u16) -> String {
    let (y, m, d) = (time.year(), time.month(), time.day());
    let clock = format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    );
    let millis = time.millisecond();
    match style {
        23 => format!("{y:04}-{m:02}-{d:02}"),
        101 => format!("{m:02}/{d:02}/{y:04}"),
        102 => format!("{y:04}.{m:02}.{d:02}"),
        103 => format!("{d:02}/{m:02}/{y:04}"),
        104 => format!("{d:02}.{m:02}.{y:04}"),
        105 => format!("{d:02}-{m:02}-{y:04}"),
        108 => clock,
        110 => format!("{m:02}-{d:02}-{y:04}"),
        111 => format!("{y:04}/{m:02}/{d:02}"),
        112 => format!("{y:04}{m:02}{d:02}"),
        114 => format!("{clock}:{millis:03}"),
        120 => format!("{y:04}-{m:02}-{d:02} {clock}"),
        121 => format!("{y:04}-{m:02}-{d:02} {clock}.{millis:03}"),
        126 if millis == 0 => format!("{y:04}-{m:02}-{d:02}T{clock}"),
        126 => format(time),
        _ => default_style(time),
    }
}

/// `Jan  1 2020 12:00AM`
fn default_style(time: DateTime) -> String {
    let name = month_name(time.month()).get(..3).unwrap_or_default();
    let (hour, half) = match time.hour() {
        0 => (12, "AM"),
        hour @ 1..12 => (hour, "AM"),
        12 => (12, "PM"),
        hour => (hour - 12, "PM"),
    };
    format!(
        "{name} {:>2} {:04} {hour:>2}:{:02}{half}",
        time.day(),
        time.year(),
        time.minute()
    )
}

/// The English name of a month.
pub(super) fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1)
        .ok()
        .and_then(|at| NAMES.get(at))
        .copied()
        .unwrap_or_default()
}
