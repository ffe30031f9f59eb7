//! The encryption of positions.
//!
//! Format: the version, 4 bytes that identify the query, a nonce of 16 bytes, XChaCha20-Poly1305 whose associated
//! data are the version and the fingerprint of the query.
//!
//! The nonce is a keyed hash of query and content (SIV), so equal positions are equal texts, and no two contents
//! share a nonce.

use caspio_core::error::ErrorContext as _;
use caspio_core::secrecy::{ExposeSecret as _, SecretBox};
use caspio_core::{Error, ErrorKind, Result};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The version of the format.
pub(crate) const VERSION: u8 = 1;
const QUERY: usize = 4;
const NONCE: usize = 16;
const TAG: usize = 16;
/// The least length of a sealed position.
pub(crate) const LEAST: usize = 1 + QUERY + NONCE + TAG;

/// Seals positions. Everything is derived from one key.
pub(crate) struct PositionKey(SecretBox<[u8; 32]>);

/// A hash that identifies a query. Nobody can find two queries with the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Returns the fingerprint of a query by its parts. Positions are stored, so it must be the same on every machine
    /// and in every version of this crate.
    pub(crate) fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// Why a position cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    OtherQuery,
    Altered,
}

impl PositionKey {
    pub(super) fn new(key: SecretBox<[u8; 32]>) -> Self {
        Self(key)
    }

    /// Generates a random key.
    pub(super) fn random() -> Result<Self> {
        let mut key = Box::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|error| {
            let message = "no source of randomness is available";
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        Ok(Self(SecretBox::new(key)))
    }

    /// Encrypts a position of the query with this fingerprint.
    pub(crate) fn seal(&self, query: Fingerprint, plain: &[u8]) -> Vec<u8> {
        let nonce = self.hash::<NONCE>(&[b"nonce", &query.0, plain]);
        let payload = Payload {
            msg: plain,
            aad: &associated(query),
        };
        let sealed = self.cipher().encrypt(&full_nonce(nonce), payload);
        let sealed = sealed.expect("a position is shorter than the cipher's limit");
        let tag = self.query_tag(query);
        [&[VERSION], &tag[..], &nonce, &sealed].concat()
    }

    /// Decrypts a position of the query with this fingerprint.
    pub(crate) fn open(&self, query: Fingerprint, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let parts = sealed
            .strip_prefix(&[VERSION])
            .and_then(|rest| rest.split_first_chunk::<QUERY>());
        let (tag, rest) = parts.ok_or(OpenError::Altered)?;
        if *tag != self.query_tag(query) {
            return Err(OpenError::OtherQuery);
        }
        let parts = rest.split_first_chunk::<NONCE>();
        let (nonce, sealed) = parts.ok_or(OpenError::Altered)?;
        let payload = Payload {
            msg: sealed,
            aad: &associated(query),
        };
        let plain = self.cipher().decrypt(&full_nonce(*nonce), payload);
        plain.map_err(|_| OpenError::Altered)
    }

    fn query_tag(&self, query: Fingerprint) -> [u8; QUERY] {
        self.hash(&[b"query", &query.0])
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.hash::<32>(&[b"cipher"]).into())
    }

    fn hash<const N: usize>(&self, parts: &[&[u8]]) -> [u8; N] {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret());
        let mut mac = mac.expect("a key of any length");
        parts.iter().for_each(|part| mac.update(part));
        let hash = mac.finalize().into_bytes();
        std::array::from_fn(|index| hash[index])
    }
}

/// Returns the data that is authenticated but not part of the position, so that a position of another query cannot be
/// opened.
fn associated(query: Fingerprint) -> [u8; 33] {
    let mut data = [VERSION; 33];
    data[1..].copy_from_slice(&query.0);
    data
}

fn full_nonce(nonce: [u8; NONCE]) -> XNonce {
    let mut full = [0; NONCE + 8];
    full[..NONCE].copy_from_slice(&nonce);
    full.into()
}

impl fmt::Debug for PositionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PositionKey([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_altered_byte_is_noticed() {
        let key = PositionKey::random().expect("a key");
        let query = Fingerprint::of(&["T"]);
        let sealed = key.seal(query, b"1234567");
        assert_eq!(key.open(query, &sealed).as_deref(), Ok(&b"1234567"[..]));

        for index in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[index] ^= 1 << bit;
                assert!(
                    key.open(query, &altered).is_err(),
                    "byte {index}, bit {bit}"
                );
            }
            assert!(key.open(query, &sealed[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn a_position_opens_only_for_its_query_and_key() {
        let key = PositionKey::random().expect("a key");
        let other = PositionKey::random().expect("a key");
        let query = Fingerprint::of(&["T", "A = 1"]);
        let sealed = key.seal(query, b"");

        assert_eq!(sealed, key.seal(query, b""));
        for parts in [["T", "A = 2"], ["TA", " = 1"], ["", "TA = 1"]] {
            let opened = key.open(Fingerprint::of(&parts), &sealed);
            assert_eq!(opened, Err(OpenError::OtherQuery));
        }
        assert!(other.open(query, &sealed).is_err());
    }

    #[test]
    fn the_whole_fingerprint_is_authenticated() {
        let key = PositionKey::random().expect("a key");
        let query = Fingerprint::of(&["T"]);
        let other = Fingerprint::of(&["U"]);
        let mut sealed = key.seal(query, b"1");
        // The four bytes that identify the query are the other one's by chance.
        sealed[1..=QUERY].copy_from_slice(&key.query_tag(other));

        assert_eq!(key.open(other, &sealed), Err(OpenError::Altered));
    }
}
