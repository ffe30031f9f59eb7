//! Header values that contain secrets.

use bytes::Bytes;
use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// Returns the `Authorization` value of a token; `None` if the token contains characters that no token
/// has.
pub(crate) fn bearer_header(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    sensitive_header(Zeroizing::new(["Bearer ", token].concat()))
}

/// Returns a header value that is marked as sensitive; `None` if it is not a valid one.
pub(crate) fn sensitive_header(text: Zeroizing<String>) -> Option<HeaderValue> {
    struct Text(Zeroizing<String>);
    impl AsRef<[u8]> for Text {
        fn as_ref(&self) -> &[u8] {
            self.0.as_bytes()
        }
    }
    // All clones share the memory, which is zeroed when the last one is dropped.
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Text(text))).ok()?;
    value.set_sensitive(true);
    Some(value)
}
