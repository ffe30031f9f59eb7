//! Parses the responses of token endpoints: tolerant for grants, reporting little for errors.

use crate::classify::{BodyFormat, ServiceError, body_format, clean};
use crate::error::ErrorContext as _;
use crate::token::Grant;
use crate::{Error, ErrorKind, Result};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

const MAX_DESCRIPTION: usize = 200;

/// Every member except the access token is optional: old servers send nothing else.
#[derive(Deserialize)]
struct Members {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    /// Not standardized; servers that report it use one of these names.
    #[serde(alias = "refresh_token_expires_in")]
    refresh_expires_in: Option<Value>,
}

pub(super) fn read<'s>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    secrets: impl Iterator<Item = &'s SecretString>,
) -> Result<Grant> {
    if status.is_success()
        && let Ok(members) = serde_json::from_slice::<Members>(body)
        && let Some(access) = members.access_token.filter(|token| !token.is_empty())
    {
        return Ok(Grant {
            access: access.into(),
            refresh: members
                .refresh_token
                .filter(|token| !token.is_empty())
                .map(SecretString::from),
            lifetime: members.expires_in.as_ref().and_then(seconds),
            refresh_lifetime: members.refresh_expires_in.as_ref().and_then(seconds),
            scope: members
                .scope
                .as_ref()
                .and_then(Value::as_str)
                .map(str::to_owned),
        });
    }
    let page = body_format(headers, body);
    Err(refusal(status, page, ServiceError::read(body), secrets))
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

fn refusal<'s>(
    status: StatusCode,
    page: BodyFormat,
    reported: Option<ServiceError>,
    secrets: impl Iterator<Item = &'s SecretString>,
) -> Error {
    let limited = reported
        .as_ref()
        .is_some_and(|reported| reported.rate_limited);
    let error = if limited {
        Error::new(ErrorKind::RateLimited, "too many calls in a short time")
    } else {
        by_status(status, page, reported.is_some())
    };
    match reported {
        Some(reported) => explain(error, reported, secrets),
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
        500..=599 => Error::new(ErrorKind::Server, "the token endpoint failed"),
        _ if page == BodyFormat::Html => Error::new(
            ErrorKind::Protocol,
            "the token endpoint responded with an HTML page",
        )
        .with_hint("a proxy or gateway responded instead of the service, or the account is wrong"),
        400..=499 => Error::new(ErrorKind::Auth, "the service rejects the credentials"),
        _ if is_readable => Error::new(ErrorKind::Auth, "the service did not return a token"),
        _ => Error::new(
            ErrorKind::Protocol,
            "the token endpoint's response contains no token",
        ),
    }
}

/// Adds the code if it looks like one, and a short description without any secret that it may echo.
fn explain<'s>(
    mut error: Error,
    reported: ServiceError,
    secrets: impl Iterator<Item = &'s SecretString>,
) -> Error {
    if let Some(code) = reported.code.filter(|code| is_code(code)) {
        error = error.with_code(code);
    }
    if let Some(message) = reported.message {
        error = error.with_service_message(message);
    }
    for secret in secrets {
        error = error.redact(secret.expose_secret());
    }
    match error
        .service_message()
        .map(|text| clean(text, MAX_DESCRIPTION))
    {
        Some(short) => error.with_service_message(short),
        None => error,
    }
}

fn is_code(text: &str) -> bool {
    text.len() <= 40
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}
