//! The headers of a request for the rest of a file.

use caspio_core::error::ErrorContext as _;
use caspio_core::http::HeaderValue;
use caspio_core::{Error, ErrorKind, Result};

/// Returns the value of `Range` for everything from a byte on.
pub(super) fn from(byte: u64) -> Result<HeaderValue> {
    HeaderValue::try_from(format!("bytes={byte}-")).map_err(|error| {
        Error::new(ErrorKind::Refused, "the range cannot be sent").with_source(error)
    })
}

/// Whether a `Content-Range` is that of everything from a byte on, of a file of this length.
pub(super) fn is_rest(text: &str, from: u64, length: u64) -> bool {
    parse(text).is_some_and(|(first, last, total)| {
        first == from && total == length && last.checked_add(1) == Some(total)
    })
}

/// Parses `bytes 5-9/10`.
fn parse(text: &str) -> Option<(u64, u64, u64)> {
    let (unit, rest) = text.trim().split_once(' ')?;
    let (range, total) = rest.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let number = |digits: &str| digits.trim().parse().ok();
    unit.eq_ignore_ascii_case("bytes")
        .then_some((number(first)?, number(last)?, number(total)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_rest_of_the_same_length_is_the_rest() {
        assert!(is_rest("bytes 5-9/10", 5, 10));
        assert!(is_rest("Bytes 5-9/10 ", 5, 10));
        for text in [
            "bytes 4-9/10",
            "bytes 6-9/10",
            "bytes 5-8/10",
            "bytes 5-9/11",
            "bytes 5-10/11",
            "bytes 5-9/*",
            "bytes */10",
            "lines 5-9/10",
            "bytes 5-18446744073709551615/10",
            "bytes -5-9/10",
            "5-9/10",
            "",
        ] {
            assert!(!is_rest(text, 5, 10), "{text:?}");
        }
    }
}
