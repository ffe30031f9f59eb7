//! Conditions on dates, relative to the account's clock.
//!
//! Caspio's dates are wall-clock times of the account, whose time zone the client does not know. So "now"
//! is the service's `GETDATE()`, and the service computes the distance.

use super::days;
use super::expr::{Name, Operand, Operator};
use super::literal::Literal;
use super::{Expr, Filter, IntoSpan, NamedColumn};
use crate::Column;
use crate::field::{FieldType, kind};
use jiff::Span;
use jiff::civil::Date;

/// The account's clock.
const NOW: &str = "GETDATE()";

/// Dates relative to now.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the condition that the column is at most this span before now, by the account's clock; later dates are
    /// included.
    ///
    /// A span can have years, months, weeks, days, hours, minutes and seconds; finer units count as
    /// milliseconds, rounded up. The sign is ignored. A [`Duration`](std::time::Duration) is taken as well.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let newcomers = Contact::COLUMNS.joined.since(7.days());
    /// assert_eq!(newcomers.to_sql(), "Joined >= DATEADD(day,-7,GETDATE())");
    /// ```
    #[doc(alias("after", "last"))]
    pub fn since(self, span: impl IntoSpan) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        since(self.name().into(), span.into_span())
    }

    /// Returns the condition that the column is between now and this span after now, by the account's clock.
    pub fn in_the_next(self, span: impl IntoSpan) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        in_the_next(self.name().into(), span.into_span())
    }

    /// Returns the condition that the column is before now, by the account's clock.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Tasks")]
    /// # struct Task { due: Option<DateTime> }
    /// assert_eq!(Task::COLUMNS.due.before_now().to_sql(), "Due < GETDATE()");
    /// ```
    #[doc(alias = "past")]
    pub fn before_now(self) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        before_now(self.name().into())
    }

    /// Returns the condition that the column is on this day, at any time.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let leap_day = Order::COLUMNS.placed.on(Date::constant(2024, 2, 29));
    /// assert_eq!(
    ///     leap_day.to_sql(),
    ///     "Placed >= '2024-02-29T00:00:00' AND Placed < '2024-03-01T00:00:00'",
    /// );
    /// ```
    #[doc(alias = "on_day")]
    pub fn on(self, day: Date) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        on(self.name().into(), day)
    }
}

/// Dates relative to now, in columns that are chosen at run time.
impl<U: FieldType> NamedColumn<U> {
    /// Returns the condition that the column is at most this span before now; see [`Column::since`].
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::filter::column_named;
    ///
    /// let recent: Filter<Contact> = column_named::<DateTime>("Joined").since(7.days());
    /// assert_eq!(recent.to_sql(), "Joined >= DATEADD(day,-7,GETDATE())");
    /// ```
    pub fn since<S>(self, span: impl IntoSpan) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        since(self.name.into(), span.into_span())
    }

    /// Returns the condition that the column is between now and this span after now; see [`Column::in_the_next`].
    pub fn in_the_next<S>(self, span: impl IntoSpan) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        in_the_next(self.name.into(), span.into_span())
    }

    /// Returns the condition that the column is before now, by the account's clock.
    pub fn before_now<S>(self) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        before_now(self.name.into())
    }

    /// Returns the condition that the column is on this day, at any time.
    pub fn on<S>(self, day: Date) -> Filter<S>
    where
        U::Kind: kind::Temporal,
    {
        on(self.name.into(), day)
    }
}

fn since<S>(column: Name, span: Span) -> Filter<S> {
    Filter::new(Expr::compare(column, Operator::Ge, now_and(span, "-")))
}

fn in_the_next<S>(column: Name, span: Span) -> Filter<S> {
    let begin = Expr::compare(column.clone(), Operator::Ge, Literal::expression(NOW));
    Filter::new(begin.and(Expr::compare(column, Operator::Le, now_and(span, ""))))
}

fn before_now<S>(column: Name) -> Filter<S> {
    Filter::new(Expr::compare(
        column,
        Operator::Lt,
        Literal::expression(NOW),
    ))
}

fn on<S>(column: Name, day: Date) -> Filter<S> {
    Filter::new(days::compare(Operand::Column(column), Operator::Eq, day))
}

/// Now, moved by each unit of the span in turn, the largest first.
fn now_and(span: Span, sign: &str) -> Literal {
    let add = |moment, (unit, count)| match count {
        0 => moment,
        count => format!("DATEADD({unit},{sign}{count},{moment})"),
    };
    Literal::expression(units(&span.abs()).into_iter().fold(NOW.to_owned(), add))
}

/// The span, in the units that T-SQL counts in.
///
/// `DATEADD` takes 32 bits. Only minutes and finer units of a span can be more, so they are carried
/// to coarser ones then; on a wall clock that changes nothing.
fn units(span: &Span) -> [(&'static str, i128); 8] {
    // Each count of a span may be close to the greatest number of 64 bits.
    let fraction = i128::from(span.get_microseconds()) * 1_000 + i128::from(span.get_nanoseconds());
    let milliseconds = i128::from(span.get_milliseconds()) + (fraction + 999_999) / 1_000_000;
    let (milliseconds, more) = carried(milliseconds, 1_000);
    let (seconds, more) = carried(i128::from(span.get_seconds()) + more, 60);
    let (minutes, more) = carried(i128::from(span.get_minutes()) + more, 60);
    [
        ("year", span.get_years().into()),
        ("month", span.get_months().into()),
        ("week", span.get_weeks().into()),
        ("day", span.get_days().into()),
        ("hour", i128::from(span.get_hours()) + more),
        ("minute", minutes),
        ("second", seconds),
        ("millisecond", milliseconds),
    ]
}

/// The rest of a count, and how many of the next unit were taken out.
fn carried(count: i128, of_next: i128) -> (i128, i128) {
    if count > i32::MAX.into() {
        (count % of_next, count / of_next)
    } else {
        (count, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::DateTime;
    use std::time::Duration;

    struct Task;

    const DUE: Column<Task, Option<DateTime>> = Column::new("Due");

    fn since(span: Span) -> String {
        DUE.since(span).to_sql()
    }

    #[test]
    fn a_span_is_counted_from_the_accounts_now() {
        assert_eq!(since(7.days()), "Due >= DATEADD(day,-7,GETDATE())");
        assert_eq!(since(1.year()), "Due >= DATEADD(year,-1,GETDATE())");
        assert_eq!(since(90.minutes()), "Due >= DATEADD(minute,-90,GETDATE())");
    }

    #[test]
    fn each_unit_is_added_in_turn() {
        assert_eq!(
            since(
                1.year()
                    .months(2)
                    .weeks(3)
                    .days(4)
                    .hours(5)
                    .minutes(6)
                    .seconds(7)
            ),
            "Due >= DATEADD(second,-7,DATEADD(minute,-6,DATEADD(hour,-5,DATEADD(day,-4,\
             DATEADD(week,-3,DATEADD(month,-2,DATEADD(year,-1,GETDATE())))))))",
        );
    }

    #[test]
    fn negative_span_equals_positive() {
        assert_eq!(since(-7.days()), since(7.days()));
        assert_eq!(since(Span::new()), "Due >= GETDATE()");
    }

    #[test]
    fn fractions_of_a_millisecond_are_rounded_up() {
        assert_eq!(
            since(1.nanosecond()),
            "Due >= DATEADD(millisecond,-1,GETDATE())"
        );
        assert_eq!(
            since(1_500.microseconds()),
            "Due >= DATEADD(millisecond,-2,GETDATE())"
        );
    }

    #[test]
    fn counts_past_32_bits_are_carried() {
        assert_eq!(
            since(2_147_483_647.seconds()),
            "Due >= DATEADD(second,-2147483647,GETDATE())",
        );
        assert_eq!(
            since(2_147_483_648_i64.seconds()),
            "Due >= DATEADD(second,-8,DATEADD(minute,-35791394,GETDATE()))",
        );
    }

    #[test]
    fn a_duration_is_a_span() {
        let since = |duration: Duration| DUE.since(duration).to_sql();
        assert_eq!(
            since(Duration::from_secs(60)),
            "Due >= DATEADD(second,-60,GETDATE())"
        );
        assert_eq!(
            since(Duration::from_millis(1_500)),
            "Due >= DATEADD(millisecond,-500,DATEADD(second,-1,GETDATE()))"
        );
        assert_eq!(since(Duration::ZERO), "Due >= GETDATE()");
        assert_eq!(
            since(Duration::MAX),
            "Due >= DATEADD(year,-19998,GETDATE())"
        );
    }

    #[test]
    fn the_greatest_counts_are_carried() {
        let longest = since(i64::MAX.nanoseconds());
        assert_eq!(
            longest,
            "Due >= DATEADD(millisecond,-855,DATEADD(second,-16,DATEADD(minute,-153722867,GETDATE())))"
        );
        since(
            631_107_417_600_000_000_i64
                .microseconds()
                .nanoseconds(i64::MAX),
        );
    }

    #[test]
    fn the_future_begins_now() {
        assert_eq!(
            DUE.in_the_next(2.weeks()).to_sql(),
            "Due >= GETDATE() AND Due <= DATEADD(week,2,GETDATE())",
        );
        assert_eq!(DUE.before_now().to_sql(), "Due < GETDATE()");
    }

    #[test]
    fn a_day_ends_where_the_next_begins() {
        assert_eq!(
            DUE.on(Date::constant(2023, 12, 31)).to_sql(),
            "Due >= '2023-12-31T00:00:00' AND Due < '2024-01-01T00:00:00'",
        );
        assert_eq!(
            DUE.on(Date::MAX).to_sql(),
            "Due >= '9999-12-31T00:00:00' AND Due <= '9999-12-31T23:59:59.997'"
        );
    }

    #[test]
    fn names_that_need_brackets_have_them() {
        let order: Column<Task, Date> = Column::new("Order");

        assert_eq!(order.before_now().to_sql(), "[Order] < GETDATE()");
    }
}
