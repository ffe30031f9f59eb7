//! Exact comparisons with moments that a Date/Time does not hold.
//!
//! Caspio's Date/Time is SQL Server's `datetime`, in steps of 1/300 second: its milliseconds end in 0, 3 or 7.
//! SQL Server rounds a literal to the nearest step before it compares, so `D <= '..T23:59:59.999'` includes
//! midnight. Each comparison is written with a moment for which that changes nothing, and which is also exact
//! if every millisecond is a step.

use super::Expr;
use super::days;
use super::expr::{Name, Operand, Operator};
use super::literal::{Literal, Value};
use crate::value::as_sent;
use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};

/// The last moment that a Date/Time holds.
const LAST_STEP: DateTime = DateTime::constant(9999, 12, 31, 23, 59, 59, 997_000_000);

/// Returns the comparison of a column or an aggregate with a value of any kind.
pub(super) fn compare(left: Operand, operator: Operator, value: Literal) -> Expr {
    if let Some(day) = value.day() {
        return days::compare(left, operator, day);
    }
    let (operator, right) = rounded_safely(operator, &value).unwrap_or((operator, value));
    Expr::Compare {
        left,
        operator,
        right,
    }
}

/// Returns the condition that a column is between two values of any kind, both included.
pub(super) fn between(column: Name, low: Literal, high: Literal) -> Expr {
    let is_safe = |operator, value: &Literal| {
        value.day().is_none() && rounded_safely(operator, value).is_none()
    };
    if is_safe(Operator::Ge, &low) && is_safe(Operator::Le, &high) {
        return Expr::Between { column, low, high };
    }
    let column = Operand::Column(column);
    compare(column.clone(), Operator::Ge, low).and(compare(column, Operator::Le, high))
}

/// Returns a value of a comparison for equality: a moment as it is stored, on its day.
pub(super) fn equaled(value: Literal) -> Literal {
    match value.0 {
        Value::Moment(at) => Literal::date_time(as_sent(at)),
        _ => value,
    }
}

/// Returns an equal comparison that rounding does not change; `None` if this one is such a comparison.
fn rounded_safely(operator: Operator, value: &Literal) -> Option<(Operator, Literal)> {
    let Value::Moment(at) = value.0 else {
        return None;
    };
    if matches!(operator, Operator::Eq | Operator::Ne) {
        return Some((operator, equaled(Literal::date_time(at))));
    }
    let is_cut = at.subsec_nanosecond() % 1_000_000 != 0;
    // What lies between two milliseconds is after the first of them.
    let (operator, was_cut) = match (operator, is_cut) {
        (Operator::Lt, true) => (Operator::Le, true),
        (Operator::Ge, true) => (Operator::Gt, true),
        (same, _) => (same, false),
    };
    // As written, SQL Server would round it up to the year 10000.
    let is_past_last_step = at > LAST_STEP;
    let (operator, at, was_cut) = match operator {
        Operator::Lt if is_past_last_step => (Operator::Le, LAST_STEP, true),
        Operator::Ge if is_past_last_step => (Operator::Gt, LAST_STEP, true),
        _ => (operator, at, was_cut),
    };
    let millisecond = 1.milliseconds();
    let moved = match (operator, at.millisecond() % 10) {
        // They are rounded up, so that a later moment would be included.
        (Operator::Le, 2 | 5 | 6 | 9) => (Operator::Lt, at.checked_add(millisecond)),
        (Operator::Gt, 2 | 5 | 6 | 9) => (Operator::Ge, at.checked_add(millisecond)),
        // They are rounded down, so that an earlier moment would be left out.
        (Operator::Lt, 1 | 4 | 8) => (Operator::Le, at.checked_sub(millisecond)),
        (Operator::Ge, 1 | 4 | 8) => (Operator::Gt, at.checked_sub(millisecond)),
        _ if was_cut => return Some((operator, Literal::date_time(at))),
        _ => return None,
    };
    Some(match moved {
        (operator, Ok(at)) => (operator, Literal::date_time(at)),
        // Rounded up, the last moment of the year 9999 would not be a date.
        (_, Err(_)) => {
            let last_step = at - SignedDuration::from_millis(2);
            (operator, Literal::date_time(last_step))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(operator: Operator, at: &str) -> String {
        let at = at.parse().expect("a date");
        let column = Operand::Column("D".into());
        compare(column, operator, Literal::date_time(at)).to_sql()
    }

    #[test]
    fn moments_between_two_steps_are_compared_without_rounding() {
        use Operator::{Ge, Gt, Le, Lt};
        for (operator, at, expected) in [
            (Le, "2024-12-31T23:59:59.999", "D < '2025-01-01T00:00:00'"),
            (Gt, "2024-12-31T23:59:59.999", "D >= '2025-01-01T00:00:00'"),
            (
                Lt,
                "2024-12-31T23:59:59.999",
                "D < '2024-12-31T23:59:59.999'",
            ),
            (
                Le,
                "2024-12-31T23:59:59.995",
                "D < '2024-12-31T23:59:59.996'",
            ),
            (
                Lt,
                "2024-12-31T23:59:59.991",
                "D <= '2024-12-31T23:59:59.990'",
            ),
            (
                Ge,
                "2024-12-31T23:59:59.998",
                "D > '2024-12-31T23:59:59.997'",
            ),
            (
                Le,
                "2024-12-31T23:59:59.998",
                "D <= '2024-12-31T23:59:59.998'",
            ),
            (
                Le,
                "2024-12-31T23:59:59.997",
                "D <= '2024-12-31T23:59:59.997'",
            ),
            (Lt, "2024-12-31T12:00:00", "D < '2024-12-31T12:00:00'"),
            (
                Lt,
                "2024-12-31T12:00:00.0000001",
                "D <= '2024-12-31T12:00:00'",
            ),
            (
                Ge,
                "2024-12-31T12:00:00.0099",
                "D >= '2024-12-31T12:00:00.010'",
            ),
            (
                Le,
                "9999-12-31T23:59:59.999",
                "D <= '9999-12-31T23:59:59.997'",
            ),
            (
                Lt,
                "9999-12-31T23:59:59.9999999",
                "D <= '9999-12-31T23:59:59.997'",
            ),
            (
                Ge,
                "9999-12-31T23:59:59.999",
                "D > '9999-12-31T23:59:59.997'",
            ),
        ] {
            assert_eq!(sql(operator, at), expected, "{operator:?} {at}");
        }
    }

    #[test]
    fn a_moment_equals_the_last_one_of_its_day_and_not_the_next_day() {
        use Operator::{Eq, Ne};
        for (operator, at, expected) in [
            (
                Eq,
                "2024-12-31T23:59:59.999",
                "D = '2024-12-31T23:59:59.997'",
            ),
            (
                Ne,
                "2024-12-31T23:59:59.9999",
                "D <> '2024-12-31T23:59:59.997'",
            ),
            (
                Eq,
                "2024-12-31T23:59:59.998",
                "D = '2024-12-31T23:59:59.998'",
            ),
            (
                Eq,
                "2024-12-31T11:59:59.999",
                "D = '2024-12-31T11:59:59.999'",
            ),
            (
                Eq,
                "9999-12-31T23:59:59.999",
                "D = '9999-12-31T23:59:59.997'",
            ),
        ] {
            assert_eq!(sql(operator, at), expected, "{operator:?} {at}");
        }
    }

    /// Compares records at every step of a second with every millisecond and half millisecond, on a server that
    /// rounds to steps and on one that does not.
    #[test]
    fn every_comparison_is_exact() {
        use Operator::{Ge, Gt, Le, Lt};
        let holds = |operator, a: i64, b: i64| match operator {
            Lt => a < b,
            Le => a <= b,
            Gt => a > b,
            _ => a >= b,
        };
        // SQL Server's steps: 0, 3 and 7; 9 becomes the next 0.
        let rounded = |ms: i64| ms / 10 * 10 + [0, 0, 3, 3, 3, 7, 7, 7, 7, 10][(ms % 10) as usize];
        let start: DateTime = "2024-05-05T05:05:05".parse().expect("a date");
        for half in 0..2000_i64 {
            let at = start + SignedDuration::from_micros(half * 500);
            for operator in [Lt, Le, Gt, Ge] {
                let literal = Literal::date_time(at);
                let sent = rounded_safely(operator, &literal).unwrap_or((operator, literal));
                let Value::Moment(moment) = sent.1.0 else {
                    panic!("a moment");
                };
                let since = moment.duration_since(start);
                let sent_ms = i64::try_from(since.as_millis()).expect("a second");
                for record in 0..=1000 {
                    let expected = holds(operator, record * 2, half);
                    assert_eq!(
                        holds(sent.0, record, sent_ms),
                        expected,
                        "{operator:?} {at}"
                    );
                    if rounded(record) == record {
                        let found = holds(sent.0, record, rounded(sent_ms));
                        assert_eq!(found, expected, "{operator:?} {at}, record at {record} ms");
                    }
                }
            }
        }
    }
}
