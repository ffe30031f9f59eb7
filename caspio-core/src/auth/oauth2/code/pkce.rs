//! Proof Key for Code Exchange (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// How the code is bound to the program that requested it (RFC 7636).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pkce {
    /// With a hash. For every server that supports it.
    #[default]
    S256,
    /// With the verifier itself, for servers without S256; gives no protection against anyone who can
    /// see the URL.
    Plain,
    /// Not at all, for servers that refuse the parameter.
    Off,
}

impl Pkce {
    /// Returns `code_challenge_method` and `code_challenge` for the authorization URL.
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
    fn challenge_matches_the_example_of_the_rfc() {
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
