//! Code that several Caspio crates need: replacing a file in one step, a stable hash, and the digits of numbers.
//!
//! This crate is internal to the Caspio crates. It has no dependencies and may change in every release.

pub mod digits;
pub mod file;
pub mod hash;
