//! Keyset cursor: the sort values and the key of a record, and the condition for the records after it.

use crate::dialect::encoded_length;
use crate::filter::literal::Literal;
use crate::filter::sql::quoted_name;
use crate::filter::{Expr, Operator, OrderTerm};
use crate::record::{Key, ObjectKind, PK_ID};
use caspio_schema::Kind;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// How many records before that of a cursor are kept, by which the place is found again if it was deleted.
const MOST_BEFORE: usize = 8;

/// The position of a record in a query's order.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    /// The record's key, or that of a record of the group if the group has texts.
    pub(super) key: Option<Key>,
    /// The record's values in the columns of the order; `None` is null.
    pub(super) values: Vec<Option<Value>>,
    /// The records before it in the order, the nearest first.
    pub(super) before: Vec<Cursor>,
}

/// Two cursors are equal if they are of one record with the same values.
impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, &self.values) == (&other.key, &other.values)
    }
}

impl Cursor {
    /// The cursor of a record that came without a key: its place is not known.
    pub(super) const UNKNOWN: Self = Self {
        key: None,
        values: Vec::new(),
        before: Vec::new(),
    };

    /// Creates the cursor of a record in the order of keys.
    pub(super) fn at_key(key: &Key) -> Self {
        Self {
            key: Some(key.clone()),
            ..Self::UNKNOWN
        }
    }

    /// Returns the cursor of the last of these records, which come after the record `earlier`.
    pub(super) fn of_last(records: &[Self], earlier: Option<&Self>) -> Option<Self> {
        let (last, records) = records.split_last()?;
        let nearest = records.iter().rev().chain(earlier);
        let furthest = earlier.iter().flat_map(|earlier| &earlier.before);
        let before = nearest.chain(furthest).take(MOST_BEFORE);
        Some(Self {
            before: before.map(Self::alone).collect(),
            ..last.alone()
        })
    }

    /// Returns the cursor without the records before it.
    fn alone(&self) -> Self {
        Self {
            key: self.key.clone(),
            values: self.values.clone(),
            before: Vec::new(),
        }
    }

    /// Whether both have the same values, texts without case and trailing blanks.
    pub(super) fn has_equal_values(&self, other: &Self) -> bool {
        let folded = |text: &str| text.trim_end_matches(' ').to_lowercase();
        let values = self.values.iter().zip(&other.values);
        values.into_iter().all(|values| match values {
            (Some(Value::Text(a)), Some(Value::Text(b))) => folded(a) == folded(b),
            (a, b) => a == b,
        })
    }

    /// Creates the cursor that takes the most characters in a URL, with a key of this kind, and this text for
    /// columns of text.
    pub(super) fn longest(key: Option<ObjectKind>, terms: &[OrderTerm], text: &str) -> Self {
        let longest_key = |kind| match kind {
            // Keys are `int`.
            ObjectKind::Table => Key::Id(i32::MAX.into()),
            // The ids of two tables, and a comma.
            ObjectKind::View => Key::Text(format!("{0},{0}", i32::MAX)),
        };
        let values = terms
            .iter()
            .map(|term| Some(Value::longest(term.kind, text)));
        Self {
            key: key.map(longest_key),
            values: values.collect(),
            before: Vec::new(),
        }
    }
}

/// A value of a record as the response contains it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Value {
    Text(String),
    /// The exact digits.
    Number(Digits),
    /// The digits of a float.
    Float(Digits),
    DateTime(String),
    YesNo(bool),
}

/// The text of a number. A position can come from outside the program, so the text is checked before it
/// is used in T-SQL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Digits(String);

impl TryFrom<String> for Digits {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.parse::<f64>().is_ok_and(f64::is_finite)
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        if number {
            Ok(Self(text))
        } else {
            Err(format!("{text:?} is not a number"))
        }
    }
}

impl Digits {
    pub(super) fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or_default()
    }

    pub(super) fn is_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E'])
    }
}

impl Value {
    /// Returns a value of the greatest length in T-SQL, or this text.
    fn longest(kind: Kind, text: &str) -> Self {
        match kind {
            Kind::Integer => Self::Number(Digits(i32::MIN.to_string())),
            Kind::Currency => Self::Number(Digits("-922337203685477.5808".to_owned())),
            Kind::Number => Self::Float(Digits("-1.7976931348623157e+308".to_owned())),
            Kind::YesNo => Self::YesNo(true),
            Kind::DateTime => Self::DateTime("2000-12-31T23:59:59.997".to_owned()),
            Kind::Guid => Self::Text("00000000-0000-0000-0000-000000000000".to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// Reads a value of a response; `None` if it is not of this kind.
    pub(super) fn read(raw: &RawValue, kind: Kind) -> Option<Option<Self>> {
        let json = raw.get();
        let is_number = matches!(kind, Kind::Integer | Kind::Number | Kind::Currency);
        // A blank Number was seen as an empty text.
        if json == "null" || is_number && json == "\"\"" {
            return Some(None);
        }
        let text = || serde_json::from_str::<String>(json).ok();
        Some(Some(match kind {
            Kind::Text | Kind::Guid => Self::Text(text()?),
            Kind::YesNo => Self::YesNo(serde_json::from_str(json).ok()?),
            Kind::DateTime => {
                let text = text()?;
                wall_clock(&text)?;
                Self::DateTime(text)
            }
            Kind::Integer | Kind::Currency => Self::Number(json.to_owned().try_into().ok()?),
            Kind::Number => Self::Float(json.to_owned().try_into().ok()?),
            // A query cannot be ordered by lists or passwords.
            _ => return None,
        }))
    }

    /// Returns the value as T-SQL; `None` for a malformed date.
    pub(super) fn literal(&self) -> Option<Literal> {
        Some(match self {
            Self::Text(text) => Literal::text(text),
            // More than a Currency's four: the column is a Number that the struct declares as Decimal.
            Self::Number(Digits(digits)) if fraction_digits(digits) > 4 => {
                Literal::number(format_args!("{digits}e0"))
            }
            Self::Number(Digits(digits)) => Literal::number(digits),
            // An exponent makes the literal a float. SQL Server would compare a decimal literal after
            // rounding it.
            Self::Float(Digits(digits)) if digits.contains(['e', 'E']) => Literal::number(digits),
            Self::Float(Digits(digits)) => Literal::number(format_args!("{digits}e0")),
            Self::DateTime(text) => moment(wall_clock(text)?),
            Self::YesNo(yes) => Literal::yes_no(*yes),
        })
    }
}

fn fraction_digits(digits: &str) -> usize {
    let (_, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent = fraction.contains(['e', 'E']);
    if exponent { 0 } else { fraction.len() }
}

/// Returns a date and time with the digits of a second that it has: a Date/Time refuses more than three, but
/// a formula's or a view's value can have more.
fn moment(at: DateTime) -> Literal {
    if at.subsec_nanosecond() % 1_000_000 == 0 {
        return Literal::date_time(at);
    }
    Literal::expression(format!("'{at}'"))
}

fn wall_clock(text: &str) -> Option<DateTime> {
    crate::value::wall_clock(text)
}

/// Returns a key as T-SQL.
pub(crate) fn key_literal(key: &Key) -> Literal {
    match key {
        Key::Id(id) => Literal::number(id),
        Key::Text(text) => Literal::text(text),
    }
}

/// Returns the condition for exactly the records after the cursor.
///
/// For an order by `a, b` it is `a > x OR a = x AND (b > y OR b = y AND PK_ID > k)`. Unlike a page
/// number it stays exact when records are inserted or deleted in the meantime.
pub(super) fn after(cursor: &Cursor, terms: &[OrderTerm], key_descends: bool) -> Expr {
    let operator = if key_descends {
        Operator::Lt
    } else {
        Operator::Gt
    };
    by_values(cursor, terms, operator)
}

/// Returns the condition for exactly the cursor's record and those after it; groups have no `key_descends`.
pub(super) fn from(cursor: &Cursor, terms: &[OrderTerm], key_descends: Option<bool>) -> Expr {
    match key_descends {
        Some(true) => by_values(cursor, terms, Operator::Le),
        Some(false) => by_values(cursor, terms, Operator::Ge),
        None => beyond(cursor, terms, Some(Expr::EVERYTHING), |_, value| {
            value.literal()
        }),
    }
}

/// Of records with the same values, `operator` compares the keys.
fn by_values(cursor: &Cursor, terms: &[OrderTerm], operator: Operator) -> Expr {
    let key = cursor.key.as_ref().map(key_literal);
    let by_key = key.map(|key| Expr::compare(PK_ID, operator, key));
    beyond(cursor, terms, by_key, |_, value| value.literal())
}

/// Returns the condition for the record of the cursor and those after it, in which the service looks up the
/// cursor's long texts in that record, of the table or view `source`; `None` if the cursor is of no record.
/// Groups have no `key_descends`; their cursor has the key of a record of the group.
///
/// It is right as long as the record is as it was, and then begins with it.
///
/// That a subquery may be over the table or view itself is inferred: documented are subqueries over other permitted
/// tables.
pub(super) fn from_record(
    cursor: &Cursor,
    terms: &[OrderTerm],
    key_descends: Option<bool>,
    source: &str,
) -> Option<Expr> {
    let key = key_literal(cursor.key.as_ref()?);
    let record = format!("FROM {} WHERE {PK_ID} = {key}", quoted_name(source));
    let from_key = match key_descends {
        Some(true) => Expr::compare(PK_ID, Operator::Le, key),
        Some(false) => Expr::compare(PK_ID, Operator::Ge, key),
        None => Expr::EVERYTHING,
    };
    Some(beyond(cursor, terms, Some(from_key), |term, value| {
        let literal = value.literal()?;
        let looked_up = format!("(SELECT {} {record})", quoted_name(&term.name));
        let is_longer = encoded_length(literal.as_sql()) > encoded_length(&looked_up);
        let is_long = matches!(value, Value::Text(_)) && is_longer;
        Some(if is_long {
            Literal::expression(looked_up)
        } else {
            literal
        })
    }))
}

/// Returns the condition for the records behind a place in the order; `equal` is that for records with the same
/// values.
fn beyond(
    cursor: &Cursor,
    terms: &[OrderTerm],
    equal: Option<Expr>,
    literal: impl Fn(&OrderTerm, &Value) -> Option<Literal>,
) -> Expr {
    let values = terms.iter().zip(&cursor.values).rev();
    let after = values.fold(equal, |inner, (term, value)| {
        let value = value.as_ref().and_then(|value| literal(term, value));
        let tied = inner.map(|inner| tied(&term.name, value.clone()).and(inner));
        let after = strictly_after(&term.name, value, term.descending);
        [after, tied].into_iter().flatten().reduce(Expr::or)
    });
    after.unwrap_or(Expr::NOTHING)
}

/// Returns the condition for a value.
pub(super) fn tied(name: &str, value: Option<Literal>) -> Expr {
    match value {
        Some(value) => Expr::compare(name.to_owned(), Operator::Eq, value),
        None => Expr::null(name.to_owned(), true),
    }
}

/// SQL Server sorts nulls first when ascending and last when descending.
fn strictly_after(name: &str, value: Option<Literal>, descending: bool) -> Option<Expr> {
    let name = name.to_owned();
    match (value, descending) {
        (Some(value), false) => Some(Expr::compare(name, Operator::Gt, value)),
        (Some(value), true) => {
            let less = Expr::compare(name.clone(), Operator::Lt, value);
            Some(less.or(Expr::null(name, true)))
        }
        (None, false) => Some(Expr::null(name, false)),
        (None, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(name: &str, descending: bool) -> OrderTerm {
        OrderTerm {
            name: name.to_owned(),
            descending,
            kind: Kind::Text,
        }
    }

    fn sql(values: Vec<Option<Value>>, terms: &[OrderTerm]) -> String {
        let cursor = Cursor {
            key: Some(Key::Id(7)),
            values,
            before: Vec::new(),
        };
        after(&cursor, terms, false).to_sql()
    }

    fn b() -> Option<Value> {
        Some(Value::Text("B".to_owned()))
    }

    #[test]
    fn by_key_alone_it_is_one_comparison() {
        assert_eq!(sql(vec![], &[]), "PK_ID > 7");
    }

    #[test]
    fn ties_are_broken_by_the_key() {
        assert_eq!(
            sql(vec![b()], &[term("City", false)]),
            "City > N'B' OR (City = N'B' AND PK_ID > 7)"
        );
    }

    #[test]
    fn nulls_come_first_when_ascending_and_last_when_descending() {
        assert_eq!(
            sql(vec![None], &[term("City", false)]),
            "City IS NOT NULL OR (City IS NULL AND PK_ID > 7)"
        );
        assert_eq!(
            sql(vec![None], &[term("City", true)]),
            "City IS NULL AND PK_ID > 7"
        );
        assert_eq!(
            sql(vec![b()], &[term("City", true)]),
            "City < N'B' OR City IS NULL OR (City = N'B' AND PK_ID > 7)"
        );
    }

    #[test]
    fn groups_end_with_their_last_term() {
        let cursor = Cursor {
            key: None,
            values: vec![b()],
            before: Vec::new(),
        };
        assert_eq!(
            after(&cursor, &[term("City", false)], false).to_sql(),
            "City > N'B'"
        );
    }

    #[test]
    fn a_literal_has_the_digits_of_the_response() {
        let date = |text: &str| Value::DateTime(text.to_owned());
        let number = |text: &str| Value::Number(text.to_owned().try_into().expect("a number"));
        for (value, sql) in [
            (date("2024-01-01T00:00:00"), "'2024-01-01T00:00:00'"),
            (
                date("2024-01-01T00:00:00.1200000"),
                "'2024-01-01T00:00:00.120'",
            ),
            (
                date("2024-01-01T00:00:00.1234567"),
                "'2024-01-01T00:00:00.1234567'",
            ),
            (number("12.3450"), "12.3450"),
            (number("0.30000000000000004"), "0.30000000000000004e0"),
            (number("1.5e-7"), "1.5e-7"),
        ] {
            let literal = value.literal().expect("a literal");
            assert_eq!(literal.as_sql(), sql);
        }
    }

    #[test]
    fn the_record_of_the_cursor_is_included_on_request() {
        let cursor = Cursor {
            key: Some(Key::Id(7)),
            values: vec![b()],
            before: Vec::new(),
        };
        assert_eq!(
            from(&cursor, &[term("City", false)], Some(false)).to_sql(),
            "City > N'B' OR (City = N'B' AND PK_ID >= 7)"
        );
    }

    #[test]
    fn only_numbers_become_sql() {
        assert!(Digits::try_from("1; DROP TABLE x".to_owned()).is_err());
        assert!(Digits::try_from("inf".to_owned()).is_err());
        assert!(Digits::try_from("-1.5e-3".to_owned()).is_ok());
    }
}
