//! Differences between two schemas.

mod change;
mod fields;
mod objects;
mod order;
mod pairs;
#[cfg(test)]
mod tests;

pub(crate) use change::Values;
pub use change::{Change, ObjectName};
