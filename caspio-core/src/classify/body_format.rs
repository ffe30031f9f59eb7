//! Detects the format of a body from its first and last bytes, without parsing it.

use super::without_bom;
use http::{HeaderMap, header};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    Empty,
    Json,
    /// JSON whose closing bracket or quote is missing.
    Truncated,
    Html,
    Other,
}

pub(crate) fn body_format(headers: &HeaderMap, body: &[u8]) -> BodyFormat {
    let body = without_bom(body).trim_ascii();
    let (Some(first), Some(last)) = (body.first(), body.last()) else {
        return BodyFormat::Empty;
    };
    match first {
        b'{' => closed(*last == b'}' && body.len() > 1),
        b'[' => closed(*last == b']' && body.len() > 1),
        b'"' => closed(*last == b'"' && body.len() > 1),
        b'-' | b'0'..=b'9' if last.is_ascii_digit() => BodyFormat::Json,
        _ if matches!(body, b"null" | b"true" | b"false") => BodyFormat::Json,
        b'<' if says_html(headers) || looks_like_html(body) => BodyFormat::Html,
        _ => BodyFormat::Other,
    }
}

fn closed(yes: bool) -> BodyFormat {
    if yes {
        BodyFormat::Json
    } else {
        BodyFormat::Truncated
    }
}

fn says_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
}

fn looks_like_html(body: &[u8]) -> bool {
    let start = body[..body.len().min(512)].to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| start.windows(tag.len()).any(|window| window == *tag))
}
