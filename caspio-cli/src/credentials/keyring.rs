//! Secrets in the system's keyring: Keychain, Credential Manager, or the Secret Service.

use crate::failure::{Exit, Failure};
use caspio_core::secrecy::{ExposeSecret, SecretString};
use keyring::v1::{Entry, Error};

const SERVICE: &str = "caspio";

pub(super) fn load(profile: &str) -> Result<SecretString, Failure> {
    let secret = entry(profile)?.get_password();
    secret
        .map(SecretString::from)
        .map_err(|error| fault(&error, profile))
}

pub(super) fn save(profile: &str, secret: &SecretString) -> Result<(), Failure> {
    let saved = entry(profile)?.set_password(secret.expose_secret());
    saved.map_err(|error| fault(&error, profile))
}

pub(super) fn remove(profile: &str) -> Result<(), Failure> {
    match entry(profile)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(fault(&error, profile)),
    }
}

fn entry(profile: &str) -> Result<Entry, Failure> {
    Entry::new(SERVICE, profile).map_err(|error| fault(&error, profile))
}

/// Only the platform's own words are shown: other errors may hold the secret.
fn fault(error: &Error, profile: &str) -> Failure {
    match error {
        Error::NoEntry => Failure::new(
            Exit::Denied,
            format!("the system's keyring has no secret for profile {profile:?}"),
        )
        .with_hint("log in again"),
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => Failure::new(
            Exit::Failure,
            format!("the system's keyring does not work: {why}"),
        )
        .with_hint("log in without `--keyring` to use a file that only you can read"),
        _ => Failure::new(Exit::Failure, "the system's keyring does not work"),
    }
}
