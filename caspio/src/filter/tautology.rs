//! Conditions that hold for every record, which no update or delete may have.

use super::expr::{Expr, Operand, Operator};
use super::raw_tautology;
use super::sql::is_key;

impl Expr {
    /// Whether the condition plainly holds for every record: `PK_ID > 0`, `City IS NULL OR City IS NOT
    /// NULL`, and what is built from such conditions. Other conditions that always hold are not found.
    pub(crate) fn is_tautology(&self) -> bool {
        truth(self) == Truth::Always
    }
}

/// What is known of a condition without looking at a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Always,
    Never,
    Depends,
}

impl Truth {
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Depends => Self::Depends,
        }
    }

    fn all(truths: &[Self]) -> Self {
        if truths.contains(&Self::Never) {
            Self::Never
        } else if truths.iter().all(|truth| *truth == Self::Always) {
            Self::Always
        } else {
            Self::Depends
        }
    }

    fn any(truths: &[Self]) -> Self {
        let inverse: Vec<Self> = truths.iter().map(|truth| truth.not()).collect();
        Self::all(&inverse).not()
    }
}

fn truth(expr: &Expr) -> Truth {
    match expr {
        Expr::Compare {
            left: Operand::Column(column),
            operator,
            right,
        } if is_key(column) => match right.as_sql().parse() {
            Ok(number) => key_compared(*operator, number),
            Err(_) => Truth::Depends,
        },
        Expr::Null { column, is_null } if is_key(column) => Truth::of(!is_null),
        Expr::In { items, .. } if items.is_empty() => Truth::Never,
        Expr::Like { pattern, .. } if is_any_text(pattern.as_sql()) => Truth::Always,
        Expr::And(parts) => Truth::all(&truths(parts)),
        Expr::Or(parts) if null_and_not_null(parts) || one_negates_another(parts) => Truth::Always,
        Expr::Or(parts) => Truth::any(&truths(parts)),
        Expr::Not(inner) => truth(inner).not(),
        Expr::Raw(text) => raw_tautology::truth(text),
        _ => Truth::Depends,
    }
}

fn truths(parts: &[Expr]) -> Vec<Truth> {
    parts.iter().map(truth).collect()
}

/// Judges a comparison of the key, which counts from 1, with a number.
pub(super) fn key_compared(operator: Operator, number: f64) -> Truth {
    let (always, never) = match operator {
        Operator::Gt => (number < 1.0, false),
        Operator::Ge => (number <= 1.0, false),
        Operator::Ne => (number < 1.0, false),
        Operator::Eq => (false, number < 1.0),
        Operator::Lt => (false, number <= 1.0),
        Operator::Le => (false, number < 1.0),
    };
    if always {
        Truth::Always
    } else if never {
        Truth::Never
    } else {
        Truth::Depends
    }
}

/// Whether the pattern, a T-SQL text, consists of `%` only, as `contains("")` makes it.
fn is_any_text(pattern: &str) -> bool {
    let text = pattern
        .strip_prefix("N'")
        .and_then(|rest| rest.strip_suffix('\''));
    text.is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte == b'%'))
}

/// Whether a part is the negation of another, which together hold for all values but nulls.
fn one_negates_another(parts: &[Expr]) -> bool {
    let negated = parts.iter().filter_map(|part| match part {
        Expr::Not(inner) => Some(inner.as_ref()),
        _ => None,
    });
    negated.into_iter().any(|inner| parts.contains(inner))
}

/// Whether both `x IS NULL` and `x IS NOT NULL` are among the parts.
fn null_and_not_null(parts: &[Expr]) -> bool {
    let tests = |wanted: bool| {
        parts.iter().filter_map(move |part| match part {
            Expr::Null { column, is_null } if *is_null == wanted => Some(column),
            _ => None,
        })
    };
    tests(true).any(|column| tests(false).any(|other| column.eq_ignore_ascii_case(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::literal::Literal;
    use crate::record::PK_ID;

    fn raw(text: &str) -> Expr {
        Expr::Raw(text.to_owned())
    }

    fn key(operator: Operator, number: i64) -> Expr {
        Expr::compare("pk_id", operator, Literal::number(number))
    }

    fn city(is_null: bool) -> Expr {
        Expr::null("City", is_null)
    }

    #[test]
    fn typed_conditions_that_hold_for_every_record_are_found() {
        let rome = Expr::compare("City", Operator::Eq, Literal::text("Rome"));
        for expr in [
            Expr::EVERYTHING,
            key(Operator::Gt, 0),
            key(Operator::Ge, 1),
            key(Operator::Ne, -1),
            Expr::null(PK_ID, false),
            Expr::Not(Box::new(Expr::NOTHING)),
            Expr::Like {
                column: "City".into(),
                pattern: Literal::text("%"),
            },
            city(true).or(city(false)),
            rome.clone().or(city(true)).or(city(false)),
            rome.clone().or(raw("1=1")),
            rome.clone().or(Expr::Not(Box::new(rome))),
            Expr::Not(Box::new(key(Operator::Lt, 1))),
            Expr::Like {
                column: "City".into(),
                pattern: Literal::text("%%"),
            },
        ] {
            assert!(expr.is_tautology(), "{}", expr.to_sql());
        }
    }

    #[test]
    fn typed_conditions_that_exclude_a_record_are_accepted() {
        for expr in [
            Expr::NOTHING,
            key(Operator::Gt, 7),
            key(Operator::Eq, 1),
            city(true),
            city(true).and(city(false)),
            city(true).or(Expr::null("Age", false)),
            Expr::compare("City", Operator::Eq, Literal::text("1=1")),
            Expr::EVERYTHING.and(city(false)),
        ] {
            assert!(!expr.is_tautology(), "{}", expr.to_sql());
        }
    }
}
