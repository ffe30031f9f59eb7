//! Passwords are kept as salted hashes and never come back.

use sha2::{Digest, Sha256};

/// Returns `salt$hash` of a password, both in hex.
pub(crate) fn hash(plain: &str) -> String {
    let salt = format!("{:016x}", fastrand::u64(..));
    let hash = Sha256::digest(format!("{salt}{plain}"));
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{salt}${hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_tells_nothing_and_is_never_the_same_twice() {
        let first = hash("secret");

        assert!(!first.contains("secret"));
        assert_ne!(first, hash("secret"));
    }
}
