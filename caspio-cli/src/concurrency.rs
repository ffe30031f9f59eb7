//! The option `--concurrency`.

use caspio::Concurrency;

const MOST: usize = 32;

/// Parses a number of concurrent calls, or `auto`.
pub(crate) fn parse(text: &str) -> Result<Concurrency, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Concurrency::Auto);
    }
    match text.parse() {
        Ok(calls @ 1..=MOST) => Ok(Concurrency::Calls(calls)),
        _ => Err(format!("expected a number from 1 to {MOST}, or auto")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_or_auto_is_accepted() {
        assert_eq!(parse("1"), Ok(Concurrency::Calls(1)));
        assert_eq!(parse("32"), Ok(Concurrency::Calls(32)));
        assert_eq!(parse("Auto"), Ok(Concurrency::Auto));
        for wrong in ["0", "33", "-1", "", "all", "1.5"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
