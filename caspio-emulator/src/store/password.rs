//! Passwords are stored as salted hashes and never returned.

use sha2::{Digest, Sha256};

/// Returns `salt$hash` of a password, both in hex.
pub(crate) fn hash(plain: &str) -> String {
    salted(&format!("{:016x}", fastrand::u64(..)), plain)
}

/// Returns whether a hash belongs to this password.
pub(crate) fn is_of(hash: &str, plain: &str) -> bool {
    hash.split_once('$')
        .is_some_and(|(salt, _)| salted(salt, plain) == hash)
}

fn salted(salt: &str, plain: &str) -> String {
    let hash = Sha256::digest(format!("{salt}{plain}"));
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{salt}${hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_salted() {
        let first = hash("secret");

        assert!(!first.contains("secret"));
        assert_ne!(first, hash("secret"));
        assert!(is_of(&first, "secret") && !is_of(&first, "Secret"));
    }
}
