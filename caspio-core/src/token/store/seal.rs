//! A stored token under a key: `caspio-token-1\n`, a random nonce, XChaCha20-Poly1305.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::{Error, ErrorKind, Result};

const MAGIC: &[u8] = b"caspio-token-1\n";
const NONCE: usize = 24;
const KEY: usize = 32;

/// The key a token file is encrypted under: 32 random bytes, kept apart from the file.
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
    /// Takes 32 bytes as they are. They must be random: a password is no key.
    #[must_use]
    pub fn new(bytes: [u8; KEY]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// A new random key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] on a machine without a source of random numbers.
    pub fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; KEY]);
        crate::random::fill(&mut *bytes)?;
        Ok(Self::new(*bytes))
    }

    /// Reads a key from base64, e.g. out of a variable.
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

    /// The key as base64, to be kept somewhere safe.
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
                "the token file was encrypted under another key, or changed since",
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
