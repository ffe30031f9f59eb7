//! A comparison in T-SQL.

use super::compare::{Side, between, compare, is_null, like, listed};
use super::condition::Condition;
use super::functions::is_random;
use super::names::names_column;
use super::variable::Columns;
use super::words::{split, top_level};
use crate::filter::Operator;

/// Reads a comparison.
pub(super) fn predicate(words: &[&str], columns: &Columns) -> Condition {
    // What is random differs each time, and a collation of its own may distinguish what is equal elsewhere.
    let mut each = words.iter();
    if each.any(|word| *word == "collate" || is_random(word)) && names_column(words) {
        return Condition::Unknown;
    }
    let condition = comparison(words, columns);
    if words.is_empty() || condition.is_known() || names_column(words) {
        return condition;
    }
    Condition::Constant
}

fn comparison(words: &[&str], columns: &Columns) -> Condition {
    let other = || Condition::Other(words.join(" "));
    let Some(at) = top_level(words).find(|at| is_verb(words[*at])) else {
        return other();
    };
    let (left, rest) = words.split_at(at);
    let (is_negated, rest) = match rest {
        ["not", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let side = |words: &[&str]| Side::of(words, columns);
    let condition = match rest {
        ["is", "not", "null"] => is_null(left, columns).not(),
        ["is", "null"] => is_null(left, columns),
        ["between", range @ ..] => match split(range, "and")[..] {
            [low, high] => between(&side(left), &side(low), &side(high)),
            _ => return other(),
        },
        ["like", pattern @ ..] => like(left, without_escape(pattern), columns),
        ["in", "(", list @ .., ")"] => {
            let items: Vec<_> = split(list, ",").into_iter().map(side).collect();
            listed(&side(left), &items)
        }
        [sign, right @ ..] => match operator(sign) {
            Some(operator) => compare(&side(left), operator, &side(right)),
            None => return other(),
        },
        [] => return other(),
    };
    condition.negated(is_negated)
}

/// A pattern without an `ESCAPE` that escapes nothing in it.
fn without_escape<'w, 's>(words: &'w [&'s str]) -> &'w [&'s str] {
    match words {
        [pattern @ .., "escape", escape]
            if !pattern.concat().contains(escape.trim_matches('\'')) =>
        {
            pattern
        }
        words => words,
    }
}

fn is_verb(word: &str) -> bool {
    matches!(word, "is" | "not" | "between" | "like" | "in") || operator(word).is_some()
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "=" => Operator::Eq,
        "<>" | "!=" => Operator::Ne,
        "<" => Operator::Lt,
        "<=" | "!>" => Operator::Le,
        ">" => Operator::Gt,
        ">=" | "!<" => Operator::Ge,
        _ => return None,
    })
}
