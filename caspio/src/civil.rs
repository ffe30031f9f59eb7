//! Date literals.

use jiff::civil::{Date, DateTime};

/// A [`Date`] from its text, at compile time: `date!("2024-01-31")`.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// let c = Contact::COLUMNS;
/// assert_eq!(
///     c.joined.ge(date!("2024-01-31")).to_sql(),
///     "Joined >= '2024-01-31T00:00:00'"
/// );
/// ```
///
/// A text that is not a date does not compile:
///
/// ```compile_fail
/// caspio::date!("2024-02-30");
/// ```
#[macro_export]
macro_rules! date {
    ($text:literal) => {{
        // An item, because `cargo check` does not evaluate a `const` block.
        const DATE: $crate::Date = $crate::codegen_support::date($text);
        DATE
    }};
    ($other:expr) => {
        ::core::compile_error!(
            "`date!` takes a literal, `date!(\"2024-01-31\")`; a text of the running program is parsed: `text.parse::<Date>()`"
        )
    };
}

/// A [`DateTime`] from its text, at compile time: `datetime!("2024-01-31T10:00:00")`.
///
/// The seconds may have a fraction; Caspio stores times in steps of 1/300 second.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// let c = Contact::COLUMNS;
/// assert_eq!(
///     c.joined.lt(datetime!("2024-01-31T10:00:00")).to_sql(),
///     "Joined < '2024-01-31T10:00:00'"
/// );
/// ```
///
/// A text that is not a date with a time does not compile:
///
/// ```compile_fail
/// caspio::datetime!("2024-01-31");
/// ```
#[macro_export]
macro_rules! datetime {
    ($text:literal) => {{
        // An item, because `cargo check` does not evaluate a `const` block.
        const DATETIME: $crate::DateTime = $crate::codegen_support::datetime($text);
        DATETIME
    }};
    ($other:expr) => {
        ::core::compile_error!(
            "`datetime!` takes a literal, `datetime!(\"2024-01-31T10:00:00\")`; a text of the running program is parsed: `text.parse::<DateTime>()`"
        )
    };
}

/// Parses a date.
///
/// # Panics
///
/// For any other text; in a constant that is a compile error.
#[must_use]
pub const fn date(text: &str) -> Date {
    let bytes = text.as_bytes();
    assert!(bytes.len() == 10, "not a date: write `YYYY-MM-DD`");
    let (year, month, day) = year_month_day(bytes);
    Date::constant(year, month, day)
}

/// Parses a date with a time.
///
/// # Panics
///
/// For any other text; in a constant that is a compile error.
#[must_use]
pub const fn datetime(text: &str) -> DateTime {
    const MALFORMED: &str = "not a date and time: write `YYYY-MM-DDThh:mm:ss`";
    let bytes = text.as_bytes();
    assert!(bytes.len() >= 19, "{}", MALFORMED);
    assert!(
        bytes[10] == b'T' && bytes[13] == b':' && bytes[16] == b':',
        "{}",
        MALFORMED
    );
    let (year, month, day) = year_month_day(bytes);
    DateTime::constant(
        year,
        month,
        day,
        two_digits(bytes, 11),
        two_digits(bytes, 14),
        two_digits(bytes, 17),
        nanoseconds(bytes),
    )
}

const fn year_month_day(bytes: &[u8]) -> (i16, i8, i8) {
    assert!(
        bytes[4] == b'-' && bytes[7] == b'-',
        "not a date: write `YYYY-MM-DD`"
    );
    let year = two_digits(bytes, 0) as i16 * 100 + two_digits(bytes, 2) as i16;
    (year, two_digits(bytes, 5), two_digits(bytes, 8))
}

const fn two_digits(bytes: &[u8], at: usize) -> i8 {
    (digit(bytes[at]) * 10 + digit(bytes[at + 1])) as i8
}

const fn digit(byte: u8) -> i32 {
    assert!(byte.is_ascii_digit(), "a date consists of digits");
    (byte - b'0') as i32
}

/// Parses the fraction after the seconds: empty, or a point and up to nine digits.
const fn nanoseconds(bytes: &[u8]) -> i32 {
    if bytes.len() == 19 {
        return 0;
    }
    assert!(
        bytes[19] == b'.' && bytes.len() > 20 && bytes.len() <= 29,
        "after the seconds only a point and one to nine digits are possible; Caspio's times have no zone"
    );
    let (mut nanoseconds, mut at) = (0, 20);
    while at < 29 {
        nanoseconds *= 10;
        if at < bytes.len() {
            nanoseconds += digit(bytes[at]);
        }
        at += 1;
    }
    nanoseconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_equal_parsed_texts() {
        for text in ["2024-01-31", "0001-01-01", "9999-12-31", "2024-02-29"] {
            assert_eq!(date(text), text.parse().expect(text));
        }
        for text in [
            "2024-01-31T10:00:00",
            "2024-01-31T23:59:59.5",
            "2024-01-31T00:00:00.123456789",
        ] {
            assert_eq!(datetime(text), text.parse().expect(text));
        }
    }
}
