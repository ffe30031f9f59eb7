//! The versions of the API.

use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind};
use std::fmt;
use std::str::FromStr;

/// A version of Caspio's REST API. All versions share one account, one token and one quota.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// The old version, for old accounts; Caspio calls it "pending deprecation".
    V2,
    /// The default version.
    #[default]
    V3,
    /// The version of July 2026, with bulk writes.
    V4,
}

impl ApiVersion {
    /// Returns the version as it is written in URLs: `v3`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    /// Parses `v3`, `V3` or `3`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim().to_ascii_lowercase().trim_start_matches('v') {
            "2" => Ok(Self::V2),
            "3" => Ok(Self::V3),
            "4" => Ok(Self::V4),
            _ => Err(
                Error::new(ErrorKind::Config, format!("{text:?} is not an API version"))
                    .with_hint("expected v2, v3 or v4"),
            ),
        }
    }
}
