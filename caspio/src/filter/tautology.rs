//! Conditions that hold for every record, which no update or delete may have.

use super::expr::{Expr, Operand, Operator};
use super::literal::Literal;
use crate::record::PK_ID;
use std::cmp::Ordering;

impl Expr {
    /// Whether the condition plainly holds for every record: `PK_ID > 0`, `City IS NULL OR City IS NOT
    /// NULL`, and combinations of such conditions.
    ///
    /// Of a condition in the user's own T-SQL only the forms are found that v4's own guard is
    /// documented to refuse, such as `1=1` and `PK_ID>0`, alone and joined by `AND` and `OR`.
    pub(crate) fn is_tautology(&self) -> bool {
        truth(self) == Truth::Always
    }
}

/// What is known of a condition without looking at a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Always,
    Never,
    Depends,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    fn not(self) -> Self {
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
        } if is_key(column) => key_compared(*operator, right.as_sql()),
        Expr::Null { column, is_null } if is_key(column) => Truth::of(!is_null),
        Expr::In { items, .. } if items.is_empty() => Truth::Never,
        Expr::Like { pattern, .. } if *pattern == Literal::text("%") => Truth::Always,
        Expr::And(parts) => Truth::all(&truths(parts)),
        Expr::Or(parts) if null_and_not_null(parts) => Truth::Always,
        Expr::Or(parts) => Truth::any(&truths(parts)),
        Expr::Not(inner) => truth(inner).not(),
        Expr::Raw(text) => raw_truth(text),
        _ => Truth::Depends,
    }
}

fn truths(parts: &[Expr]) -> Vec<Truth> {
    parts.iter().map(truth).collect()
}

fn is_key(column: &str) -> bool {
    column.eq_ignore_ascii_case(PK_ID)
}

/// Keys count from 1.
fn key_compared(operator: Operator, number: &str) -> Truth {
    let Some(number) = number_of(number) else {
        return Truth::Depends;
    };
    let always = match operator {
        Operator::Gt | Operator::Ne => number < 1.0,
        Operator::Ge => number <= 1.0,
        Operator::Eq | Operator::Lt | Operator::Le => false,
    };
    if always {
        Truth::Always
    } else {
        Truth::Depends
    }
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

fn raw_truth(text: &str) -> Truth {
    let text = without_parentheses(text);
    for (word, join) in [
        ("or", Truth::any as fn(&[Truth]) -> Truth),
        ("and", Truth::all),
    ] {
        let parts = split_at_word(text, word);
        if parts.len() > 1 {
            let truths: Vec<Truth> = parts.into_iter().map(raw_truth).collect();
            return join(&truths);
        }
    }
    raw_comparison(text)
}

/// A comparison of two constants, or of the key with a number.
fn raw_comparison(text: &str) -> Truth {
    let signs = [
        ("<>", Operator::Ne),
        ("!=", Operator::Ne),
        ("<=", Operator::Le),
        (">=", Operator::Ge),
        ("=", Operator::Eq),
        ("<", Operator::Lt),
        (">", Operator::Gt),
    ];
    let split = |(sign, operator)| Some((text.split_once(sign)?, operator));
    let Some(((left, right), operator)) = signs.into_iter().find_map(split) else {
        return Truth::Depends;
    };
    let (left, right) = (left.trim(), right.trim());
    if is_key(left.trim_start_matches('[').trim_end_matches(']')) {
        return key_compared(operator, right);
    }
    let order = match (number_of(left), number_of(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => text_of(left).zip(text_of(right)).map(|(l, r)| l.cmp(&r)),
    };
    order.map_or(Truth::Depends, |order| Truth::of(holds(operator, order)))
}

fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
    }
}

fn number_of(text: &str) -> Option<f64> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A quoted text in lower case, as SQL Server compares it.
fn text_of(text: &str) -> Option<String> {
    let text = text.strip_prefix(['N', 'n']).unwrap_or(text);
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.contains('\'')).then(|| inner.to_lowercase())
}

/// The text without the parentheses that enclose all of it.
fn without_parentheses(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    match inner {
        Some(inner) if outside(inner).all(|(_, _, depth)| depth >= 0) => without_parentheses(inner),
        _ => text,
    }
}

/// The parts between the occurrences of a word outside of quotes, brackets and parentheses.
fn split_at_word<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let is_boundary =
        |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    for (at, _, depth) in outside(text) {
        let end = at + word.len();
        let found = depth == 0
            && at >= start
            && text
                .get(at..end)
                .is_some_and(|found| found.eq_ignore_ascii_case(word))
            && is_boundary(
                at.checked_sub(1)
                    .and_then(|before| text.as_bytes().get(before)),
            )
            && is_boundary(text.as_bytes().get(end));
        if found {
            parts.push(&text[start..at]);
            start = end;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The characters outside of quotes and brackets, each with its position and how deep in parentheses it
/// is.
fn outside(text: &str) -> impl Iterator<Item = (usize, char, i32)> {
    let (mut depth, mut quote) = (0, None);
    text.char_indices().filter_map(move |(at, character)| {
        if let Some(end) = quote {
            // A doubled quote ends the text and begins it again, which comes to the same.
            quote = (character != end).then_some(end);
            return None;
        }
        match character {
            '\'' | '"' => quote = Some(character),
            '[' => quote = Some(']'),
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        Some((at, character, depth))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn raw_conditions_that_the_service_refuses_are_found() {
        for sql in [
            "1=1",
            "1 = 1",
            "(1=1)",
            "2 > 1",
            "'a' = N'A'",
            "PK_ID > 0",
            "[PK_ID] >= 1",
            "pk_id <> -1",
            "City = N'Rome' OR 1=1",
            "(PK_ID > 0) AND (1=1)",
            "Age > 5 OR (PK_ID > -5 AND 3<>4)",
        ] {
            assert!(raw(sql).is_tautology(), "{sql}");
        }
    }

    #[test]
    fn raw_conditions_that_exclude_a_record_are_accepted() {
        for sql in [
            "PK_ID > 7",
            "PK_ID = 1",
            "City = N'1=1'",
            "City = N'a'' OR 1=1 --'",
            "1=1 AND City = N'Rome'",
            "1=0",
            "Age BETWEEN 1 AND 2",
            "Age BETWEEN 1 AND 2 AND City = N'Rome'",
            "NOT (City IS NULL)",
            "PK_ID IN (1,2)",
            "EXISTS (SELECT 1 FROM Orders WHERE 1=1)",
            "(Age + 1) > 0",
            "(Age) = (Age)",
            "[a OR 1=1] = 2",
            "City IS NULL OR Age IS NOT NULL",
            "",
        ] {
            assert!(!raw(sql).is_tautology(), "{sql}");
        }
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
            rome.or(raw("1=1")),
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
