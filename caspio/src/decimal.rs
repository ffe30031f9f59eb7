//! Decimal literals.

use rust_decimal::Decimal;

/// A [`Decimal`] from a number's own digits, at compile time: `dec!(19.99)`.
///
/// ```
/// use caspio::dec;
///
/// assert_eq!(dec!(19.90).to_string(), "19.90");
/// assert_eq!(dec!(-1_000), dec!(-1000));
/// ```
///
/// A literal that is not a decimal number does not compile:
///
/// ```compile_fail
/// caspio::dec!(1e3);
/// ```
#[macro_export]
macro_rules! dec {
    ($number:literal) => {{
        // An item, because `cargo check` does not evaluate a `const` block.
        const DECIMAL: $crate::Decimal =
            $crate::codegen_support::decimal(::core::stringify!($number));
        DECIMAL
    }};
    ($other:expr) => {
        ::core::compile_error!(
            "`dec!` takes a literal, `dec!(12.50)`; a value of the running program is converted: `Decimal::from(number)`, `text.parse::<Decimal>()`"
        )
    };
}

/// Parses digits with at most one point, underscores, and a sign at the beginning.
///
/// # Panics
///
/// For any other text, and for more than 28 digits. In a constant that is a compile error.
#[must_use]
pub const fn decimal(text: &str) -> Decimal {
    let bytes = text.as_bytes();
    let (mut digits, mut scale) = (0_u128, 0_u32);
    let (mut at, mut after_point) = (0, false);
    let negative = !bytes.is_empty() && bytes[0] == b'-';
    if negative {
        at = 1;
    }
    while at < bytes.len() {
        match bytes[at] {
            digit @ b'0'..=b'9' => {
                digits = digits * 10 + (digit - b'0') as u128;
                scale += after_point as u32;
            }
            b'.' if !after_point => after_point = true,
            b'_' | b' ' => {}
            _ => panic!(
                "not a decimal number: write its digits, `dec!(12.50)`, without quotes, exponent or type"
            ),
        }
        assert!(digits < 1 << 96, "a decimal number holds 28 digits");
        at += 1;
    }
    Decimal::from_parts(
        digits as u32,
        (digits >> 32) as u32,
        (digits >> 64) as u32,
        negative,
        scale,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_counts() {
        for text in [
            "0",
            "1.50",
            "-922337203685477.5807",
            "79228162514264337593543950335",
        ] {
            assert_eq!(decimal(text), Decimal::from_str_exact(text).expect(text));
        }
    }
}
