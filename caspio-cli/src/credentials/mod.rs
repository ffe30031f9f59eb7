//! The account and credentials of a command, and where they are stored.
//!
//! | source | used if |
//! |---|---|
//! | `--emulator` | it is given |
//! | the environment | `CASPIO_CLIENT_ID` or `CASPIO_CLIENT_SECRET` is set, and no `--profile` is given |
//! | a saved profile | otherwise: the one named, the one of `--account`, or `default` |

mod choose;
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod prompt;
mod secret;

pub(crate) use choose::{Found, Origin, find, identify, require_settings};
pub(crate) use file::{Profile, ProfileFile, check_name};
pub(crate) use prompt::{Answers, agreed};
pub(crate) use secret::StoredSecret;

/// The profile that is used if none is named.
pub(crate) const DEFAULT: &str = "default";
