//! The kind of a value, which is one of a few words.

/// The longest text of a Text (255) and of a Text (64000).
const SHORT: usize = 255;
const LONG: usize = 64_000;

/// The pictures of dates and times: each digit is a `9`.
const DATE: &str = "9999-99-99";
const DATE_TIME: &str = "9999-99-99T99:99:99";
const DATE_TIME_WITH_BLANK: &str = "9999-99-99 99:99:99";

/// Returns the kind of a text.
pub(super) fn of_text(text: &str) -> &'static str {
    if text.is_empty() {
        return "blank";
    }
    if text.chars().all(char::is_whitespace) {
        return "only blanks";
    }
    if text.len() <= 40
        && let Some(kind) = of_short_text(text)
    {
        return kind;
    }
    let length = text.chars().count();
    if length > LONG {
        "text over 64000"
    } else if length > SHORT {
        "text over 255"
    } else if text.chars().any(|sign| sign > '\u{FFFF}') {
        "text with emoji"
    } else if !text.is_ascii() {
        "text with Unicode"
    } else {
        "text"
    }
}

/// Returns the kind of a text of a known form.
fn of_short_text(text: &str) -> Option<&'static str> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(text) {
        return Some("digits");
    }
    if text.split(',').all(is_digits) {
        return Some("keys");
    }
    if is_guid(text) {
        return Some("GUID");
    }
    of_time(text)
}

fn of_time(text: &str) -> Option<&'static str> {
    let picture: String = text
        .chars()
        .map(|sign| if sign.is_ascii_digit() { '9' } else { sign })
        .collect();
    if picture == DATE {
        return Some("date");
    }
    if is_us_date(&picture) {
        return Some("US date-time");
    }
    let (kind, rest) = match picture.strip_prefix(DATE_TIME) {
        Some(rest) => ("date-time", rest),
        None => (
            "date-time with blank",
            picture.strip_prefix(DATE_TIME_WITH_BLANK)?,
        ),
    };
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.find(|sign| sign != '9').unwrap_or(rest.len());
            rest.split_at(end)
        }
        None => ("", rest),
    };
    match (fraction.len(), zone) {
        (0, "") => Some(kind),
        (1..=3, "") => Some("date-time with fraction"),
        (4..=9, "") => Some("date-time with long fraction"),
        (_, "Z" | "+99:99" | "-99:99") => Some("date-time with zone"),
        _ => None,
    }
}

/// Whether a picture is of a date such as `1/28/2022`, with or without a time.
fn is_us_date(picture: &str) -> bool {
    let (date, time) = picture.split_once(' ').unwrap_or((picture, ""));
    let mut parts = date.split('/');
    let is_date = matches!(parts.next(), Some("9" | "99"))
        && matches!(parts.next(), Some("9" | "99"))
        && parts.next() == Some("9999")
        && parts.next().is_none();
    let time = time.trim_end_matches([' ', 'A', 'P', 'M']);
    is_date && time.chars().all(|sign| matches!(sign, '9' | ':' | '.'))
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Returns the kind of a number, by its digits.
pub(super) fn of_number(digits: &str) -> &'static str {
    if digits.contains(['e', 'E']) {
        return "number with exponent";
    }
    match digits.split_once('.') {
        Some((_, places)) => match places.len() {
            0..=2 => "decimal",
            3..=4 => "decimal to 4 places",
            _ => "decimal of more places",
        },
        None if digits.parse::<i32>().is_ok() => "integer",
        None if digits.parse::<i64>().is_ok() => "long integer",
        None => "longer integer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_kinds() {
        for (text, kind) in [
            ("", "blank"),
            (" ", "only blanks"),
            ("Ann", "text"),
            ("2022-01-24", "date"),
            ("2022-01-24T20:30:51", "date-time"),
            ("2022-01-24 20:30:51", "date-time with blank"),
            ("2022-01-24T20:30:51.607", "date-time with fraction"),
            (
                "2022-01-24T20:30:51.6070000",
                "date-time with long fraction",
            ),
            ("2022-01-24T20:30:51.607Z", "date-time with zone"),
            ("2022-01-24T20:30:51+02:00", "date-time with zone"),
            ("1/28/2022 3:31:03 PM", "US date-time"),
            ("08/12/2025", "US date-time"),
            ("104", "digits"),
            ("1,22", "keys"),
            ("9f1c0e3a-0000-4000-8000-00000000000a", "GUID"),
            ("Zo\u{eb}", "text with Unicode"),
            ("\u{1F7E2}Open", "text with emoji"),
            ("1/2/x", "text"),
            ("\u{661}", "text with Unicode"),
        ] {
            assert_eq!(of_text(text), kind, "{text}");
        }
        assert_eq!(of_text(&"a".repeat(256)), "text over 255");
        assert_eq!(of_text(&"a".repeat(64_001)), "text over 64000");
    }

    #[test]
    fn numbers_have_their_kinds() {
        for (digits, kind) in [
            ("-5", "integer"),
            ("2147483648", "long integer"),
            ("9223372036854775808", "longer integer"),
            ("1.50", "decimal"),
            ("1.5000", "decimal to 4 places"),
            ("0.123456", "decimal of more places"),
            ("1E+20", "number with exponent"),
        ] {
            assert_eq!(of_number(digits), kind, "{digits}");
        }
    }
}
