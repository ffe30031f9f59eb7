//! Text from the account as parts of code: literals, and documentation with a short hash of it.

mod docs;
mod literal;

pub(crate) use docs::{doc_hash, doc_lines, shown_as};
pub(crate) use literal::literal;
