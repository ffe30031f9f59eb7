//! A profile's secret, stored in the file of profiles or in the system's keyring.

use crate::error::CliError;
use caspio_core::secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Where a profile's secret is stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoredSecret {
    /// In the file itself.
    #[serde(rename = "client_secret")]
    File(#[serde(with = "text")] SecretString),
    /// In the system's keyring.
    Keyring,
}

impl StoredSecret {
    /// Reads the secret.
    pub(crate) fn open(&self, profile: &str) -> Result<SecretString, CliError> {
        match self {
            Self::File(secret) => Ok(secret.clone()),
            Self::Keyring => from_keyring(profile),
        }
    }

    /// Stores a secret in the system's keyring.
    pub(crate) fn store_in_keyring(profile: &str, secret: &SecretString) -> Result<Self, CliError> {
        to_keyring(profile, secret).map(|()| Self::Keyring)
    }

    /// Removes a secret that is stored outside of the file.
    pub(crate) fn remove(&self, profile: &str) -> Result<(), CliError> {
        match self {
            Self::File(_) => Ok(()),
            Self::Keyring => remove_from_keyring(profile),
        }
    }
}

impl fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "File([REDACTED])",
            Self::Keyring => "Keyring",
        })
    }
}

mod text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        secret: &SecretString,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose_secret())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SecretString, D::Error> {
        String::deserialize(from).map(SecretString::from)
    }
}

#[cfg(feature = "keyring")]
use super::keyring::{load as from_keyring, remove as remove_from_keyring, save as to_keyring};

#[cfg(not(feature = "keyring"))]
fn from_keyring(_: &str) -> Result<SecretString, CliError> {
    Err(no_keyring())
}

#[cfg(not(feature = "keyring"))]
fn to_keyring(_: &str, _: &SecretString) -> Result<(), CliError> {
    Err(no_keyring())
}

#[cfg(not(feature = "keyring"))]
fn remove_from_keyring(_: &str) -> Result<(), CliError> {
    Err(no_keyring())
}

#[cfg(not(feature = "keyring"))]
fn no_keyring() -> CliError {
    CliError::usage("this program was built without the system's keyring")
        .with_hint("build it with `--features keyring`, or log in without `--keyring`")
}
