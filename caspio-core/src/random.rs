//! Cryptographically secure random bytes from the operating system.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};

pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| {
        Error::new(ErrorKind::Config, "no source of randomness is available").with_source(error)
    })
}

/// Returns 256 random bits as text that needs no escaping in a URL, a form or a header.
#[cfg(any(feature = "authorization-code", feature = "oauth1"))]
pub(crate) fn text() -> Result<String> {
    use base64::Engine as _;
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    fill(&mut *bytes)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(*bytes))
}
