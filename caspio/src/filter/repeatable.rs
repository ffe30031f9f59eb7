//! Which conditions hold for the same records when a delete is repeated.

use super::tokens::{TokenKind, tokens};

/// Words with which a condition holds for other records after those that it held for are gone.
const NOT_REPEATABLE: &[&str] = &["select", "newid", "rand", "crypt_gen_random"];

/// Returns whether a condition may hold for other records once those that it holds for are deleted: it looks at other
/// records, as `PK_ID IN (SELECT TOP 10 ..)` does, or it is random.
pub(crate) fn may_hold_for_others_later(sql: &str) -> bool {
    let mut words = tokens(sql).filter(|token| token.kind == TokenKind::Word);
    words.any(|word| {
        let mut names = NOT_REPEATABLE.iter();
        names.any(|name| word.sql.eq_ignore_ascii_case(name))
    })
}
