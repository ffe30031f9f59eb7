//! Conditions, names and orders as T-SQL, which only this module writes.

use super::expr::{Expr, Operand, Operator};
use super::order::OrderTerm;
use super::reserved::is_reserved;
use crate::record::PK_ID;
use caspio_schema::is_same_name;

impl Expr {
    /// Returns the condition as T-SQL.
    pub(crate) fn to_sql(&self) -> String {
        let mut sql = String::new();
        self.push_sql(&mut sql);
        sql
    }

    fn push_sql(&self, sql: &mut String) {
        match self {
            Self::Compare {
                left,
                operator,
                right,
            } => {
                left.push_sql(sql);
                push_all(sql, &[" ", operator.as_sql(), " ", right.as_sql()]);
            }
            Self::Between { column, low, high } => {
                push_name(sql, column);
                push_all(sql, &[" BETWEEN ", low.as_sql(), " AND ", high.as_sql()]);
            }
            // T-SQL has no empty list.
            Self::In { items, .. } if items.is_empty() => sql.push_str("1=0"),
            Self::In { column, items } => {
                push_name(sql, column);
                sql.push_str(" IN (");
                for (index, item) in items.iter().enumerate() {
                    push_all(sql, &[if index > 0 { "," } else { "" }, item.as_sql()]);
                }
                sql.push(')');
            }
            Self::Null { column, is_null } => {
                push_name(sql, column);
                sql.push_str(if *is_null { " IS NULL" } else { " IS NOT NULL" });
            }
            Self::Like { column, pattern } => {
                push_name(sql, column);
                push_all(sql, &[" LIKE ", pattern.as_sql()]);
            }
            Self::Raw(text) => push_all(sql, &["(", text, ")"]),
            Self::And(parts) if parts.is_empty() => sql.push_str("1=1"),
            Self::And(parts) => push_joined(sql, parts, " AND "),
            Self::Or(parts) if parts.is_empty() => sql.push_str("1=0"),
            Self::Or(parts) => push_joined(sql, parts, " OR "),
            Self::Not(inner) => {
                sql.push_str("NOT (");
                inner.push_sql(sql);
                sql.push(')');
            }
        }
    }

    fn is_compound(&self) -> bool {
        matches!(self, Self::And(_) | Self::Or(_))
    }
}

fn push_all(sql: &mut String, parts: &[&str]) {
    for part in parts {
        sql.push_str(part);
    }
}

fn push_joined(sql: &mut String, parts: &[Expr], joint: &str) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            sql.push_str(joint);
        }
        if part.is_compound() {
            sql.push('(');
            part.push_sql(sql);
            sql.push(')');
        } else {
            part.push_sql(sql);
        }
    }
}

impl Operand {
    fn push_sql(&self, sql: &mut String) {
        match self {
            Self::Column(column) => push_name(sql, column),
            Self::Aggregate {
                function,
                column: Some(column),
                of_integers,
            } => sql.push_str(&aggregate(function, column, *of_integers)),
            Self::Aggregate { function, .. } => push_all(sql, &[function, "(*)"]),
        }
    }
}

impl Operator {
    fn as_sql(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

impl OrderTerm {
    /// Returns the term as it is written in `orderBy`.
    pub(crate) fn to_sql(&self) -> String {
        let name = quoted_name(&self.name);
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
    let mut sql = String::with_capacity(name.len() + 2);
    push_name(&mut sql, name);
    sql
}

fn push_name(sql: &mut String, name: &str) {
    if is_plain(name) {
        sql.push_str(name);
        return;
    }
    sql.push('[');
    push_doubled(sql, name, ']');
    sql.push(']');
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

/// Appends a text in which the quote that ends it is doubled.
pub(super) fn push_doubled(sql: &mut String, text: &str, quote: char) {
    for character in text.chars() {
        sql.push(character);
        if character == quote {
            sql.push(quote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::literal::Literal;

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
        Expr::compare("Age", operator, Literal::number(years))
    }

    #[test]
    fn only_compound_parts_are_in_parentheses() {
        let between = Expr::Between {
            column: "Size".into(),
            low: Literal::number(1),
            high: Literal::number(2),
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
}
