use std::fmt;

/// Which proxy carries the calls.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// The system's: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the platform's settings. Never used for
    /// an account on this machine.
    #[default]
    System,
    /// None at all.
    None,
    /// This one, e.g. `http://user:password@proxy.example:3128`.
    Url(String),
}

impl fmt::Debug for Proxy {
    /// Hides the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::None => "None",
            Self::Url(_) => "Url([REDACTED])",
        })
    }
}
