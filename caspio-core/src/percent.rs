//! Percent-encoding of URLs and forms.

#[cfg(feature = "oauth1")]
use percent_encoding::percent_encode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// All characters except the unreserved ones of RFC 3986.
///
/// A space becomes `%20`, which every server accepts; `+` is a space only in forms.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes all bytes except those of unreserved characters.
#[cfg(feature = "oauth1")]
pub(crate) fn encode_bytes(bytes: &[u8]) -> PercentEncode<'_> {
    percent_encode(bytes, RESERVED)
}

/// Percent-encodes all characters except the unreserved ones.
pub fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}
