//! `caspio.schema.json`: the schema of an account as a file that people review.

mod json;
mod layout;
#[cfg(test)]
mod tests;
