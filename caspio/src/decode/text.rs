//! The bytes of a response as text.

use super::explain::{cut_short, of_read};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

/// Returns the response as text. One check for the whole response is faster than one for each string.
///
/// # Errors
///
/// `Protocol`: it is not UTF-8, or breaks off within a character.
pub(super) fn text<'a>(body: &'a [u8], target: &Target) -> Result<&'a str, Error> {
    std::str::from_utf8(body).map_err(|error| {
        let described = match error.error_len() {
            None => cut_short(),
            Some(_) => Error::new(ErrorKind::Protocol, "the response is not UTF-8 text").with_hint(
                "JSON is always UTF-8: a proxy may have changed the response on its way",
            ),
        };
        of_read(described, target).with_source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ObjectKind;

    fn fault(body: &[u8]) -> Error {
        let target = Target::new(ObjectKind::Table, "Contacts");
        text(body, &target).expect_err("not text")
    }

    #[test]
    fn an_end_within_a_character_is_a_response_cut_short() {
        let whole = "{\"Result\":[{\"City\":\"Z\u{fc}".as_bytes();

        let error = fault(&whole[..whole.len() - 1]);

        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.to_string().contains("cut short"), "{error}");
    }

    #[test]
    fn invalid_bytes_differ_from_a_response_cut_short() {
        let error = fault(b"{\"Result\":[{\"City\":\"Z\xfcrich\"}]}");

        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.to_string().contains("UTF-8"), "{error}");
    }
}
