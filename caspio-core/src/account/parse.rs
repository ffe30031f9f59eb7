//! Parses the text of an account without a URL parser: those accept too much (backslashes, tabs, user
//! names).

use super::Account;
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, Ipv6Addr};
use url::Url;

pub(super) const DOMAIN: &str = ".caspio.com";

const EXPECTED: &str = "expected the account's host label such as `b3poa`, its integration URL such as \
     `https://b3poa.caspio.com`, or an emulator's loopback URL such as `http://127.0.0.1:8080`";

/// Paths that users copy along with the integration URL.
const KNOWN_PATHS: &[&str] = &[
    "",
    "/rest",
    "/rest/v1",
    "/rest/v2",
    "/rest/v3",
    "/rest/v4",
    "/rest/swagger",
    "/integrations",
    "/integrations/rest",
    "/integrations/rest/v2",
    "/integrations/rest/v3",
    "/integrations/rest/v4",
    "/integrations/rest/swagger",
    "/integrations/rest/swagger/index.html",
    "/oauth/token",
];

pub(super) fn account(text: &str) -> Result<Account> {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() {
        return Err(refused("the account is empty"));
    }
    check_characters(&text)?;
    match text.split_once("://") {
        Some(("https", rest)) => url("https", rest),
        Some(("http", rest)) => url("http", rest),
        Some((scheme, _)) => Err(refused(format!(
            "an account's URL starts with https://, not {scheme}://"
        ))),
        None => bare(&text),
    }
}

fn check_characters(text: &str) -> Result<()> {
    let known = |c: char| c.is_ascii_alphanumeric() || "-.:/[]".contains(c);
    match text.chars().find(|&c| !known(c)) {
        None => Ok(()),
        Some('@') => Err(refused("an account cannot contain a user name (`@`)")),
        Some('#' | '?') => Err(refused("an account cannot contain a query or a fragment")),
        Some('%') => Err(refused("an account cannot contain escapes (`%`)")),
        Some(other) => Err(refused(format!(
            "an account cannot contain {}",
            name_of(other)
        ))),
    }
}

/// Shows a character in an error; a space would be invisible between quotes.
fn name_of(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Parses `b3poa` or `b3poa.caspio.com`.
fn bare(text: &str) -> Result<Account> {
    if let Some(bad) = text.chars().find(|c| "/:[]".contains(*c)) {
        return Err(refused(format!("a host label cannot contain `{bad}`")));
    }
    caspio(text.strip_suffix(DOMAIN).unwrap_or(text), false)
}

fn url(scheme: &str, rest: &str) -> Result<Account> {
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let path = path.strip_suffix('/').unwrap_or(path);
    if !KNOWN_PATHS.contains(&path) {
        return Err(refused("the URL's path is not one of the API's paths"));
    }
    let under_integrations = path == "/integrations/rest/v2";
    let (host, port) = split_port(authority)?;
    if is_loopback(host) {
        return loopback(scheme, host, port, under_integrations);
    }
    if port.is_some() {
        return Err(refused("an account's URL cannot contain a port"));
    }
    let Some(label) = host.strip_suffix(DOMAIN) else {
        return Err(refused(
            "the URL's host is neither a host of caspio.com nor this machine",
        ));
    };
    if scheme != "https" {
        return Err(refused(
            "plain http sends the secret unencrypted: only loopback hosts may use it",
        ));
    }
    caspio(label, under_integrations)
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>)> {
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = authority[end..].find(':') else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(end + colon);
    let digits = &port[1..];
    let number = digits.parse::<u16>().ok().filter(|port| *port != 0);
    match number {
        Some(number) if !digits.starts_with('+') => Ok((host, Some(number))),
        _ => Err(refused("the URL's port is not a number from 1 to 65535")),
    }
}

fn is_loopback(host: &str) -> bool {
    if host == "localhost" {
        return true;
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return address.is_loopback();
    }
    let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    inner
        .and_then(|h| h.parse::<Ipv6Addr>().ok())
        .is_some_and(|address| address.is_loopback())
}

fn loopback(scheme: &str, host: &str, port: Option<u16>, v2: bool) -> Result<Account> {
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    Ok(Account::with_base(
        base(&format!("{scheme}://{host}{port}/"))?,
        v2,
    ))
}

fn caspio(label: &str, v2: bool) -> Result<Account> {
    check_label(label)?;
    Ok(Account::with_base(
        base(&format!("https://{label}{DOMAIN}/"))?,
        v2,
    ))
}

fn check_label(label: &str) -> Result<()> {
    if label.is_empty() {
        return Err(refused("the host label is empty"));
    }
    if label.contains('.') {
        return Err(refused("a host label cannot contain a dot"));
    }
    if label
        .chars()
        .any(|c| !c.is_ascii_alphanumeric() && c != '-')
    {
        return Err(refused(
            "a host label consists of letters, digits and hyphens",
        ));
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(refused("a host label cannot start or end with a hyphen"));
    }
    if label.len() > 63 {
        return Err(refused("a host label has at most 63 characters"));
    }
    Ok(())
}

fn base(text: &str) -> Result<Url> {
    Url::parse(text).map_err(|error| refused("the account is not a valid URL").with_source(error))
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message).with_hint(EXPECTED)
}
