//! The headers that matter: whether they are there, and of some what they say.

use super::names::Names;
use super::path::location;
use caspio_core::http::HeaderMap;
use std::collections::BTreeMap;

/// What is shown of a header.
#[derive(Clone, Copy)]
enum Shown {
    /// Only that it is there.
    Presence,
    /// The words of these that its value has.
    Words(&'static [&'static str]),
    /// A number.
    Number,
    /// A path with stand-ins.
    Location,
}

const MEDIA_TYPES: &[&str] = &[
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "application/xml",
    "charset=utf-8",
    "multipart/form-data",
    "text/html",
    "text/plain",
];
const ENCODINGS: &[&str] = &["br", "chunked", "deflate", "gzip", "identity"];
const METHODS: &[&str] = &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

const REQUEST: &[(&str, Shown)] = &[
    ("accept", Shown::Words(MEDIA_TYPES)),
    ("authorization", Shown::Words(&["Bearer", "Basic", "OAuth"])),
    ("content-type", Shown::Words(MEDIA_TYPES)),
    ("principal", Shown::Presence),
];

const RESPONSE: &[(&str, Shown)] = &[
    ("allow", Shown::Words(METHODS)),
    ("content-encoding", Shown::Words(ENCODINGS)),
    ("content-type", Shown::Words(MEDIA_TYPES)),
    ("etag", Shown::Presence),
    ("location", Shown::Location),
    ("retry-after", Shown::Number),
    ("transfer-encoding", Shown::Words(ENCODINGS)),
    (
        "www-authenticate",
        Shown::Words(&["Bearer", "Basic", "OAuth"]),
    ),
    ("x-caspio-request-id", Shown::Presence),
    ("x-ratelimit-limit", Shown::Number),
    ("x-ratelimit-remaining", Shown::Number),
    ("x-ratelimit-reset", Shown::Number),
];

const PRESENT: &str = "present";

pub(super) fn of_request(headers: &HeaderMap, names: &mut Names) -> BTreeMap<String, String> {
    shown(headers, REQUEST, names)
}

pub(super) fn of_response(headers: &HeaderMap, names: &mut Names) -> BTreeMap<String, String> {
    shown(headers, RESPONSE, names)
}

/// Returns whether a body may be JSON.
pub(super) fn may_be_json(headers: &HeaderMap) -> bool {
    let value = headers.get("content-type");
    value.is_none_or(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.contains("json") || value.contains(FORM))
    })
}

/// Returns whether a body is a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get("content-type");
    value.is_some_and(|value| value.as_bytes().starts_with(FORM.as_bytes()))
}

const FORM: &str = "application/x-www-form-urlencoded";

fn shown(
    headers: &HeaderMap,
    known: &[(&str, Shown)],
    names: &mut Names,
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, how) in known {
        if let Some(value) = headers.get(*name) {
            let text = value.to_str().unwrap_or_default();
            all.insert((*name).to_owned(), shown_value(text, *how, names));
        }
    }
    all
}

fn shown_value(text: &str, how: Shown, names: &mut Names) -> String {
    match how {
        Shown::Presence => PRESENT.to_owned(),
        Shown::Location => location(text, names),
        Shown::Number if text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.to_owned()
        }
        Shown::Number => PRESENT.to_owned(),
        Shown::Words(words) => {
            let parts = text.split([' ', ',', ';']);
            let known = |part: &str| {
                let mut words = words.iter();
                words.find(|word| word.eq_ignore_ascii_case(part)).copied()
            };
            let shown: Vec<&str> = parts.filter_map(known).collect();
            match shown.is_empty() {
                true => PRESENT.to_owned(),
                false => shown.join(" "),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::http::HeaderValue;

    #[test]
    fn only_known_words_of_known_headers_are_shown() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json; charset=utf-8; x=ann"),
            ("authorization", "Bearer s3cret"),
            ("set-cookie", "s3cret"),
            ("accept", "text/ann"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }

        let shown = of_request(&headers, &mut Names::default());

        let shown: Vec<_> = shown
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(
            shown,
            [
                ("accept", "present"),
                ("authorization", "Bearer"),
                ("content-type", "application/json charset=utf-8"),
            ]
        );
    }
}
