//! The styles of `CONVERT` between dates and texts.

use super::date::Failable;
use super::date_part::month_name;
use super::date_text::{Order, parse_as};
use jiff::civil::DateTime;

/// Formats a date in a style.
pub(crate) fn write(time: DateTime, style: i64) -> Failable<String> {
    let (y, m, d) = (time.year(), time.month(), time.day());
    let (h, n, s, ms) = (
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
    );
    let short = &month_name(time)[..3];
    let (hour, half) = (
        if h % 12 == 0 { 12 } else { h % 12 },
        if h < 12 { "AM" } else { "PM" },
    );
    let yy = y.rem_euclid(100);
    Ok(match style {
        0 | 100 => format!("{short} {d:>2} {y} {hour:>2}:{n:02}{half}"),
        1 => format!("{m:02}/{d:02}/{yy:02}"),
        101 => format!("{m:02}/{d:02}/{y:04}"),
        2 => format!("{yy:02}.{m:02}.{d:02}"),
        102 => format!("{y:04}.{m:02}.{d:02}"),
        3 => format!("{d:02}/{m:02}/{yy:02}"),
        103 => format!("{d:02}/{m:02}/{y:04}"),
        4 => format!("{d:02}.{m:02}.{yy:02}"),
        104 => format!("{d:02}.{m:02}.{y:04}"),
        5 => format!("{d:02}-{m:02}-{yy:02}"),
        105 => format!("{d:02}-{m:02}-{y:04}"),
        6 => format!("{d:02} {short} {yy:02}"),
        7 => format!("{short} {d:02}, {yy:02}"),
        9 | 109 => format!("{short} {d:>2} {y} {hour:>2}:{n:02}:{s:02}:{ms:03}{half}"),
        13 | 113 => format!("{d:02} {short} {y} {h:02}:{n:02}:{s:02}:{ms:03}"),
        22 => format!("{m:02}/{d:02}/{yy:02} {hour:>2}:{n:02}:{s:02} {half}"),
        106 => format!("{d:02} {short} {y:04}"),
        107 => format!("{short} {d:02}, {y:04}"),
        8 | 24 | 108 => format!("{h:02}:{n:02}:{s:02}"),
        10 => format!("{m:02}-{d:02}-{yy:02}"),
        110 => format!("{m:02}-{d:02}-{y:04}"),
        11 => format!("{yy:02}/{m:02}/{d:02}"),
        111 => format!("{y:04}/{m:02}/{d:02}"),
        12 => format!("{yy:02}{m:02}{d:02}"),
        112 => format!("{y:04}{m:02}{d:02}"),
        14 | 114 => format!("{h:02}:{n:02}:{s:02}:{ms:03}"),
        20 | 120 => format!("{y:04}-{m:02}-{d:02} {h:02}:{n:02}:{s:02}"),
        21 | 25 | 121 => format!("{y:04}-{m:02}-{d:02} {h:02}:{n:02}:{s:02}.{ms:03}"),
        23 => format!("{y:04}-{m:02}-{d:02}"),
        126 | 127 if ms == 0 => format!("{y:04}-{m:02}-{d:02}T{h:02}:{n:02}:{s:02}"),
        126 | 127 => format!("{y:04}-{m:02}-{d:02}T{h:02}:{n:02}:{s:02}.{ms:03}"),
        _ => {
            return Err(no_style(style, "datetime"));
        }
    })
}

/// Formats a day without a time in a style.
pub(crate) fn write_day(time: DateTime, style: i64) -> Failable<String> {
    let (from, length) = match style {
        8 | 14 | 24 | 108 | 114 => return Err(no_style(style, "date")),
        22 => (0, 8),
        0 | 9 | 13 | 100 | 109 | 113 => (0, 11),
        20 | 21 | 25 | 120 | 121 | 126 | 127 => (0, 10),
        _ => return write(time, style),
    };
    let text = write(time, style)?;
    Ok(text.get(from..from + length).unwrap_or(&text).to_owned())
}

/// Formats a time of day in a style.
pub(crate) fn write_clock(time: DateTime, style: i64) -> Failable<String> {
    let from = match style {
        0 | 9 | 13 | 100 | 109 | 113 => 12,
        8 | 14 | 24 | 108 | 114 => 0,
        22 => 9,
        20 | 21 | 25 | 120 | 121 | 126 | 127 => 11,
        _ => return Err(no_style(style, "time")),
    };
    let text = write(time, style)?;
    Ok(text.get(from..).unwrap_or(&text).to_owned())
}

fn no_style(style: i64, ty: &str) -> String {
    format!("{style} is not a valid style number when converting from {ty} to a character string.")
}

/// Reads a date in a style, which only decides whether the day comes first.
pub(crate) fn read(text: &str, style: i64) -> Failable<DateTime> {
    let order = match style {
        3..=5 | 103..=105 => Order::DayFirst,
        _ => Order::MonthFirst,
    };
    parse_as(text, order)
}
