//! Requests of this machine, and not of a page of another site that a browser here has open.

use axum::http::{HeaderMap, header};
use std::net::IpAddr;

/// Returns whether a request names this machine as its host and was not sent by another site.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else {
        return false;
    };
    let is_same = text(header::ORIGIN).is_none_or(|origin| {
        let named = origin.split_once("://");
        named.is_some_and(|(_, origin)| origin == host)
    });
    is_same && is_loopback_name(host)
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a value"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a value"));
        }
        headers
    }

    #[test]
    fn own_requests_name_loopback_and_no_other_origin() {
        for (host, origin, own) in [
            ("127.0.0.1:8080", None, true),
            ("localhost:8080", None, true),
            ("[::1]:8080", Some("http://[::1]:8080"), true),
            ("127.0.0.1:8080", Some("https://evil.example"), false),
            ("127.0.0.1:8080", Some("null"), false),
            ("evil.example:8080", None, false),
            ("127.0.0.1.evil.example", None, false),
        ] {
            assert_eq!(is_own(&headers(host, origin)), own, "{host} {origin:?}");
        }
    }
}
