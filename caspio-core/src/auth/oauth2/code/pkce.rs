use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// How the code is tied to the program that asked for it (RFC 7636).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Pkce {
    /// By a hash. For every server that knows it.
    #[default]
    S256,
    /// By the text itself, for servers that know no better: it keeps nobody out who sees the address.
    Plain,
    /// Not at all, for servers that refuse the parameter.
    Off,
}

impl Pkce {
    /// The address's `code_challenge_method` and `code_challenge`.
    pub(super) fn challenge(self, verifier: &SecretString) -> Option<(&'static str, String)> {
        let verifier = verifier.expose_secret();
        match self {
            Self::S256 => {
                let hash = Sha256::digest(verifier.as_bytes());
                Some(("S256", URL_SAFE_NO_PAD.encode(hash)))
            }
            Self::Plain => Some(("plain", verifier.to_owned())),
            Self::Off => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_rfcs_own_example() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();

        let (method, challenge) = Pkce::S256.challenge(&verifier).expect("a challenge");

        assert_eq!(method, "S256");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(
            Pkce::Plain.challenge(&verifier).expect("a challenge").0,
            "plain"
        );
        assert!(Pkce::Off.challenge(&verifier).is_none());
    }
}
