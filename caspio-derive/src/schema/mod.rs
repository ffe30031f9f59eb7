//! Compares structs with the account's schema file, if there is one.

mod compare;
mod file;
mod location;

pub(crate) use compare::{compare, proposed};
pub(crate) use file::tracking;
pub(crate) use location::Choice;
