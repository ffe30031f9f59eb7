//! Text from the account as parts of code: literals, documentation, and a short mark of it.

mod docs;
mod literal;

pub(crate) use docs::{doc_lines, mark, shown_as};
pub(crate) use literal::literal;
