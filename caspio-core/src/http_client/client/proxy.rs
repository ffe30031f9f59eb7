//! The proxy setting.

use std::fmt;

/// The proxy for all calls.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// The system's proxy: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the platform's settings. Never
    /// used for an account on this machine.
    #[default]
    System,
    /// No proxy.
    None,
    /// The proxy at this URL, e.g. `http://user:password@proxy.example:3128`.
    Url(String),
}

impl fmt::Debug for Proxy {
    /// Hides the URL, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::None => "None",
            Self::Url(_) => "Url([REDACTED])",
        })
    }
}
