//! Comparisons of dates and times with whole days.

use super::Expr;
use super::expr::{Name, Operand, Operator};
use super::literal::Literal;
use jiff::civil::{Date, DateTime, Time};

/// The last moment that a Date/Time holds.
const LAST: DateTime = Date::MAX.at(23, 59, 59, 997_000_000);

/// Returns the comparison of a column or an aggregate with a day, whose moments are all equal to it.
pub(super) fn compare(left: Operand, operator: Operator, day: Date) -> Expr {
    let compare = |operator, at| Expr::Compare {
        left: left.clone(),
        operator,
        right: Literal::date_time(at),
    };
    let begin = day.to_datetime(Time::midnight());
    // There is no day after the last one.
    let next = day
        .tomorrow()
        .map(|next| next.to_datetime(Time::midnight()));
    let until = || {
        next.as_ref().map_or_else(
            |_| compare(Operator::Le, LAST),
            |next| compare(Operator::Lt, *next),
        )
    };
    let after = || {
        next.as_ref().map_or_else(
            |_| compare(Operator::Gt, LAST),
            |next| compare(Operator::Ge, *next),
        )
    };
    match operator {
        Operator::Eq => compare(Operator::Ge, begin).and(until()),
        Operator::Ne => compare(Operator::Lt, begin).or(after()),
        Operator::Lt | Operator::Ge => compare(operator, begin),
        Operator::Le => until(),
        Operator::Gt => after(),
    }
}

/// Returns the condition that a column equals one of these values, of which some are days.
pub(super) fn listed(column: &Name, items: &[Literal]) -> Expr {
    let days = items.iter().filter_map(Literal::day).collect();
    let others = items.iter().filter(|item| item.day().is_none());
    let items: Vec<_> = others.cloned().collect();
    let on_days = one_of(column, days);
    if items.is_empty() {
        return on_days;
    }
    on_days.or(Expr::In {
        column: column.clone(),
        items,
    })
}

impl Expr {
    /// Whether it is a list with days, which is written as ranges.
    pub(super) fn lists_days(&self) -> bool {
        match self {
            Self::In { items, .. } => items.iter().any(|item| item.day().is_some()),
            _ => false,
        }
    }

    /// Returns the condition with the ranges of each list that has days.
    pub(super) fn with_ranges_of_days(&self) -> Self {
        let all = |parts: &[Self]| parts.iter().map(Self::with_ranges_of_days).collect();
        match self {
            Self::In { column, items } if self.lists_days() => listed(column, items),
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(other) => Self::Not(Box::new(other.with_ranges_of_days())),
            other => other.clone(),
        }
    }
}

/// Returns the condition that a column is on one of these days; consecutive days are one range.
fn one_of(column: &Name, mut days: Vec<Date>) -> Expr {
    days.sort_unstable();
    days.dedup();
    let follows = |a: &Date, b: &Date| a.tomorrow().is_ok_and(|next| next == *b);
    let ranges = days.chunk_by(follows).map(|range| {
        let on = |operator, day| compare(Operand::Column(column.clone()), operator, day);
        on(Operator::Ge, range[0]).and(on(Operator::Le, range[range.len() - 1]))
    });
    ranges.fold(Expr::NOTHING, Expr::or)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(operator: Operator, day: &str) -> String {
        let day = day.parse().expect("a date");
        compare(Operand::Column("D".into()), operator, day).to_sql()
    }

    #[test]
    fn a_day_has_all_its_moments() {
        use Operator::{Eq, Ge, Gt, Le, Lt, Ne};
        for (operator, expected) in [
            (
                Eq,
                "D >= '2023-12-31T00:00:00' AND D < '2024-01-01T00:00:00'",
            ),
            (
                Ne,
                "D < '2023-12-31T00:00:00' OR D >= '2024-01-01T00:00:00'",
            ),
            (Lt, "D < '2023-12-31T00:00:00'"),
            (Le, "D < '2024-01-01T00:00:00'"),
            (Gt, "D >= '2024-01-01T00:00:00'"),
            (Ge, "D >= '2023-12-31T00:00:00'"),
        ] {
            assert_eq!(sql(operator, "2023-12-31"), expected);
        }
    }

    #[test]
    fn the_last_day_ends_with_the_last_moment() {
        assert_eq!(
            sql(Operator::Le, "9999-12-31"),
            "D <= '9999-12-31T23:59:59.997'"
        );
        assert_eq!(
            sql(Operator::Gt, "9999-12-31"),
            "D > '9999-12-31T23:59:59.997'"
        );
    }

    #[test]
    fn consecutive_days_are_one_range() {
        let days = [
            "2024-03-01",
            "2024-02-28",
            "2024-02-29",
            "2024-03-05",
            "2024-03-01",
        ];
        let days = days.map(|day| day.parse().expect("a date"));
        assert_eq!(
            one_of(&"D".into(), days.to_vec()).to_sql(),
            "(D >= '2024-02-28T00:00:00' AND D < '2024-03-02T00:00:00') OR \
             (D >= '2024-03-05T00:00:00' AND D < '2024-03-06T00:00:00')"
        );
    }
}
