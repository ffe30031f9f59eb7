//! Which URLs a webhook may have.

use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result, Url};
use std::collections::BTreeSet;

/// Checks the URLs of a webhook, which the service accepts only with `https` (documented). To this machine, `http` is
/// accepted as well, for an emulator.
///
/// # Errors
///
/// `Refused`: there is none, one is no such URL, or one is there twice.
pub(super) fn check(urls: &[String]) -> Result<()> {
    if urls.is_empty() {
        return Err(refused("a webhook needs a URL to send messages to"));
    }
    let mut known = BTreeSet::new();
    for url in urls {
        let parsed = parse(url)?;
        if !known.insert(parsed) {
            return Err(refused(format!("the webhook has the URL {url:?} twice")));
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Url> {
    let url =
        Url::parse(text).map_err(|error| refused(format!("{text:?} is not a URL: {error}")))?;
    let is_permitted = match url.scheme() {
        "https" => url.has_host(),
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    };
    if !is_permitted {
        let message = format!("a webhook sends messages by https only, not to {text:?}");
        return Err(refused(message).with_hint("begin the URL with https://"));
    }
    Ok(url)
}

/// Whether two lists have the same URLs, in any order. A URL is the same with and without the slash after its host.
pub(super) fn are_same(one: &[String], other: &[String]) -> bool {
    normal(one) == normal(other)
}

/// Whether two lists have a URL in common.
pub(super) fn common<'u>(one: &'u [String], other: &[String]) -> Option<&'u str> {
    let other = normal(other);
    let found = one.iter().find(|url| other.contains(&normalized(url)));
    found.map(String::as_str)
}

fn normal(urls: &[String]) -> BTreeSet<String> {
    urls.iter().map(|url| normalized(url)).collect()
}

fn normalized(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), String::from)
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Refused, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_accepted(urls: &[&str]) -> bool {
        let urls: Vec<_> = urls.iter().copied().map(str::to_owned).collect();
        check(&urls).is_ok()
    }

    #[test]
    fn only_https_and_this_machine_are_accepted() {
        for url in [
            "https://example.com/hook",
            "HTTPS://example.com",
            "http://127.0.0.1:8080/",
            "http://localhost/x",
            "http://[::1]:9/",
        ] {
            assert!(is_accepted(&[url]), "{url}");
        }
        for url in [
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "http://127.0.0.2/",
            "ftp://example.com/",
            "example.com/hook",
            "https://",
            "/hook",
            "",
        ] {
            assert!(!is_accepted(&[url]), "{url}");
        }
    }

    #[test]
    fn urls_are_there_once() {
        assert!(is_accepted(&["https://a.example/", "https://b.example/"]));
        assert!(!is_accepted(&["https://a.example", "https://A.example/"]));
        assert!(!is_accepted(&[]));
    }
}
