//! `caspio.schema.json`: the shape of an account as a file that people review.

mod json;
mod layout;
#[cfg(test)]
mod tests;
