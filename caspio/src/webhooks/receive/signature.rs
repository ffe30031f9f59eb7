//! The signature of a message: HMAC-SHA256 of its body, keyed with the webhook's secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use caspio_core::secrecy::{ExposeSecret as _, SecretString};
use hmac::digest::KeyInit as _;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The length of a signature in bytes.
const LENGTH: usize = 32;

/// Returns the signature of a body in hexadecimal digits: to test a receiver of your own.
///
/// That Caspio signs the whole body is inferred, fact `signature-of-messages`.
///
/// ```
/// use caspio::SecretString;
/// use caspio::webhooks::signature;
///
/// let signed = signature(&SecretString::from("Jefe"), b"what do ya want for nothing?");
/// assert!(signed.starts_with("5bdcc146bf60754e"));
/// ```
#[must_use]
pub fn signature(secret: &SecretString, body: &[u8]) -> String {
    let bytes = keyed(secret.expose_secret(), body).finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether one of the values of a header is the signature of a body by one of the secrets. The time does not depend on
/// how much of a wrong signature is right. The body is read once for each secret, however many values there are.
pub(super) fn is_signed<'v>(
    secrets: &[SecretString],
    body: &[u8],
    values: impl IntoIterator<Item = &'v str>,
) -> bool {
    let given: Vec<_> = values.into_iter().filter_map(parse).collect();
    !given.is_empty()
        && secrets.iter().any(|secret| {
            let expected = keyed(secret.expose_secret(), body);
            let mut given = given.iter();
            given.any(|given| expected.clone().verify_slice(given).is_ok())
        })
}

/// Whether a text is one of the secrets. The time does not depend on how much of it is right.
pub(super) fn is_secret(secrets: &[SecretString], given: &str) -> bool {
    secrets.iter().any(|secret| {
        let secret = secret.expose_secret();
        let expected = keyed(secret, secret.as_bytes()).finalize().into_bytes();
        let compared = keyed(secret, given.as_bytes());
        compared.verify_slice(&expected).is_ok()
    })
}

fn keyed(key: &str, content: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(content);
    mac
}

/// Reads a signature: hexadecimal or base64, also with `sha256=` before it. Which form Caspio sends is not published,
/// fact `signature-of-messages`.
fn parse(value: &str) -> Option<[u8; LENGTH]> {
    let value = value.trim();
    let value = match value.split_at_checked("sha256=".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("sha256=") => rest,
        _ => value,
    };
    if value.len() == 2 * LENGTH {
        return from_hex(value);
    }
    let standard = value
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()?.try_into().ok()
}

fn from_hex(text: &str) -> Option<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().copied().map(SecretString::from).collect()
    }

    #[test]
    fn a_signature_is_that_of_rfc_4231() {
        let signed = signature(&"Jefe".into(), b"what do ya want for nothing?");

        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signed, expected);
    }

    #[test]
    fn every_form_of_a_signature_is_read() {
        let hex = signature(&"s".into(), b"{}");
        let bytes = from_hex(&hex).expect("digits");
        let forms = [
            hex.clone(),
            hex.to_uppercase(),
            format!("sha256={hex}"),
            format!(" SHA256={hex} "),
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
            format!("sha256={}", STANDARD.encode(bytes)),
        ];

        for form in forms {
            let form = form.as_str();
            assert!(is_signed(&secrets(&["s"]), b"{}", [form]), "{form}");
            assert!(!is_signed(&secrets(&["t"]), b"{}", [form]), "{form}");
            assert!(!is_signed(&secrets(&["s"]), b"{} ", [form]), "{form}");
        }
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let hex = signature(&"s".into(), b"{}");
        let changed = hex.replace(|digit: char| digit.is_ascii_digit(), "a");
        let long = format!("{hex}00");
        let unicode = "é".repeat(32);
        for text in [
            "",
            "=",
            "sha256=",
            &hex[1..],
            &hex[..62],
            &long,
            &changed,
            &unicode,
            "a\u{301}sha256",
        ] {
            assert!(!is_signed(&secrets(&["s"]), b"{}", [text]), "{text}");
            let values = [text, hex.as_str()];
            assert!(is_signed(&secrets(&["t", "s"]), b"{}", values), "{text}");
        }
        assert!(!is_signed(&secrets(&["s"]), b"{}", [""; 0]));
    }

    #[test]
    fn one_of_several_secrets_is_enough() {
        let signed = signature(&"new".into(), b"{}");

        assert!(is_signed(
            &secrets(&["old", "new"]),
            b"{}",
            [signed.as_str()]
        ));
        assert!(is_secret(&secrets(&["old", "new"]), "new"));
        for wrong in ["", "ne", "newer", "NEW"] {
            assert!(!is_secret(&secrets(&["old", "new"]), wrong), "{wrong}");
        }
    }
}
