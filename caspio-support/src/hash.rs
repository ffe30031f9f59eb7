//! FNV-1a: a hash that is the same on every machine, with every compiler and in every release.
//!
//! Its values are kept in files (positions of reads, names of token files, markers in generated code), so
//! no function may ever change. It does not protect against forgery.

use std::io;

/// Returns the 64-bit FNV-1a hash of some bytes.
///
/// ```
/// assert_eq!(caspio_support::hash::fnv1a_64(*b"a"), 0xaf63_dc4c_8601_ec8c);
/// ```
pub fn fnv1a_64(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mut hash = Fnv64::default();
    bytes.into_iter().for_each(|byte| hash.add(byte));
    hash.value()
}

/// The 64-bit FNV-1a hash of bytes that come one after the other.
///
/// ```
/// use caspio_support::hash::{Fnv64, fnv1a_64};
/// use std::io::Write;
///
/// let mut hash = Fnv64::default();
/// hash.write_all(b"a")?;
/// hash.write_all(b"b")?;
/// assert_eq!(hash.value(), fnv1a_64(*b"ab"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv64(u64);

impl Default for Fnv64 {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv64 {
    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    /// Returns the hash of the bytes so far.
    pub fn value(self) -> u64 {
        self.0
    }

    /// Returns a hash to which bytes are added, after others whose hash is known.
    pub fn after(value: u64) -> Self {
        Self(value)
    }
}

impl io::Write for Fnv64 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        bytes.iter().for_each(|byte| self.add(*byte));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the 32-bit FNV-1a hash of some bytes.
///
/// ```
/// assert_eq!(caspio_support::hash::fnv1a_32(*b"a"), 0xe40c_292c);
/// ```
pub fn fnv1a_32(bytes: impl IntoIterator<Item = u8>) -> u32 {
    bytes.into_iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
