//! Code that several Caspio crates need: replacing a file in one step, a stable hash, the digits of
//! numbers, and text as one line.
//!
//! This crate is internal to the Caspio crates. It has no dependencies and may change in every release.

pub mod digits;
pub mod file;
pub mod hash;
pub mod line;
