//! Reads the token endpoint's answers: tolerantly where they grant, sparingly where they refuse.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::classify::{BodyFormat, ServiceError, body_format, clean};
use crate::error::ErrorContext as _;
use crate::token::Grant;
use crate::{Error, ErrorKind, Result};

const MAX_DESCRIPTION: usize = 200;
/// Every member but the access token is optional: old answers hold nothing else.
#[derive(Deserialize)]
struct Members {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    /// No standard names it; servers that tell use one of these.
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

/// A positive number of seconds as number or text; anything else counts as not named.
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
            "the token endpoint answered with a redirect",
        )
        .with_hint("redirects are not followed, the secret would go elsewhere: check the account");
    }
    match status.as_u16() {
        429 => Error::new(ErrorKind::RateLimited, "too many calls in a short time"),
        404 => Error::new(
            ErrorKind::Config,
            "there is no token endpoint at this address",
        ),
        500..=599 => Error::new(ErrorKind::Server, "the token endpoint failed"),
        _ if page == BodyFormat::Html => Error::new(
            ErrorKind::Protocol,
            "the token endpoint answered with an HTML page",
        )
        .with_hint("a proxy or gateway answered in the service's place; or the account is wrong"),
        400..=499 => Error::new(
            ErrorKind::Auth,
            "the service does not accept the credentials",
        ),
        _ if is_readable => Error::new(ErrorKind::Auth, "the service gave no token"),
        _ => Error::new(
            ErrorKind::Protocol,
            "the token endpoint's answer holds no token",
        ),
    }
}

/// Adds the code if it looks like one, and the description in short, without any secret it may echo.
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
