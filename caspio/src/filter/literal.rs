//! Values as T-SQL literals, which only this module writes.

use super::sql::push_doubled;
use crate::field::kind;
use crate::value::Spelled;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::fmt;

/// A value as a T-SQL literal: quotes are doubled, and text is Unicode, `N'...'`.
///
/// ```
/// use caspio::advanced::Literal;
///
/// let name = Literal::text("O'Brien");
/// assert_eq!(name.to_string(), "N'O''Brien'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    sql: String,
    /// Whether it is a date whose digits after the milliseconds were cut off.
    is_cut: bool,
    /// The day, if it is a date without a time.
    day: Option<Date>,
}

impl Literal {
    /// Returns text as `N'O''Brien'`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let mut sql = String::with_capacity(text.len() + 3);
        sql.push_str("N'");
        push_doubled(&mut sql, text, '\'');
        sql.push('\'');
        Self::expression(sql)
    }

    /// Returns Yes/No as 1 or 0: Caspio takes `true` and `false` in a condition for column names.
    #[must_use]
    pub fn yes_no(yes: bool) -> Self {
        Self::expression(if yes { "1" } else { "0" })
    }

    /// Returns a date and time, with milliseconds if it has a fraction; Caspio keeps no more.
    ///
    /// ```
    /// use caspio::Date;
    /// use caspio::advanced::Literal;
    ///
    /// let at = Date::constant(2024, 2, 29).at(9, 30, 0, 0);
    /// assert_eq!(Literal::date_time(at).as_sql(), "'2024-02-29T09:30:00'");
    /// ```
    #[must_use]
    pub fn date_time(at: DateTime) -> Self {
        Self {
            sql: format!("'{}'", Spelled(at)),
            is_cut: at.subsec_nanosecond() % 1_000_000 != 0,
            day: None,
        }
    }

    /// Returns a date. A column of dates and times is compared with the whole day; elsewhere it is midnight.
    ///
    /// ```
    /// use caspio::Date;
    /// use caspio::advanced::Literal;
    ///
    /// let day = Literal::date(Date::constant(2024, 2, 29));
    /// assert_eq!(day.as_sql(), "'2024-02-29T00:00:00'");
    /// ```
    #[must_use]
    pub fn date(day: Date) -> Self {
        Self {
            day: Some(day),
            ..Self::date_time(day.to_datetime(Time::midnight()))
        }
    }

    /// A number: digits, a sign, a point.
    pub(crate) fn number(number: impl fmt::Display) -> Self {
        Self::expression(number.to_string())
    }

    /// An expression that the service computes.
    pub(crate) fn expression(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            is_cut: false,
            day: None,
        }
    }

    /// A float with its exponent, which makes it a float literal in T-SQL.
    fn float(number: impl fmt::LowerExp) -> Self {
        Self::expression(format!("{number:e}"))
    }

    /// Whether it is a date that had more digits than the milliseconds that the text has.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Returns the day, if it is a date without a time.
    pub(super) fn day(&self) -> Option<Date> {
        self.day
    }

    /// Returns the same T-SQL, for a column that holds only midnights.
    pub(super) fn at_midnight(self) -> Self {
        Self { day: None, ..self }
    }

    /// Returns the T-SQL text.
    #[must_use]
    pub fn as_sql(&self) -> &str {
        &self.sql
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}

/// Appends a text to a `LIKE` pattern, its wildcards escaped.
pub(crate) fn push_like_escaped(pattern: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '%' | '_' | '[' => {
                pattern.push('[');
                pattern.push(character);
                pattern.push(']');
            }
            other => pattern.push(other),
        }
    }
}

/// A Rust value that a column of kind `K` can be compared with.
///
/// Implement it for a type of your own with the constructors of [`Literal`].
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Parts")]
/// # struct Part { number: String }
/// use caspio::advanced::kind;
/// use caspio::advanced::ToLiteral;
/// use caspio::advanced::Literal;
///
/// struct Place { shelf: char, box_no: u32 }
///
/// impl ToLiteral<kind::Text> for Place {
///     fn to_literal(&self) -> Literal {
///         Literal::text(&format!("{}-{}", self.shelf, self.box_no))
///     }
/// }
///
/// let place = Place { shelf: 'A', box_no: 7 };
/// assert_eq!(Part::COLUMNS.number.eq(place).to_sql(), "Number = N'A-7'");
/// ```
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` does not fit a column of kind `{K}`",
    label = "this value does not fit the column",
    note = "what columns take: `Text` text, `Integer` whole numbers, `Number` any number, `Currency` `Decimal` as in `dec!(1.50)` or whole numbers, `DateTime` a `DateTime` or `Date` as in `date!(\"2024-01-31\")`, `YesNo` `bool`, `Guid` `Uuid` or text",
    note = "a column that may be null is compared with the value itself, `5` and not `Some(5)`; for null there are `is_null()` and `is_not_null()`"
)]
pub trait ToLiteral<K> {
    /// Returns the value as T-SQL.
    fn to_literal(&self) -> Literal;
}

macro_rules! literals {
    ($($kind:ident: $($ty:ty),* => |$value:ident| $make:expr;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl ToLiteral<kind::$kind> for $ty {
            fn to_literal(&self) -> Literal {
                let $value = self;
                $make
            }
        }
    )*)*};
}

literals! {
    Text: str, String, Box<str>, Cow<'_, str>, std::sync::Arc<str> => |text| Literal::text(text);
    Guid: str, String => |text| Literal::text(text);
    Integer: i8, i16, i32, i64, u8, u16, u32, u64 => |number| Literal::number(number);
    Currency: i8, i16, i32, i64, u8, u16, u32, u64, Decimal => |number| Literal::number(number);
    Number: i8, i16, i32, i64, u8, u16, u32, u64, Decimal => |number| Literal::number(number);
    Number: f32, f64 => |number| Literal::float(*number);
    DateTime: DateTime => |at| Literal::date_time(*at);
    DateTime: Date => |day| Literal::date(*day);
    YesNo: bool => |yes| Literal::yes_no(*yes);
}

#[cfg(feature = "uuid")]
#[diagnostic::do_not_recommend]
impl ToLiteral<kind::Guid> for uuid::Uuid {
    fn to_literal(&self) -> Literal {
        Literal::text(&self.to_string())
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: ToLiteral<K> + ?Sized> ToLiteral<K> for &T {
    fn to_literal(&self) -> Literal {
        (**self).to_literal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_inside_text_are_doubled() {
        assert_eq!(Literal::text("O'Brien").as_sql(), "N'O''Brien'");
        assert_eq!(Literal::text("'; --").as_sql(), "N'''; --'");
    }

    #[test]
    fn a_float_has_the_fewest_digits_that_mean_it() {
        let single = ToLiteral::<kind::Number>::to_literal(&0.1_f32);
        let double = ToLiteral::<kind::Number>::to_literal(&0.1_f64);
        assert_eq!((single.as_sql(), double.as_sql()), ("1e-1", "1e-1"));
    }

    #[test]
    fn wildcards_in_a_value_are_escaped() {
        let mut pattern = String::new();
        push_like_escaped(&mut pattern, "50%_[x]");
        assert_eq!(pattern, "50[%][_][[]x]");
    }

    #[test]
    fn dates_carry_milliseconds_only_where_there_are_some() {
        let at: DateTime = "2022-01-24T20:30:51.607".parse().expect("a date");
        assert_eq!(Literal::date_time(at).as_sql(), "'2022-01-24T20:30:51.607'");
        let at: DateTime = "2022-01-24T20:30:51".parse().expect("a date");
        assert_eq!(Literal::date_time(at).as_sql(), "'2022-01-24T20:30:51'");
    }
}
