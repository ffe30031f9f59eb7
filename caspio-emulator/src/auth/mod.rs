//! API profiles and their tokens.

mod profile;
pub(crate) mod tokens;

pub(crate) use profile::Profiles;
pub use profile::{ApiProfile, Rights};
