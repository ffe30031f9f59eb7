//! Parses the responses of token endpoints: tolerant for grants, reporting little for errors.

use crate::classify::{BodyFormat, ServiceError, body_format, clean, without_bom};
use crate::error::ErrorContext as _;
use crate::token::Grant;
use crate::{Error, ErrorKind, Result};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::time::Duration;

const REJECTED: &str = "the service rejects the credentials";

pub(super) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Grant> {
    if status.is_success()
        && let Ok(Value::Object(members)) = serde_json::from_slice(without_bom(body))
        && let Some(access) = text(&members, "access_token")
    {
        check_type(&members)?;
        return Ok(grant(access, &members));
    }
    let page = body_format(headers, body);
    Err(refusal(status, page, ServiceError::read(body)))
}

/// Every member except the access token is optional: old servers send no other. A member of an unexpected type counts
/// as absent.
fn grant(access: &str, members: &Map<String, Value>) -> Grant {
    // The lifetime of the refresh token is not standardized; servers that report it use one of these names.
    let refresh_lifetime = ["refresh_expires_in", "refresh_token_expires_in"];
    let refresh_lifetime = refresh_lifetime.iter().find_map(|name| members.get(*name));
    Grant {
        access: access.into(),
        refresh: text(members, "refresh_token").map(SecretString::from),
        lifetime: members.get("expires_in").and_then(seconds),
        refresh_lifetime: refresh_lifetime.and_then(seconds),
        scope: text(members, "scope").map(str::to_owned),
    }
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    let text = members.get(name)?.as_str();
    text.filter(|text| !text.is_empty())
}

/// Refuses a type of token that requests cannot carry; without one it is `bearer`.
fn check_type(members: &Map<String, Value>) -> Result<()> {
    match text(members, "token_type") {
        Some(kind) if !kind.eq_ignore_ascii_case("bearer") => {
            let kind = clean(kind, 40);
            let message = format!("the service issued a token of type {kind}, expected bearer");
            Err(Error::new(ErrorKind::Protocol, message))
        }
        _ => Ok(()),
    }
}

/// Parses a positive number of seconds from a number or a text; anything else counts as absent.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    if seconds.is_nan() || seconds <= 0.0 {
        return None;
    }
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn refusal(status: StatusCode, page: BodyFormat, reported: Option<ServiceError>) -> Error {
    let limited = reported
        .as_ref()
        .is_some_and(|reported| reported.rate_limited && status.is_client_error());
    let error = if limited {
        Error::new(ErrorKind::RateLimited, "too many calls in a short time")
    } else {
        by_status(status, page, reported.is_some())
    };
    match reported {
        Some(reported) => explain(error, reported),
        None => error,
    }
}

fn by_status(status: StatusCode, page: BodyFormat, is_readable: bool) -> Error {
    if status.is_redirection() {
        return Error::new(
            ErrorKind::Protocol,
            "the token endpoint responded with a redirect",
        )
        .with_hint("redirects are not followed, because they could send the secret elsewhere: check the account");
    }
    match status.as_u16() {
        429 => Error::new(ErrorKind::RateLimited, "too many calls in a short time"),
        404 => Error::new(ErrorKind::Config, "there is no token endpoint at this URL"),
        // A gateway may have sent it, whatever its body: a token request can always be repeated.
        500..=599 => {
            Error::new(ErrorKind::Server, "the token endpoint failed").with_retryable(true)
        }
        408 => Error::new(
            ErrorKind::Timeout,
            "the token endpoint did not receive the request in time",
        ),
        421 | 425 => Error::new(
            ErrorKind::Server,
            "the token endpoint does not accept the request now",
        )
        .with_retryable(true),
        _ if page == BodyFormat::Html => Error::new(
            ErrorKind::Protocol,
            "the token endpoint responded with an HTML page",
        )
        .with_hint("a proxy or gateway responded instead of the service, or the account is wrong"),
        401 | 403 => Error::new(ErrorKind::Auth, REJECTED),
        400 if is_readable => Error::new(ErrorKind::Auth, REJECTED),
        407 => Error::new(ErrorKind::Invalid, "the proxy requires credentials"),
        400..=499 => Error::new(ErrorKind::Invalid, "the token endpoint refused the request"),
        _ if page == BodyFormat::Truncated => Error::new(
            ErrorKind::Protocol,
            "the token endpoint's response was cut short",
        )
        .with_retryable(true),
        _ if is_readable => Error::new(ErrorKind::Auth, "the service did not return a token"),
        _ => Error::new(
            ErrorKind::Protocol,
            "the token endpoint's response contains no token",
        ),
    }
}

/// Adds the code if it looks like one, and the description.
fn explain(mut error: Error, reported: ServiceError) -> Error {
    if let Some(code) = reported.code.filter(|code| is_code(code)) {
        error = error.with_code(code);
    }
    match reported.message {
        Some(message) => error.with_service_message(message),
        None => error,
    }
}

fn is_code(text: &str) -> bool {
    text.len() <= 40
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}
