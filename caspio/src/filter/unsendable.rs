//! Values that no condition can contain.

use super::Expr;
use super::literal::{Literal, Value};
use crate::value::FIRST_YEAR;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

impl Expr {
    /// Returns why the condition cannot be sent, if a value in it has no T-SQL.
    pub(crate) fn unsendable(&self) -> Option<Error> {
        match self {
            Self::Compare { right, .. } => unsendable(right),
            Self::Between { low, high, .. } => unsendable(low).or_else(|| unsendable(high)),
            Self::In { items, .. } => items.iter().find_map(unsendable),
            Self::Like { pattern, .. } => unsendable(pattern),
            Self::And(parts) | Self::Or(parts) => parts.iter().find_map(Self::unsendable),
            Self::Not(inner) => inner.unsendable(),
            Self::Null { .. } | Self::Raw(_) => None,
        }
    }
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
    (day.year() < FIRST_YEAR).then(|| {
        let message = format!(
            "a condition cannot contain the date {value}: Caspio's dates begin in {FIRST_YEAR}"
        );
        Error::new(ErrorKind::Refused, message)
            .with_hint("compare with a later date, or with `is_null()`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::kind;
    use crate::filter::{Operator, ToLiteral};

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
