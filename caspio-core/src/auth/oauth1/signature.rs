//! The signature and its base string (RFC 5849, 3.4).

use crate::Body;
use crate::percent;
use crate::request::FORM;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit as _;
use hmac::{Hmac, Mac as _};
use http::{Method, header};
use percent_encoding::percent_decode;
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::Sha256;
use std::borrow::Cow;
use url::Url;
use zeroize::Zeroizing;

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// `HMAC-SHA1`, which the standard defines.
    #[default]
    HmacSha1,
    /// `HMAC-SHA256`, for services that support it.
    HmacSha256,
}

impl SignatureMethod {
    /// Returns the name of the method in requests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    pub(super) fn sign(self, base: &str, consumer: &SecretString, token: &SecretString) -> String {
        let consumer = Cow::from(percent::encode(consumer.expose_secret()));
        let token = Cow::from(percent::encode(token.expose_secret()));
        let key = Zeroizing::new([&*consumer, "&", &*token].concat());
        match self {
            Self::HmacSha1 => {
                let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes());
                let mac = mac.expect("a key of any length").chain_update(base);
                STANDARD.encode(mac.finalize().into_bytes())
            }
            Self::HmacSha256 => {
                let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
                let mac = mac.expect("a key of any length").chain_update(base);
                STANDARD.encode(mac.finalize().into_bytes())
            }
        }
    }
}

/// Returns the text that is signed: the method, the URL without its query, and all parameters in order.
pub(super) fn base_string(
    method: &Method,
    url: &Url,
    body: &[u8],
    oauth: &[(&str, Cow<'_, str>)],
) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let escaped = |text: &str| percent::encode(text).to_string();
    let query = url.query().unwrap_or_default().as_bytes();
    pairs.extend(parameters(query).chain(parameters(body)));
    for (name, value) in oauth {
        pairs.push((escaped(name), escaped(value)));
    }
    pairs.sort_unstable();
    let joined: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut base_url = url.clone();
    base_url.set_query(None);
    base_url.set_fragment(None);
    let parts = [method.as_str(), base_url.as_str(), &joined.join("&")];
    parts.map(|part| Cow::from(percent::encode(part))).join("&")
}

/// Returns the parameters of a query or a form, encoded as they are signed. They may be any bytes, also if these are
/// not UTF-8.
fn parameters(form: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    let parts = form
        .split(|byte| *byte == b'&')
        .filter(|part| !part.is_empty());
    parts.map(|part| {
        let end = part
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(part.len());
        let value = part.get(end + 1..).unwrap_or_default();
        (reencoded(&part[..end]), reencoded(value))
    })
}

fn reencoded(text: &[u8]) -> String {
    let spaces: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let bytes: Vec<u8> = percent_decode(&spaces).collect();
    percent::encode_bytes(&bytes).to_string()
}

/// Returns the part of the body that is signed: a form, otherwise nothing.
pub(super) fn signed_body(request: &http::Request<Body>) -> &[u8] {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let is_form = kind
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM));
    match request.body().as_bytes() {
        Some(body) if is_form => body,
        _ => &[],
    }
}

/// Returns the text of the `Authorization` header.
pub(super) fn header_text(realm: Option<&str>, oauth: &[(&str, Cow<'_, str>)]) -> String {
    let realm = realm.map(|realm| format!("realm=\"{}\"", realm.replace(['"', '\\'], "")));
    let fields = oauth
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", percent::encode(value)));
    let all: Vec<_> = realm.into_iter().chain(fields).collect();
    format!("OAuth {}", all.join(", "))
}
