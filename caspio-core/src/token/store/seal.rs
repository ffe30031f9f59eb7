//! Encrypts a stored token. Format: `caspio-token-1\n`, a random nonce, XChaCha20-Poly1305.

use crate::{Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use std::fmt;
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"caspio-token-1\n";
const NONCE: usize = 24;
const KEY: usize = 32;

/// The key that encrypts a token file: 32 random bytes, stored separately from the file.
///
/// ```
/// use caspio_core::token::StoreKey;
///
/// let key = StoreKey::generate()?;
/// let same = StoreKey::from_base64(&key.to_base64())?;
/// assert_eq!(format!("{same:?}"), "StoreKey([REDACTED])");
/// # Ok::<(), caspio_core::Error>(())
/// ```
pub struct StoreKey(SecretBox<[u8; KEY]>);

impl StoreKey {
    /// Creates a key from 32 bytes. They must be random: a password is not suitable.
    #[must_use]
    pub fn new(bytes: [u8; KEY]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Generates a random key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if no source of randomness is available.
    pub fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; KEY]);
        crate::random::fill(&mut *bytes)?;
        Ok(Self::new(*bytes))
    }

    /// Decodes a key from base64, e.g. from an environment variable.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for anything but base64 of 32 bytes.
    pub fn from_base64(text: &SecretString) -> Result<Self> {
        let bytes = STANDARD.decode(text.expose_secret().trim()).ok();
        let bytes = bytes.map(Zeroizing::new);
        match bytes
            .as_ref()
            .map(|bytes| <[u8; KEY]>::try_from(&bytes[..]))
        {
            Some(Ok(bytes)) => Ok(Self::new(bytes)),
            _ => Err(Error::new(
                ErrorKind::Config,
                "the token file's key is not base64 of 32 bytes",
            )),
        }
    }

    /// Returns the key as base64, to be stored in a safe place.
    #[must_use]
    pub fn to_base64(&self) -> SecretString {
        STANDARD.encode(self.0.expose_secret()).into()
    }

    pub(super) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        crate::random::fill(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: MAGIC,
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::new(ErrorKind::Config, "the token cannot be encrypted"))?;
        Ok([MAGIC, &nonce, &sealed].concat())
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let parts = sealed
            .strip_prefix(MAGIC)
            .and_then(|rest| rest.split_first_chunk::<NONCE>());
        let Some((nonce, sealed)) = parts else {
            return Err(Error::new(
                ErrorKind::Config,
                "the token file is not encrypted",
            ));
        };
        let payload = Payload {
            msg: sealed,
            aad: MAGIC,
        };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| {
            Error::new(
                ErrorKind::Config,
                "the token file was encrypted with another key, or modified",
            )
        })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into())
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey([REDACTED])")
    }
}
