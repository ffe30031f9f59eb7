//! Random changes of a response.

use crate::random::Random;
use bytes::Bytes;
use caspio::http_client::Body;
use http::{HeaderName, HeaderValue, Response, StatusCode};

const STATUSES: [u16; 22] = [
    200, 201, 202, 204, 206, 299, 301, 304, 400, 401, 403, 404, 405, 408, 409, 412, 413, 429, 500,
    502, 503, 599,
];

const HEADERS: [(&str, &[u8]); 20] = [
    ("content-type", b"text/html"),
    ("content-type", b"application/json; charset=utf-16"),
    ("content-type", b"\xff\xfe"),
    ("content-length", b"0"),
    ("content-length", b"99999999999999999999"),
    ("content-encoding", b"gzip"),
    ("retry-after", b"0"),
    ("retry-after", b"-1"),
    ("retry-after", b"18446744073709551616"),
    ("retry-after", b"1e400"),
    ("retry-after", b"Wed, 21 Oct 2065 07:28:00 GMT"),
    ("retry-after", b"Wed, 31 Feb 2026 25:61:00 GMT"),
    ("location", b"http://[::1"),
    ("location", b"/rest/v3/tables"),
    ("date", b"yesterday"),
    ("x-request-id", b"\x80\x81"),
    ("x-ratelimit-limit", b"0"),
    ("x-ratelimit-remaining", b"-5"),
    ("x-ratelimit-reset", b"999999999999"),
    ("content-disposition", b"attachment; filename=\"../../x\""),
];

/// What takes the place of a value in JSON.
const VALUES: [&str; 26] = [
    "null",
    "true",
    "-1",
    "0",
    "-0.0",
    "1e400",
    "1e-400",
    "2147483648",
    "9223372036854775808",
    "99999999999999999999999999999999",
    "0.1234567890123456789012345678901",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"0001-01-01T00:00:00\"",
    "\"9999-12-31T23:59:60.9999999Z\"",
    "\"2024-02-30T00:00:00\"",
    "[]",
    "{}",
    "[null]",
    "{\"\":{}}",
    "{\"1\":\"a\",\"1\":\"b\"}",
    "NaN",
    "'x'",
];

/// Whole bodies that no request asked for.
const BODIES: [&str; 14] = [
    "",
    " ",
    "null",
    "[]",
    "{}",
    "\u{feff}{\"Result\":[]}",
    "{\"Result\":null}",
    "{\"Result\":[{}]}",
    "{\"Result\":[[]]}",
    "{\"Result\":{\"PK_ID\":1}}",
    "<!DOCTYPE html><html></html>",
    "{\"Code\":\"\",\"Message\":null}",
    "[{\"Code\":\"TooManyRequests\"}]",
    "{\"access_token\":\"\",\"expires_in\":-1}",
];

/// How deep a nested value is.
const DEPTH: usize = 10_000;

/// Returns a response after one to three changes.
pub(crate) fn changed(response: Response<Bytes>, random: &mut Random) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let mut body = body.to_vec();
    for _ in 0..random.between(1, 3) {
        match random.below(10) {
            0 => {
                let status = StatusCode::from_u16(random.pick(&STATUSES));
                head.status = status.expect("a status");
            }
            1 => {
                let (name, value) = random.pick(&HEADERS);
                let value = HeaderValue::from_bytes(value).expect("a value");
                head.headers.insert(HeaderName::from_static(name), value);
            }
            2 => body = random.pick(&BODIES).as_bytes().to_vec(),
            3 => body.truncate(random.below(body.len() as u64 + 1) as usize),
            4 => change_bytes(&mut body, random),
            5 => repeat_part(&mut body, random),
            6 => body = nested(random),
            _ => replace_value(&mut body, random),
        }
    }
    Response::from_parts(head, Body::from(body))
}

fn change_bytes(body: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..random.between(1, 4) {
        let at = random.below(body.len() as u64 + 1) as usize;
        let byte = random.pick(b"\0\x1f \"\\,:[]{}0-+.eE\x7f\x80\xc3\xff");
        match random.below(3) {
            0 => body.insert(at, byte),
            1 if at < body.len() => body[at] = byte,
            _ if at < body.len() => drop(body.remove(at)),
            _ => {}
        }
    }
}

/// Writes a part of the body once more, for example a record or a member.
fn repeat_part(body: &mut Vec<u8>, random: &mut Random) {
    let commas = places(body, |byte| matches!(byte, b',' | b'{' | b'['));
    if commas.len() < 2 {
        return;
    }
    let (one, other) = (random.pick(&commas), random.pick(&commas));
    let part = body[one.min(other)..one.max(other)].to_vec();
    let at = random.pick(&commas);
    body.splice(at..at, part);
}

/// Replaces what follows a colon or a comma up to the next sign of JSON.
fn replace_value(body: &mut Vec<u8>, random: &mut Random) {
    let starts = places(body, |byte| matches!(byte, b':' | b',' | b'['));
    if starts.is_empty() {
        return;
    }
    let start = random.pick(&starts) + 1;
    let rest = body[start..].iter();
    let length = rest
        .take_while(|byte| !matches!(byte, b',' | b'}' | b']'))
        .count();
    let value = match random.below(20) {
        0 => nested(random),
        1 => format!("\"{}\"", "x".repeat(100_000)).into_bytes(),
        _ => random.pick(&VALUES).as_bytes().to_vec(),
    };
    body.splice(start..start + length, value);
}

fn nested(random: &mut Random) -> Vec<u8> {
    let (open, close) = random.pick(&[("[", "]"), ("{\"a\":", "}"), ("{\"Result\":[", "]}")]);
    let end = match random.percent(50) {
        true => close.repeat(DEPTH),
        false => String::new(),
    };
    format!("{}1{end}", open.repeat(DEPTH)).into_bytes()
}

fn places(body: &[u8], is_sought: impl Fn(u8) -> bool) -> Vec<usize> {
    let bytes = body.iter().enumerate();
    bytes
        .filter(|(_, byte)| is_sought(**byte))
        .map(|(at, _)| at)
        .collect()
}
