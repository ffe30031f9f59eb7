//! The grant that is used when there is no usable refresh token.

#[cfg(feature = "password")]
use secrecy::SecretString;
use std::fmt;

/// How to get a token without a refresh token.
#[derive(Clone)]
pub(super) enum FallbackGrant {
    /// With the client's id and secret.
    Credentials,
    /// With a user's name and password.
    #[cfg(feature = "password")]
    Password {
        user: String,
        password: SecretString,
    },
    /// Not at all: the user must consent again.
    Consent,
}

impl FallbackGrant {
    /// Returns the name of the user that the tokens belong to; empty if there is none.
    pub(super) fn user(&self) -> &str {
        match self {
            #[cfg(feature = "password")]
            Self::Password { user, .. } => user,
            Self::Credentials | Self::Consent => "",
        }
    }
}

impl fmt::Debug for FallbackGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credentials => "Credentials",
            #[cfg(feature = "password")]
            Self::Password { .. } => "Password([REDACTED])",
            Self::Consent => "Consent",
        })
    }
}
