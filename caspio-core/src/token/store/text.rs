//! The JSON of a stored token, with times in milliseconds since 1970.

use super::StoredToken;
use crate::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'t> {
    version: u32,
    access: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<&'t str>,
    issued_at: u64,
    expires_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_ends_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'t str>,
}

#[derive(Deserialize)]
struct Read {
    version: u32,
    access: String,
    refresh: Option<String>,
    issued_at: u64,
    expires_at: u64,
    refresh_ends_at: Option<u64>,
    scope: Option<String>,
    owner: Option<String>,
}

pub(super) fn write(token: &StoredToken) -> Zeroizing<Vec<u8>> {
    let written = Written {
        version: VERSION,
        access: token.access.expose_secret(),
        refresh: token
            .refresh
            .as_ref()
            .map(|refresh| refresh.expose_secret()),
        issued_at: millis(token.issued_at),
        expires_at: millis(token.expires_at),
        refresh_ends_at: token.refresh_ends_at.map(millis),
        scope: token.scope.as_deref(),
        owner: token.owner.as_deref(),
    };
    // Sufficient capacity from the start: reallocating would leave copies of the secrets in memory.
    let length = written.access.len() + written.refresh.map_or(0, str::len);
    let mut text = Zeroizing::new(Vec::with_capacity(2 * length + 1024));
    serde_json::to_writer(&mut *text, &written).expect("texts and numbers are JSON");
    text
}

pub(super) fn read(text: &[u8]) -> Result<StoredToken> {
    // Without a source: the parser's message may quote the token.
    let read: Read = serde_json::from_slice(text)
        .map_err(|_| Error::new(ErrorKind::Config, "the stored token cannot be read"))?;
    if read.version != VERSION {
        let message = format!(
            "the stored token has format version {}, expected {VERSION}",
            read.version
        );
        return Err(Error::new(ErrorKind::Config, message));
    }
    let mut token = StoredToken::new(read.access, time(read.issued_at)?, time(read.expires_at)?);
    token.refresh = read.refresh.map(SecretString::from);
    token.refresh_ends_at = read.refresh_ends_at.map(time).transpose()?;
    token.scope = read.scope;
    token.owner = read.owner;
    Ok(token)
}

fn millis(time: SystemTime) -> u64 {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn time(millis: u64) -> Result<SystemTime> {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(millis))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "the stored token contains an invalid time",
            )
        })
}
