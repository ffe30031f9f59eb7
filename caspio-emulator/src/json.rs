//! JSON written straight into a byte buffer, so that pages of records need no tree of values.

use std::io::Write;

/// Appends `text` as a JSON string.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a text into a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Appends a whole number.
pub(crate) fn integer(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a floating-point number in its shortest form; NaN and infinities become null.
pub(crate) fn number(out: &mut Vec<u8>, number: f64) {
    if !number.is_finite() {
        out.extend_from_slice(b"null");
    } else if number.abs() >= 1e16 || (number != 0.0 && number.abs() < 1e-6) {
        push_fmt(out, format_args!("{number:e}"));
    } else {
        push_fmt(out, format_args!("{number}"));
    }
}

/// Appends an amount of money, held in ten-thousandths, without converting it to a float.
///
/// Trailing zeros of the fraction are left out; no source documents whether Caspio keeps them.
pub(crate) fn currency(out: &mut Vec<u8>, ten_thousandths: i64) {
    let amount = ten_thousandths.unsigned_abs();
    if ten_thousandths < 0 {
        out.push(b'-');
    }
    push_fmt(out, format_args!("{}", amount / 10_000));
    let mut fraction = amount % 10_000;
    if fraction == 0 {
        return;
    }
    let mut width = 4;
    while fraction.is_multiple_of(10) {
        fraction /= 10;
        width -= 1;
    }
    push_fmt(out, format_args!(".{fraction:0width$}"));
}

/// Appends an exact number without the zeros at its end, as money is written; that it is written so is inferred.
pub(crate) fn decimal(out: &mut Vec<u8>, digits: &str) {
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    let digits = if digits == "-0" { "0" } else { digits };
    out.extend_from_slice(digits.as_bytes());
}

fn push_fmt(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing into a Vec cannot fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("JSON is UTF-8")
    }

    #[test]
    fn money_keeps_every_digit() {
        for (held, text) in [
            (0, "0"),
            (12_500, "1.25"),
            (-1, "-0.0001"),
            (1_000_000, "100"),
            (i64::MAX, "922337203685477.5807"),
            (i64::MIN, "-922337203685477.5808"),
        ] {
            assert_eq!(written(|out| currency(out, held)), text);
        }
    }

    #[test]
    fn strings_round_trip() {
        for text in ["", "O'Brien", "a\"b\\c\n\t\u{1}", "🙂 naïve"] {
            let json = written(|out| string(out, text));

            let back: String = serde_json::from_str(&json).expect("a JSON string");
            assert_eq!(back, text);
        }
    }

    #[test]
    fn integers_cover_the_whole_range() {
        for number in [0, -1, 10, i64::MAX, i64::MIN] {
            assert_eq!(written(|out| integer(out, number)), number.to_string());
        }
    }

    #[test]
    fn floats_are_short_and_valid() {
        for (value, text) in [(1.0, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (1e300, "1e300")] {
            assert_eq!(written(|out| number(out, value)), text);
        }
        assert_eq!(written(|out| number(out, f64::NAN)), "null");
    }
}
