//! The conditions that no update or delete accepts: those that obviously hold for every record.
//!
//! The tree of the condition is judged, with the user's own T-SQL parsed. v2 and v3 have no guard of their own: there
//! such a condition would write every record.

#[cfg(test)]
mod column_tests;
mod compare;
mod computed;
mod condition;
mod constant;
#[cfg(test)]
mod depth_tests;
mod from_expr;
#[cfg(test)]
mod function_tests;
mod functions;
mod names;
mod nulls;
mod number_values;
mod operand;
mod operator;
#[cfg(test)]
mod oracle;
mod parser;
mod placed;
mod predicate;
mod scale;
#[cfg(test)]
mod tests;
mod texts;
mod truth;
#[cfg(test)]
mod value_tests;
mod variable;
mod words;

use super::expr::{Expr, NullTest};
use super::tokens::has_comment;
use crate::record::{FieldInfo, ObjectKind};
use from_expr::condition_of;
use names::{names_column, words_of};
use placed::placed;
use variable::Columns;

/// Returns why no update or delete accepts a condition: it holds for every record, has an empty list of values to
/// leave out, or, in the user's own T-SQL, contains a comment or names no column. A part without a column, such as
/// `EXISTS (SELECT 1)`, is assumed to hold.
///
/// Nulls are not considered: `Age > 5 OR Age <= 5` is refused as well. Apart from them, a condition that leaves out a
/// value is not refused; what is certain about the values is documented at [`Handle`](crate::Handle)'s writes by a
/// condition. `fields` are the fields of the struct, which show the columns of Yes/No, text and integers.
pub(crate) fn refusal(
    condition: &Expr,
    kind: ObjectKind,
    fields: &[FieldInfo],
) -> Option<&'static str> {
    if let Expr::Raw(sql) = condition {
        if has_comment(sql) {
            return Some("the condition contains a comment");
        }
        if !names_column(&words_of(sql)) {
            return Some("the condition names no column, so it holds for every record or for none");
        }
    }
    let condition = &condition.with_ranges_of_days();
    if has_empty_list(condition, false) {
        return Some("a list of the condition is empty, so it leaves no record out");
    }
    holds_always(condition, &Columns::new(kind, fields, condition))
        .then_some("the condition holds for every record, nulls not considered")
}

/// Whether a condition leaves out the values of a list that has none: an empty `not_in`, or a negated empty `in_`.
fn has_empty_list(condition: &Expr, is_negated: bool) -> bool {
    match condition {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().any(|part| has_empty_list(part, is_negated))
        }
        Expr::Not(inner) => has_empty_list(inner, !is_negated),
        Expr::In { items, .. } => is_negated && items.is_empty(),
        Expr::Null { test, .. } => !is_negated && *test == NullTest::EmptyList,
        _ => false,
    }
}

fn holds_always(condition: &Expr, columns: &Columns) -> bool {
    let condition = condition_of(condition, columns).assumed(true);
    truth::holds_always(&placed(condition))
}
