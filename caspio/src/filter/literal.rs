//! Values that columns are compared with.

#[cfg(feature = "chrono")]
use crate::field::chrono_dates;
#[cfg(feature = "time")]
use crate::field::time_dates;
use crate::field::{kind, same_digits};
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value that a column is compared with. As T-SQL, quotes are doubled, and text is Unicode, `N'...'`.
///
/// ```
/// use caspio::advanced::Literal;
///
/// let name = Literal::text("O'Brien");
/// assert_eq!(name.to_string(), "N'O''Brien'");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Literal(pub(super) Value);

/// What a literal means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i128),
    Decimal(Decimal),
    Float(f64),
    /// A number with the digits that the service returned.
    Digits(String),
    YesNo(bool),
    /// A day with all its moments.
    Day(Date),
    /// A date and time, which is sent to the millisecond: fact `digits-of-a-second-in-a-literal`.
    Moment(DateTime),
    /// A date and time, which is sent with all its digits.
    ExactMoment(DateTime),
    /// An expression that the service computes.
    Expression(String),
}

impl Literal {
    /// Returns text as `N'O''Brien'`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(Value::Text(text.to_owned()))
    }

    /// Returns Yes/No as 1 or 0: Caspio treats `true` and `false` in a condition as column names.
    #[must_use]
    pub fn yes_no(yes: bool) -> Self {
        Self(Value::YesNo(yes))
    }

    /// Returns a date and time, with milliseconds if it has a fraction; Caspio keeps steps of 1/300 s.
    ///
    /// ```
    /// use caspio::Date;
    /// use caspio::advanced::Literal;
    ///
    /// let at = Date::constant(2024, 2, 29).at(9, 30, 0, 0);
    /// assert_eq!(Literal::date_time(at).to_string(), "'2024-02-29T09:30:00'");
    /// ```
    #[must_use]
    pub fn date_time(at: DateTime) -> Self {
        Self(Value::Moment(at))
    }

    /// Returns a date. A column of dates and times is compared with the whole day; elsewhere it is midnight.
    ///
    /// ```
    /// use caspio::Date;
    /// use caspio::advanced::Literal;
    ///
    /// let day = Literal::date(Date::constant(2024, 2, 29));
    /// assert_eq!(day.to_string(), "'2024-02-29T00:00:00'");
    /// ```
    #[must_use]
    pub fn date(day: Date) -> Self {
        Self(Value::Day(day))
    }

    pub(crate) fn integer(number: impl Into<i128>) -> Self {
        Self(Value::Integer(number.into()))
    }

    pub(crate) fn float(number: f64) -> Self {
        Self(Value::Float(number))
    }

    /// A number with the digits that the service returned.
    pub(crate) fn digits(digits: impl Into<String>) -> Self {
        Self(Value::Digits(digits.into()))
    }

    /// A date and time with more digits than a Date/Time holds.
    pub(crate) fn exact_date_time(at: DateTime) -> Self {
        Self(Value::ExactMoment(at))
    }

    /// An expression that the service computes.
    pub(crate) fn expression(sql: impl Into<String>) -> Self {
        Self(Value::Expression(sql.into()))
    }

    /// Returns the day, if it is a date without a time.
    pub(crate) fn day(&self) -> Option<Date> {
        match self.0 {
            Value::Day(day) => Some(day),
            _ => None,
        }
    }

    /// Returns the number, if it is a whole one of 64 bits.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self.0 {
            Value::Integer(number) => number.try_into().ok(),
            _ => None,
        }
    }
}

/// Returns the literals in the order of their T-SQL, and those with the same T-SQL once. A day is not its midnight.
pub(crate) fn each_once(literals: impl IntoIterator<Item = Literal>) -> Vec<Literal> {
    let literals = literals.into_iter();
    let by_sql: BTreeMap<_, _> = literals
        .map(|item| ((item.to_string(), item.day()), item))
        .collect();
    by_sql.into_values().collect()
}

/// Appends a text to a `LIKE` pattern, its wildcards escaped: fact `escapes-in-like`.
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
    note = "what columns take: `Text` text, `Integer` whole numbers (a `usize` as `i64::try_from(n)?`), `Number` any number, `Currency` `Decimal` as in `dec!(1.50)` or whole numbers, `DateTime` a `DateTime` or `Date` as in `date!(\"2024-01-31\")`, `YesNo` `bool`, `Guid` `Uuid` or text",
    note = "a column that may be null is compared with the value itself, `5` and not `Some(5)`; for null there are `is_null()` and `is_not_null()`"
)]
pub trait ToLiteral<K> {
    /// Returns the value as a literal.
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
    Integer: i8, i16, i32, i64, u8, u16, u32, u64 => |number| Literal::integer(*number);
    Currency: i8, i16, i32, i64, u8, u16, u32, u64 => |number| Literal::integer(*number);
    Number: i8, i16, i32, i64, u8, u16, u32, u64 => |number| Literal::integer(*number);
    Currency: Decimal => |amount| Literal(Value::Decimal(*amount));
    Number: Decimal => |number| Literal(Value::Decimal(*number));
    Number: f32 => |number| Literal::float(same_digits(*number));
    Number: f64 => |number| Literal::float(*number);
    DateTime: DateTime => |at| Literal::date_time(*at);
    DateTime: Date => |day| Literal::date(*day);
    YesNo: bool => |yes| Literal::yes_no(*yes);
}

#[cfg(feature = "chrono")]
literals! {
    DateTime: chrono::NaiveDateTime => |at| Literal::date_time(chrono_dates::civil(*at));
    DateTime: chrono::NaiveDate => |day| Literal::date(chrono_dates::civil_date(*day));
}

#[cfg(feature = "time")]
literals! {
    DateTime: time::PrimitiveDateTime => |at| Literal::date_time(time_dates::civil(*at));
    DateTime: time::Date => |day| Literal::date(time_dates::civil_date(*day));
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
    fn wildcards_in_a_value_are_escaped() {
        let mut pattern = String::new();
        push_like_escaped(&mut pattern, "50%_[x]");
        assert_eq!(pattern, "50[%][_][[]x]");
    }

    #[test]
    fn literals_that_are_spelled_alike_are_listed_once() {
        let literals = ["b", "a", "b"].map(Literal::text);
        assert_eq!(each_once(literals), ["a", "b"].map(Literal::text));
    }
}
