//! Random changes of a response.

use crate::bytes::{change_bytes, nested, repeat_part, replace_value};
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
