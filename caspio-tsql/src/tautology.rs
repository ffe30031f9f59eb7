//! The guard against conditions that are always true.

use super::constant::{Constant, compare, constant};
use super::parse;
use super::scope::{column_name, same_name};
use rust_decimal::Decimal;
use sqlparser::ast::{BinaryOperator, Expr, InTarget, SetExpr, UnaryOperator};
use std::cmp::Ordering;

/// The truth of a condition as far as it is known without reading records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Always,
    Never,
    Open,
}

impl Truth {
    fn of(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Always,
            Some(false) => Self::Never,
            None => Self::Open,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Open => Self::Open,
        }
    }
}

/// Returns whether a condition is obviously true for every record: `1=1`, `PK_ID > 0`, `Name =
/// Name`, anything `OR` one of these.
///
/// It does not find a condition that happens to be true for all records, and returns false for text that is not
/// T-SQL. It is not recorded what exactly the service's own guard finds.
#[must_use]
pub fn is_tautology(filter: &str) -> bool {
    parse::expression(filter).is_ok_and(|expr| truth(&expr) == Truth::Always)
}

fn truth(expr: &Expr) -> Truth {
    match expr {
        Expr::Nested(inner) => truth(inner),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr,
        } => truth(expr).not(),
        Expr::BinaryOp { left, op, right } => match op {
            BinaryOperator::And | BinaryOperator::Or => chain(expr, op),
            _ => comparison(left, op, right),
        },
        Expr::IsNull(operand) => null_test(operand),
        Expr::IsNotNull(operand) => null_test(operand).not(),
        Expr::In {
            expr,
            target: InTarget::List(list),
            negated,
            ..
        } => in_list(expr, list, *negated),
        Expr::Between {
            expr,
            negated,
            low,
            high,
        } => between(expr, low, high, *negated),
        Expr::Like {
            expr,
            pattern,
            negated: false,
            ..
        } => like(expr, pattern),
        Expr::Exists {
            subquery,
            negated: false,
        } => match subquery.body.as_ref() {
            SetExpr::Select(select) if select.from.is_empty() && select.selection.is_none() => {
                Truth::Always
            }
            _ => Truth::Open,
        },
        _ => Truth::Open,
    }
}

/// A loop along the left side of `a OR b OR c ...`.
fn chain(expr: &Expr, operator: &BinaryOperator) -> Truth {
    let mut terms = Vec::new();
    let mut first = expr;
    while let Expr::BinaryOp { left, op, right } = first {
        if op != operator {
            break;
        }
        terms.push(right.as_ref());
        first = left;
    }
    terms.push(first);
    let (deciding, neutral) = match operator {
        BinaryOperator::And => (Truth::Never, Truth::Always),
        _ => (Truth::Always, Truth::Never),
    };
    let truths: Vec<_> = terms.iter().map(|term| truth(term)).collect();
    if truths.contains(&deciding) || (deciding == Truth::Always && complements(&terms)) {
        return deciding;
    }
    if truths.iter().all(|truth| *truth == neutral) {
        neutral
    } else {
        Truth::Open
    }
}

/// Returns whether `x IS NULL` and `x IS NOT NULL` are both among the terms.
fn complements(terms: &[&Expr]) -> bool {
    let tested = |wanted_null: bool| {
        terms.iter().filter_map(move |term| match term {
            Expr::IsNull(operand) if wanted_null => column_name(operand),
            Expr::IsNotNull(operand) if !wanted_null => column_name(operand),
            _ => None,
        })
    };
    tested(true).any(|null| tested(false).any(|other| same_name(&null.value, &other.value)))
}

fn comparison(left: &Expr, operator: &BinaryOperator, right: &Expr) -> Truth {
    if let (Some(left), Some(right)) = (constant(left), constant(right)) {
        let ordering = compare(&left, &right);
        return Truth::of(ordering.and_then(|ordering| holds(ordering, operator)));
    }
    if let (Some(one), Some(other)) = (column_name(left), column_name(right)) {
        let reflexive = matches!(
            operator,
            BinaryOperator::Eq | BinaryOperator::GtEq | BinaryOperator::LtEq
        );
        return if reflexive && same_name(&one.value, &other.value) {
            Truth::Always
        } else {
            Truth::Open
        };
    }
    match (is_key(left), constant(right), is_key(right), constant(left)) {
        (true, Some(bound), ..) => key_against(operator, &bound),
        (_, _, true, Some(bound)) => key_against(&mirrored(operator), &bound),
        _ => Truth::Open,
    }
}

fn holds(ordering: Ordering, operator: &BinaryOperator) -> Option<bool> {
    Some(match operator {
        BinaryOperator::Eq => ordering.is_eq(),
        BinaryOperator::NotEq => ordering.is_ne(),
        BinaryOperator::Lt => ordering.is_lt(),
        BinaryOperator::LtEq => ordering.is_le(),
        BinaryOperator::Gt => ordering.is_gt(),
        BinaryOperator::GtEq => ordering.is_ge(),
        _ => return None,
    })
}

fn mirrored(operator: &BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::LtEq => BinaryOperator::GtEq,
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::GtEq => BinaryOperator::LtEq,
        same => same.clone(),
    }
}

fn is_key(expr: &Expr) -> bool {
    column_name(expr).is_some_and(|name| same_name(&name.value, "PK_ID"))
}

/// Keys are never null, begin at 1 and end with the largest `int`.
fn key_against(operator: &BinaryOperator, bound: &Constant) -> Truth {
    let least = Constant::Number(Decimal::ONE);
    let most = Constant::Number(Decimal::from(i32::MAX));
    let (Some(from_least), Some(from_most)) = (compare(&least, bound), compare(&most, bound))
    else {
        return Truth::Open;
    };
    let always = match operator {
        BinaryOperator::Gt => from_least.is_gt(),
        BinaryOperator::GtEq => from_least.is_ge(),
        BinaryOperator::Lt => from_most.is_lt(),
        BinaryOperator::LtEq => from_most.is_le(),
        BinaryOperator::NotEq => from_least.is_gt() || from_most.is_lt(),
        _ => false,
    };
    if always { Truth::Always } else { Truth::Open }
}

fn null_test(operand: &Expr) -> Truth {
    if is_key(operand) || constant(operand).is_some() {
        Truth::Never
    } else {
        Truth::Open
    }
}

fn in_list(expr: &Expr, list: &[Expr], negated: bool) -> Truth {
    let found = list
        .iter()
        .any(|item| comparison(expr, &BinaryOperator::Eq, item) == Truth::Always);
    let all_differ = list
        .iter()
        .all(|item| comparison(expr, &BinaryOperator::NotEq, item) == Truth::Always);
    match (negated, found, all_differ) {
        (false, true, _) | (true, _, true) => Truth::Always,
        _ => Truth::Open,
    }
}

fn between(expr: &Expr, low: &Expr, high: &Expr, negated: bool) -> Truth {
    let above = comparison(expr, &BinaryOperator::GtEq, low);
    let below = comparison(expr, &BinaryOperator::LtEq, high);
    match (negated, above, below) {
        (false, Truth::Always, Truth::Always) => Truth::Always,
        _ => Truth::Open,
    }
}

/// `LIKE '%'` matches every text.
fn like(expr: &Expr, pattern: &Expr) -> Truth {
    match constant(pattern) {
        Some(Constant::Text(pattern))
            if !pattern.is_empty()
                && pattern.bytes().all(|byte| byte == b'%')
                && (column_name(expr).is_some() || constant(expr).is_some()) =>
        {
            Truth::Always
        }
        _ => Truth::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_are_always_true_are_found() {
        for filter in [
            "1=1",
            "'a'='A '",
            "1 < 2",
            "1+1=2",
            "PK_ID>0",
            "0 < pk_id",
            "[PK_ID] >= 1",
            "PK_ID <> -1",
            "PK_ID IS NOT NULL",
            "PK_ID BETWEEN 1 AND 2147483647",
            "Name = 'x' OR 1=1",
            "(Name = Name)",
            "NOT (1 = 2)",
            "1=1 AND PK_ID > 0",
            "Name IS NULL OR name IS NOT NULL",
            "1 IN (1, 2)",
            "Name LIKE '%'",
            "EXISTS (SELECT 1)",
        ] {
            assert!(is_tautology(filter), "{filter}");
        }
    }

    #[test]
    fn selective_conditions_are_accepted() {
        for filter in [
            "PK_ID = 1",
            "PK_ID > 1",
            "PK_ID > 0 AND Name = 'x'",
            "Name = 'x'",
            "Name LIKE 'a%'",
            "1 = 2",
            "Name IS NULL",
            "NOT (PK_ID > 0)",
            "PK_ID IN (1, 2)",
            "Name <> Name",
            "not T-SQL at all (",
        ] {
            assert!(!is_tautology(filter), "{filter}");
        }
    }
}
