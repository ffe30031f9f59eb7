//! Conditions, values, names and orders as T-SQL, which only this module writes.

use super::days;
use super::expr::{Expr, Operand, Operator};
use super::literal::{Literal, Value};
use super::order::OrderTerm;
use super::reserved::is_reserved;
use crate::record::PK_ID;
use crate::value::Spelled;
use caspio_schema::is_same_name;
use jiff::civil::Time;
use std::fmt::{self, Display, Formatter, Write as _};

impl Expr {
    /// Returns the condition as T-SQL.
    pub(crate) fn to_sql(&self) -> String {
        self.to_string()
    }

    fn is_compound(&self) -> bool {
        matches!(self, Self::And(_) | Self::Or(_)) || self.lists_days()
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare {
                left,
                operator,
                right,
            } => write!(f, "{left} {operator} {right}"),
            Self::Between { column, low, high } => {
                write!(f, "{} BETWEEN {low} AND {high}", Name(column))
            }
            // T-SQL has no empty list.
            Self::In { items, .. } if items.is_empty() => f.write_str("1=0"),
            Self::In { column, items } if self.lists_days() => days::listed(column, items).fmt(f),
            Self::In { column, items } => {
                write!(f, "{} IN (", Name(column))?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index > 0 { "," } else { "" })?;
                    item.fmt(f)?;
                }
                f.write_char(')')
            }
            Self::Null {
                column, is_null, ..
            } => {
                let test = if *is_null { "IS NULL" } else { "IS NOT NULL" };
                write!(f, "{} {test}", Name(column))
            }
            Self::Like { column, pattern } => write!(f, "{} LIKE {pattern}", Name(column)),
            Self::Raw(text) | Self::TooDeep(text) => write!(f, "({text})"),
            Self::And(parts) if parts.is_empty() => f.write_str("1=1"),
            Self::And(parts) => write_joined(f, parts, " AND "),
            Self::Or(parts) if parts.is_empty() => f.write_str("1=0"),
            Self::Or(parts) => write_joined(f, parts, " OR "),
            Self::Not(inner) => write!(f, "NOT ({inner})"),
        }
    }
}

fn write_joined(f: &mut Formatter<'_>, parts: &[Expr], joint: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index > 0 { joint } else { "" })?;
        if part.is_compound() {
            write!(f, "({part})")?;
        } else {
            part.fmt(f)?;
        }
    }
    Ok(())
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Text(text) => write_text(f, text),
            Value::Integer(number) => number.fmt(f),
            Value::Decimal(number) => number.fmt(f),
            // An exponent makes it a float in T-SQL.
            Value::Float(number) => write!(f, "{number:e}"),
            Value::YesNo(yes) => f.write_char(if *yes { '1' } else { '0' }),
            Value::Day(day) => {
                let midnight = day.to_datetime(Time::midnight());
                write!(f, "'{}'", Spelled(midnight))
            }
            Value::Moment(at) => write!(f, "'{}'", Spelled(*at)),
            Value::ExactMoment(at) => write!(f, "'{at}'"),
            Value::Digits(sql) | Value::Expression(sql) => f.write_str(sql),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(column) => Name(column).fmt(f),
            Self::Aggregate {
                function,
                column: Some(column),
                of_integers,
            } => f.write_str(&aggregate(function, column, *of_integers)),
            Self::Aggregate { function, .. } => write!(f, "{function}(*)"),
        }
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        })
    }
}

impl OrderTerm {
    /// Returns the term as it is written in `orderBy`.
    pub(crate) fn to_sql(&self) -> String {
        let name = match self.is_aggregate {
            true => self.name.clone(),
            false => quoted_name(&self.name),
        };
        if self.descending {
            name + " DESC"
        } else {
            name
        }
    }
}

/// Returns an aggregate function of a column as T-SQL.
///
/// A sum of integers is an `int` in T-SQL, and an average is computed from it: both fail above 2,147,483,647.
/// Multiplied by a `bigint`, an integer becomes one, and a float or an amount stays what it is; a `CAST` of the
/// column would cut the fractions of a Number that a field of the struct reads as whole numbers.
pub(crate) fn aggregate(function: &str, column: &str, of_integers: bool) -> String {
    let column = quoted_name(column);
    if of_integers && matches!(function, "SUM" | "AVG") {
        format!("{function}({column}*CAST(1 AS bigint))")
    } else {
        format!("{function}({column})")
    }
}

/// Returns a column's name as T-SQL, in brackets where it needs them.
pub(crate) fn quoted_name(name: &str) -> String {
    Name(name).to_string()
}

/// A name as T-SQL: fact `bracketed-names`.
struct Name<'n>(&'n str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) {
            return f.write_str(self.0);
        }
        f.write_char('[')?;
        write_doubled(f, self.0, ']')?;
        f.write_char(']')
    }
}

/// Whether the column is the key.
pub(crate) fn is_key(column: &str) -> bool {
    is_same_name(column, PK_ID)
}

/// Whether the name is a plain word to T-SQL.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !is_reserved(name)
}

/// Writes a text as a T-SQL constant, or as the sum of several.
///
/// SQL Server drops a `\` and a line break after it from a constant
/// (<https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-backslash>), so no
/// constant contains both.
fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let parts = split_after_backslash(text);
    let is_sum = parts.len() > 1;
    f.write_str(if is_sum { "(" } else { "" })?;
    for (index, part) in parts.into_iter().enumerate() {
        f.write_str(if index > 0 { "+N'" } else { "N'" })?;
        write_doubled(f, part, '\'')?;
        f.write_char('\'')?;
    }
    f.write_str(if is_sum { ")" } else { "" })
}

/// Splits a text between each `\` and a line break after it.
fn split_after_backslash(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\\') {
        let after = &text[at + 1..];
        if after.starts_with('\n') || after.starts_with("\r\n") {
            parts.push(&text[start..=at]);
            start = at + 1;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Writes a text in which the quote that ends it is doubled.
fn write_doubled(f: &mut Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    for (index, part) in text.split(quote).enumerate() {
        if index > 0 {
            write!(f, "{quote}{quote}")?;
        }
        f.write_str(part)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decimal;
    use crate::field::kind::Number;
    use crate::filter::ToLiteral;
    use jiff::civil::{Date, DateTime};

    #[test]
    fn sums_of_integers_do_not_overflow() {
        assert_eq!(aggregate("SUM", "Age", true), "SUM(Age*CAST(1 AS bigint))");
        assert_eq!(aggregate("SUM", "Total", false), "SUM(Total)");
        assert_eq!(aggregate("MAX", "Age", true), "MAX(Age)");
    }

    #[test]
    fn names_that_are_not_plain_words_are_bracketed() {
        assert_eq!(quoted_name("First_Name"), "First_Name");
        assert_eq!(quoted_name("Order"), "[Order]");
        assert_eq!(quoted_name("Due date"), "[Due date]");
        assert_eq!(quoted_name("a]b"), "[a]]b]");
        assert_eq!(quoted_name("2nd"), "[2nd]");
    }

    fn age(operator: Operator, years: i32) -> Expr {
        Expr::compare("Age", operator, Literal::integer(years))
    }

    #[test]
    fn only_compound_parts_are_in_parentheses() {
        let between = Expr::Between {
            column: "Size".into(),
            low: Literal::integer(1),
            high: Literal::integer(2),
        };
        let either = age(Operator::Lt, 3).or(Expr::null("Age", true));

        let both = between
            .and(either)
            .and(Expr::Not(Box::new(age(Operator::Eq, 7))));

        assert_eq!(
            both.to_sql(),
            "Size BETWEEN 1 AND 2 AND (Age < 3 OR Age IS NULL) AND NOT (Age = 7)"
        );
    }

    #[test]
    fn an_empty_list_and_empty_joins_are_constants() {
        let none = Expr::In {
            column: "Age".into(),
            items: Vec::new(),
        };
        assert_eq!(none.to_sql(), "1=0");
        assert_eq!(Expr::NOTHING.to_sql(), "1=0");
        assert_eq!(Expr::EVERYTHING.to_sql(), "1=1");
        assert_eq!(
            Expr::EVERYTHING.and(age(Operator::Ge, 18)).to_sql(),
            "Age >= 18"
        );
        assert_eq!(
            age(Operator::Ge, 18).or(Expr::NOTHING).to_sql(),
            "Age >= 18"
        );
    }

    #[test]
    fn quotes_inside_text_are_doubled() {
        for (text, sql) in [
            ("O'Brien", "N'O''Brien'"),
            ("'; --", "N'''; --'"),
            ("''", "N''''''"),
            ("", "N''"),
        ] {
            assert_eq!(Literal::text(text).to_string(), sql);
        }
    }

    #[test]
    fn a_backslash_before_a_line_break_is_kept() {
        for (text, sql) in [
            ("a\\\nb", r"(N'a\'+N'{LF}b')"),
            ("a\\\r\nb\\\n", r"(N'a\'+N'{CR}{LF}b\'+N'{LF}')"),
            ("\\\\\n", r"(N'\\'+N'{LF}')"),
            ("a\\b\n\\", r"N'a\b{LF}\'"),
            ("a\\\rb", r"N'a\{CR}b'"),
        ] {
            let sql = sql.replace("{LF}", "\n").replace("{CR}", "\r");
            assert_eq!(Literal::text(text).to_string(), sql);
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let number = |number: &dyn ToLiteral<Number>| number.to_literal().to_string();
        for (spelled, sql) in [
            (number(&u64::MAX), "18446744073709551615"),
            (number(&i64::MIN), "-9223372036854775808"),
            (number(&-7_i8), "-7"),
            (number(&0.1_f32), "1e-1"),
            (number(&0.1_f64), "1e-1"),
            (number(&f32::MAX), "3.4028235e38"),
            (number(&f32::from_bits(1)), "1e-45"),
            (number(&-2.5_f64), "-2.5e0"),
            (number(&-0.0_f64), "-0e0"),
            (number(&Decimal::new(1990, 2)), "19.90"),
            (Literal::digits("1.50e0").to_string(), "1.50e0"),
            (Literal::yes_no(true).to_string(), "1"),
            (Literal::yes_no(false).to_string(), "0"),
        ] {
            assert_eq!(spelled, sql);
        }
    }

    #[test]
    fn dates_carry_milliseconds_only_where_there_are_some() {
        let at = |text: &str| text.parse::<DateTime>().expect("a date");
        let exact = Literal::exact_date_time(at("2022-01-24T20:30:51.1234567"));
        for (literal, sql) in [
            (at("2022-01-24T20:30:51.607"), "'2022-01-24T20:30:51.607'"),
            (at("2022-01-24T20:30:51"), "'2022-01-24T20:30:51'"),
            (at("2022-01-24T20:30:51.0009"), "'2022-01-24T20:30:51'"),
        ] {
            assert_eq!(Literal::date_time(literal).to_string(), sql);
        }
        assert_eq!(exact.to_string(), "'2022-01-24T20:30:51.1234567'");
        let day = Literal::date(Date::constant(2024, 2, 29));
        assert_eq!(day.to_string(), "'2024-02-29T00:00:00'");
    }
}
