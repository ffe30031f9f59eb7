//! Values that no condition can contain.

use super::Expr;
use super::expr::MAX_DEPTH;
use super::literal::{Literal, Value};
use crate::value::before_first_year;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

impl Expr {
    /// Returns why the condition cannot be sent, if a value in it has no T-SQL.
    pub(crate) fn unsendable(&self) -> Option<Error> {
        match self.first_unsendable()? {
            Self::Compare { right, .. } => unsendable(right),
            Self::Between { low, high, .. } => unsendable(low).or_else(|| unsendable(high)),
            Self::In { items, .. } => items.iter().find_map(unsendable),
            Self::Like { pattern, .. } => unsendable(pattern),
            Self::TooDeep(_) => Some(too_deep()),
            _ => None,
        }
    }

    /// Returns the first comparison with a value that has no T-SQL, or the first condition that is too deep.
    fn first_unsendable(&self) -> Option<&Self> {
        let is_unsendable = match self {
            Self::Compare { right, .. } => unsendable(right).is_some(),
            Self::Between { low, high, .. } => [low, high]
                .into_iter()
                .any(|value| unsendable(value).is_some()),
            Self::In { items, .. } => items.iter().any(|value| unsendable(value).is_some()),
            Self::Like { pattern, .. } => unsendable(pattern).is_some(),
            Self::And(parts) | Self::Or(parts) => {
                return parts.iter().find_map(Self::first_unsendable);
            }
            Self::Not(inner) => return inner.first_unsendable(),
            Self::TooDeep(_) => true,
            Self::Null { .. } | Self::Raw(_) => false,
        };
        is_unsendable.then_some(self)
    }
}

fn too_deep() -> Error {
    let message = format!("the condition is nested more than {MAX_DEPTH} levels deep");
    Error::new(ErrorKind::Refused, message).with_hint(
        "a URL has no room for it; join many conditions by `Filter::all` or `Filter::any`, and compare with many values by `in_`",
    )
}

/// Returns why a value cannot be sent, if it cannot.
pub(super) fn unsendable(value: &Literal) -> Option<Error> {
    let day = match value.0 {
        Value::Float(number) if !number.is_finite() => {
            let message = format!("a condition cannot contain {number}: Caspio has no such number");
            return Some(
                Error::new(ErrorKind::Refused, message)
                    .with_hint("compare with a finite number, or with `is_null()`"),
            );
        }
        Value::Moment(at) | Value::ExactMoment(at) => at.date(),
        Value::Day(day) => day,
        _ => return None,
    };
    let reason = before_first_year(day)?;
    let message = format!("a condition cannot contain {reason}");
    let hint = "compare with a date of these years, or with `is_null()`";
    Some(Error::new(ErrorKind::Refused, message).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::kind;
    use crate::filter::{Operator, ToLiteral};

    const SCORE: crate::Column<(), f64> = crate::Column::new("Score");

    fn is_refused(value: Literal) -> bool {
        let compared = Expr::compare("A", Operator::Eq, value);
        let nested = Expr::Not(Box::new(Expr::null("B", true).and(compared)));
        nested.unsendable().is_some()
    }

    fn number(number: f64) -> Literal {
        ToLiteral::<kind::Number>::to_literal(&number)
    }

    fn date(text: &str) -> Literal {
        Literal::date_time(text.parse().expect("a date"))
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(is_refused(number(value)), "{value}");
        }
        assert!(!is_refused(number(f64::MAX)));
        assert!(!is_refused(Literal::text("NaN")));
    }

    #[test]
    fn a_value_is_refused_at_any_depth() {
        let mut deep = SCORE.eq(f64::NAN);
        for _ in 0..100 {
            deep = !(deep | SCORE.is_null());
        }
        assert!(deep.into_expr().unsendable().is_some());
    }

    #[test]
    fn a_condition_that_is_nested_too_deeply_is_refused() {
        let nested = |levels: u8| {
            let mut deep = SCORE.eq(1);
            for level in 0..levels {
                deep = match level % 2 {
                    0 => deep | SCORE.is_null(),
                    _ => deep & SCORE.is_not_null(),
                };
            }
            deep
        };
        assert!(nested(MAX_DEPTH).into_expr().unsendable().is_none());

        let mut deeper = nested(MAX_DEPTH) | SCORE.eq(2);
        for _ in 0..1_000 {
            deeper = !(deeper | SCORE.eq(3));
        }
        let error = deeper.into_expr().unsendable().expect("refused");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("200 levels"), "{error}");
    }

    #[test]
    fn dates_before_the_first_are_refused() {
        for text in [
            "1752-12-31T23:59:59",
            "0001-01-01T00:00:00",
            "-000500-01-01T00:00:00",
        ] {
            assert!(is_refused(date(text)), "{text}");
        }
        assert!(!is_refused(date("1753-01-01T00:00:00")));
        assert!(!is_refused(date("9999-12-31T00:00:00")));
    }
}
