//! The steps that give an account a wanted schema.

mod fields;
mod step;
mod steps;
#[cfg(test)]
mod tests;

pub use step::Step;
pub use steps::{Plan, Refused};
