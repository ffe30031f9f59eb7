//! What to do to an account so that it has a wanted shape.

mod fields;
mod step;
mod steps;
#[cfg(test)]
mod tests;

pub use step::Step;
pub use steps::{Plan, Refused};
