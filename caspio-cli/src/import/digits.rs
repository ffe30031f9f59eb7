//! Whether a number keeps its digits.

/// Checks that a text and the number that was read from it have the same digits.
///
/// # Errors
///
/// The text has leading zeros, as codes have them, or more digits than the number.
pub(super) fn check(text: &str, number: &str) -> Result<(), String> {
    let whole = text.strip_prefix(['-', '+']).unwrap_or(text);
    if whole.starts_with('0') && whole.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        return Err(format!(
            "{text:?} would lose its leading zeros; if it is a code, it needs a field of text"
        ));
    }
    if Digits::of(text) == Digits::of(number) {
        return Ok(());
    }
    Err(format!(
        "{text:?} has more digits than the field stores: it would become {number}"
    ))
}

/// The digits of a number that matter, and the power of ten of the first.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    digits: String,
    power: i64,
}

impl Digits {
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mantissa = mantissa.trim_start_matches(['-', '+']);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let first = digits.trim_start_matches('0');
        if first.is_empty() {
            return Self {
                digits: String::new(),
                power: 0,
            };
        }
        let zeros = digits.len() - first.len();
        let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
        Self {
            digits: first.trim_end_matches('0').to_owned(),
            power: exponent + whole.len() as i64 - zeros as i64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_number_have_the_same_digits() {
        for (one, other) in [("1.50", "15e-1"), ("0.0012", "1.2e-3"), ("-100", "1E+2")] {
            assert_eq!(Digits::of(one), Digits::of(other));
        }
        assert_ne!(Digits::of("1e-400"), Digits::of("0"));
    }
}
