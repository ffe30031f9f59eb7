//! Who calls: profiles, their tokens and the token endpoint.

pub(crate) mod endpoint;
mod profile;
pub(crate) mod tokens;

pub(crate) use profile::Profiles;
pub use profile::{Profile, Rights};
