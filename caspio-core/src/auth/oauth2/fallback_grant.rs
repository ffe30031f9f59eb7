use std::fmt;

#[cfg(feature = "password")]
use secrecy::SecretString;

/// How a token is got where no refresh token helps.
#[derive(Clone)]
pub(super) enum FallbackGrant {
    /// The client's own id and secret.
    Credentials,
    /// A person's name and password.
    #[cfg(feature = "password")]
    Password {
        user: String,
        password: SecretString,
    },
    /// None: a person consented once, and would have to again.
    Consent,
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
