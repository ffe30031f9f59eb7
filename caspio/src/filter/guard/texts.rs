//! The texts that conditions compare values with.

use crate::filter::literal::{Literal, Value};
use crate::value::{FIRST_YEAR, stored_date, wall_clock};
use jiff::civil::{Date, DateTime};

/// The first and the last moment that a Date/Time holds.
const FIRST: DateTime = DateTime::constant(FIRST_YEAR, 1, 1, 0, 0, 0, 0);
const LAST: DateTime = DateTime::constant(9999, 12, 31, 23, 59, 59, 997_000_000);

/// Whether a text has letters and digits only, whose order is the same in all collations.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|sign| sign.is_ascii_alphanumeric() || sign == ' ')
}

/// Whether two texts in lower case are different in all collations: one has a letter or digit of ASCII that nothing in
/// the other one can be equal to.
pub(super) fn are_different(one: &str, other: &str) -> bool {
    let lacks = |one: &str, other: &str| {
        let mut signs = one.chars().filter(char::is_ascii_alphanumeric);
        other.is_ascii() && signs.any(|sign| !other.contains(sign))
    };
    lacks(one, other) || lacks(other, one)
}

/// Whether a text begins with a date, the year first.
pub(super) fn is_date(text: &str) -> bool {
    let mut signs = text.bytes().take(10).enumerate();
    text.len() >= 10
        && signs.all(|(at, sign)| match at {
            4 | 7 => sign == b'-',
            _ => sign.is_ascii_digit(),
        })
}

pub(super) fn has_digit(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

/// Returns the text of a literal, in lower case as Caspio compares it.
pub(super) fn text_of(literal: &Literal) -> Option<String> {
    match &literal.0 {
        Value::Text(text) => Some(text.to_lowercase()),
        Value::Day(_) | Value::Moment(_) | Value::ExactMoment(_) => {
            Some(literal.to_string().trim_matches('\'').to_lowercase())
        }
        _ => None,
    }
}

/// Returns the text of a word in quotes.
pub(super) fn unquoted(word: &str) -> Option<String> {
    let text = word.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(text.replace("''", "'"))
}

/// Returns a text without what a comparison ignores: blanks at the end do not count.
pub(super) fn compared(text: &str) -> String {
    text.trim_end_matches(' ').to_owned()
}

/// Returns the number that a text is converted to where it is compared with a number, which can be an amount.
pub(super) fn number_of(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', "");
    let digits = text.strip_prefix(['$', '€', '£', '¥']).unwrap_or(&text);
    if text.is_empty() {
        return Some(0.0);
    }
    let number = digits.parse().ok()?;
    let is_spelled_out = digits.contains(|sign: char| sign.is_ascii_digit());
    (is_spelled_out && f64::is_finite(number)).then_some(number + 0.0)
}

/// Returns the steps of 1/300 s from the first moment of a Date/Time to the one that a text is converted to where it is
/// compared with a Date/Time. It may be before the first or after the last.
pub(super) fn ticks_of(text: &str) -> Option<f64> {
    let at = match text.trim() {
        "" => Date::constant(1900, 1, 1).at(0, 0, 0, 0),
        digits if digits.bytes().all(|sign| sign.is_ascii_digit()) => of_digits(digits)?,
        text => stored_date(text)?,
    };
    // The service takes no more than three digits of a second, and rounds them to the nearest step.
    let is_taken = at.subsec_nanosecond() % 1_000_000 == 0;
    is_taken.then(|| ticks(at))
}

fn ticks(at: DateTime) -> f64 {
    let milliseconds = at.duration_since(FIRST).as_millis();
    (milliseconds * 3 + 5).div_euclid(10) as f64
}

/// A date without signs between its parts: a year, or year, month and day.
fn of_digits(digits: &str) -> Option<DateTime> {
    let digits = match digits.len() {
        4 => format!("{digits}0101"),
        6 if digits < "500000" => format!("20{digits}"),
        6 => format!("19{digits}"),
        8 => digits.to_owned(),
        _ => return None,
    };
    wall_clock(&digits)
}

/// Returns the first and the last step of a Date/Time.
pub(super) fn range_of_ticks() -> (f64, f64) {
    (ticks(FIRST), ticks(LAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_steps_of_a_300th_of_a_second() {
        let ticks = |time: &str| {
            let ticks = ticks_of(&format!("2024-01-01t10:00:00{time}")).expect("a date");
            ticks - ticks_of("2024-01-01T10:00:00").expect("a date")
        };
        for (time, steps) in [
            (".000", 0.0),
            (".001", 0.0),
            (".002", 1.0),
            (".004", 1.0),
            (".005", 2.0),
            (".008", 2.0),
            (".009", 3.0),
            (".991", 297.0),
            (".992", 298.0),
            (".999", 300.0),
        ] {
            assert_eq!(ticks(time), steps, "{time}");
        }
        assert_eq!(
            ticks_of("9999-12-31T23:59:59.997"),
            Some(range_of_ticks().1)
        );
        assert_eq!(ticks_of("1753-01-01"), Some(0.0));
        assert_eq!(ticks_of("20240105"), ticks_of("1/5/2024"));
        assert_eq!(ticks_of("2024-01-05T10:00:00.0001"), None);
    }
}
