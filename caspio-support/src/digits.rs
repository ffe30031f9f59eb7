//! Whether a number keeps its digits, in particular as a float.

/// Returns whether two spellings have the same digits at the same places, and so are the same number. The sign is not
/// compared.
///
/// ```
/// use caspio_support::digits::is_same;
///
/// assert!(is_same("1.50", "15e-1"));
/// assert!(!is_same("1.5", "1.05"));
/// ```
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    Digits::of(one) == Digits::of(other)
}

/// Returns whether the float that is nearest to a number keeps the number: its shortest spelling, its spelling with
/// 17 digits or, if it is whole, its exact value has the same digits. A service may spell a float in each of these
/// ways.
///
/// ```
/// use caspio_support::digits::is_kept_by_float;
///
/// assert!(is_kept_by_float("9007199254740992"));
/// assert!(!is_kept_by_float("9007199254740993"));
/// ```
#[must_use]
pub fn is_kept_by_float(digits: &str) -> bool {
    let nearest = digits.parse().ok();
    let Some(float) = nearest.filter(|float: &f64| float.is_finite()) else {
        return false;
    };
    is_same(digits, &format!("{float:e}"))
        || is_same(digits, &format!("{float:.16e}"))
        || is_same(digits, &format!("{float:.0}"))
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
        let places = whole.len() as i64 - zeros as i64;
        Self {
            digits: first.trim_end_matches('0').to_owned(),
            power: exponent.saturating_add(places),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_number_have_the_same_digits() {
        for (one, other) in [("1.50", "15e-1"), ("0.0012", "1.2e-3"), ("-100", "1E+2")] {
            assert!(is_same(one, other), "{one} {other}");
        }
        assert!(!is_same("1e-400", "0"));
        assert!(!is_same("1e9223372036854775807", "10"));
    }

    #[test]
    fn a_float_keeps_the_digits_that_it_is_spelled_with() {
        for kept in [
            "0",
            "-0.0",
            "1.50",
            "0.1",
            "0.10000000000000001",
            "0.30000000000000004",
            "5476.390000000017",
            "9007199254740992",
            "-9007199254740994",
            "1152921504606846976",
            "1152921504606847000",
            "9223372036854775808",
            "1e300",
            "5e-324",
        ] {
            assert!(is_kept_by_float(kept), "{kept}");
        }
        for changed in [
            "9007199254740993",
            "-9007199254740993",
            "9223372036854775807",
            "24011346160100052488457",
            "0.12345678901234567890",
            "922337203685477.5807",
            "12345678901234567",
            "1e-400",
            "1e400",
            "",
            "x",
        ] {
            assert!(!is_kept_by_float(changed), "{changed}");
        }
    }
}
