//! Secrets in the system's keyring: Keychain, Credential Manager or Secret Service.

use crate::error::{CliError, ExitCode};
use caspio_core::secrecy::{ExposeSecret, SecretString};
use keyring::v1::{Entry, Error};

const SERVICE: &str = "caspio";

pub(super) fn load(profile: &str) -> Result<SecretString, CliError> {
    let secret = entry(profile)?.get_password();
    secret
        .map(SecretString::from)
        .map_err(|error| keyring_error(&error, profile))
}

pub(super) fn save(profile: &str, secret: &SecretString) -> Result<(), CliError> {
    let saved = entry(profile)?.set_password(secret.expose_secret());
    saved.map_err(|error| keyring_error(&error, profile))
}

pub(super) fn remove(profile: &str) -> Result<(), CliError> {
    match entry(profile)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(keyring_error(&error, profile)),
    }
}

fn entry(profile: &str) -> Result<Entry, CliError> {
    if let Err(error) = Entry::store_status() {
        return Err(keyring_error(error, profile));
    }
    Entry::new(SERVICE, profile).map_err(|error| keyring_error(&error, profile))
}

/// Only the platform's own messages are shown: other errors may contain the secret.
fn keyring_error(error: &Error, profile: &str) -> CliError {
    match error {
        Error::NoEntry => CliError::new(
            ExitCode::Denied,
            format!("the system's keyring has no secret for profile {profile:?}"),
        )
        .with_hint("log in again"),
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => CliError::new(
            ExitCode::General,
            format!("the system's keyring does not work: {why}"),
        )
        .with_hint("log in without `--keyring` to use a file that only you can read"),
        _ => CliError::new(ExitCode::General, "the system's keyring does not work"),
    }
}
