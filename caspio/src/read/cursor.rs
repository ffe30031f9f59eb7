//! Keyset cursor: the sort values and the key of a record.

use super::seen::Shown;
use crate::filter::OrderTerm;
use crate::filter::literal::Literal;
use crate::record::{Key, ObjectKind};
use caspio_schema::Kind;
use caspio_support::hash::fnv1a_64;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// How many records before the cursor's are kept: they mark its place if its record was deleted.
pub(super) const MOST_BEFORE: usize = 8;

/// How many digits of a float are always shown.
const DIGITS_OF_FLOATS: usize = 15;

/// A float of 17 digits that takes the most characters: smaller ones have an exponent.
const LONGEST_FLOAT: &str = "-0.0000012345678901234567";

/// The position of a record in a query's order.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    /// The record's key, or that of a record of the group if the group has texts.
    pub(super) key: Option<Key>,
    /// The record's values in the columns of the order; `None` is null.
    pub(super) values: Vec<Option<Value>>,
    /// Which of these values are null, as the service compares them; `None` if only what it shows is known: null and an
    /// empty text may be shown alike.
    pub(super) nulls: Option<Vec<bool>>,
    /// The records before it in the order, the nearest first.
    pub(super) before: Vec<Cursor>,
    /// The hash of the first record of the read: a response that begins with it again is not the next one.
    pub(super) first: Option<u64>,
    /// The hash of the record's row, of a view: another record may have the same key and values.
    pub(super) row: Option<u64>,
    /// How the service showed values, in the cursor of a position.
    pub(super) shown: Shown,
}

/// Two cursors are equal if they are of one record with the same values, as far as these are known.
impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, &self.values) == (&other.key, &other.values) && self.may_have_nulls_of(other)
    }
}

impl Cursor {
    /// The cursor of a record that came without a key: its place is not known.
    pub(super) const UNKNOWN: Self = Self {
        key: None,
        values: Vec::new(),
        nulls: None,
        before: Vec::new(),
        first: None,
        row: None,
        shown: Shown {
            blanks_alike: false,
            digits_cut: false,
        },
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
        let first = match earlier {
            Some(earlier) => earlier.first,
            None => records.first().map(Self::hash),
        };
        let (last, records) = records.split_last()?;
        let nearest = records.iter().rev().chain(earlier);
        let furthest = earlier.iter().flat_map(|earlier| &earlier.before);
        let before = nearest.chain(furthest).take(MOST_BEFORE);
        Some(Self {
            before: before.map(Self::alone).collect(),
            first,
            ..last.alone()
        })
    }

    /// Returns a hash by which a record with the same values is recognized.
    pub(super) fn hash(&self) -> u64 {
        let text = format!("{:?}\n{:?}\n{:?}", self.key, self.values, self.nulls);
        fnv1a_64(text.bytes())
    }

    /// Returns the cursor without the records before it.
    fn alone(&self) -> Self {
        Self {
            key: self.key.clone(),
            values: self.values.clone(),
            nulls: self.nulls.clone(),
            row: self.row,
            ..Self::UNKNOWN
        }
    }

    /// Whether both are known to be of rows that differ.
    pub(super) fn has_another_row(&self, other: &Self) -> bool {
        let rows = self.row.zip(other.row);
        rows.is_some_and(|(row, other)| row != other)
    }

    /// Returns the values as the service compares them, as far as that is known.
    pub(super) fn compared(&self) -> Vec<Option<Value>> {
        let Some(nulls) = &self.nulls else {
            return self.values.clone();
        };
        let values = self.values.iter().zip(nulls);
        let compared = values.map(|(value, is_null)| match value {
            _ if *is_null => None,
            None => Some(Value::Text(String::new())),
            value => value.clone(),
        });
        compared.collect()
    }

    /// Whether both have nulls in the same columns, or it is not known of one of them.
    fn may_have_nulls_of(&self, other: &Self) -> bool {
        let known = self.nulls.as_ref().zip(other.nulls.as_ref());
        known.is_none_or(|(nulls, others)| nulls == others)
    }

    /// Whether both have the same values, texts without case and trailing blanks.
    pub(super) fn has_equal_values(&self, other: &Self) -> bool {
        let folded = |text: &str| text.trim_end_matches(' ').to_lowercase();
        let mut values = self.values.iter().zip(&other.values);
        let are_equal = values.all(|values| match values {
            (Some(Value::Text(a)), Some(Value::Text(b))) => folded(a) == folded(b),
            (a, b) => a == b,
        });
        are_equal && self.may_have_nulls_of(other)
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
        let values = terms.iter().map(|term| match term.kind {
            // The conditions for nulls are longer than those for `0` and `1`; a descending order only ends with them.
            Kind::YesNo if !term.descending => None,
            kind => Some(Value::longest(kind, text)),
        });
        Self {
            key: key.map(longest_key),
            values: values.collect(),
            ..Self::UNKNOWN
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

    /// Returns the number of digits without zeros at the beginning and at the end.
    pub(super) fn significant(&self) -> usize {
        let (digits, _) = self.0.split_once(['e', 'E']).unwrap_or((&self.0, ""));
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        digits.trim_matches('0').len()
    }

    pub(super) fn is_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E'])
    }
}

impl Value {
    /// Returns a value of the greatest length in T-SQL, or this text.
    fn longest(kind: Kind, text: &str) -> Self {
        match kind {
            // A sum or a formula can have the range of `bigint`.
            Kind::Integer => Self::Number(Digits(i64::MIN.to_string())),
            // A Number can be declared as Decimal.
            Kind::Currency => Self::Number(Digits(LONGEST_FLOAT.to_owned())),
            Kind::Number => Self::Float(Digits(LONGEST_FLOAT.to_owned())),
            Kind::YesNo => Self::YesNo(true),
            Kind::DateTime => Self::DateTime("2000-12-31T23:59:59.1234567".to_owned()),
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

    /// Whether the service may show the value with fewer digits than it has: a struct may declare a column of floats as
    /// `Decimal`.
    pub(super) fn may_be_float(&self, term: &OrderTerm) -> bool {
        match self {
            Self::Float(_) => true,
            Self::Number(_) => term.kind == Kind::Currency,
            _ => false,
        }
    }

    /// Whether a number has no more digits than a service shows that cuts floats.
    pub(super) fn has_few_digits(&self) -> bool {
        match self {
            Self::Number(digits) | Self::Float(digits) => digits.significant() <= DIGITS_OF_FLOATS,
            _ => false,
        }
    }

    /// Returns the value as T-SQL; `None` for a malformed date.
    pub(super) fn literal(&self) -> Option<Literal> {
        Some(match self {
            Self::Text(text) => Literal::text(text),
            // More than the four places of a Currency: the column is a Number that the struct declares as Decimal.
            Self::Number(Digits(digits)) if fraction_digits(digits) > 4 => {
                Literal::digits(format!("{digits}e0"))
            }
            Self::Number(Digits(digits)) => Literal::digits(digits),
            // An exponent makes the literal a float. SQL Server would compare a decimal literal after
            // rounding it.
            Self::Float(Digits(digits)) if digits.contains(['e', 'E']) => Literal::digits(digits),
            Self::Float(Digits(digits)) => Literal::digits(format!("{digits}e0")),
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
    Literal::exact_date_time(at)
}

fn wall_clock(text: &str) -> Option<DateTime> {
    crate::value::wall_clock(text)
}

/// Returns a key as T-SQL.
pub(crate) fn key_literal(key: &Key) -> Literal {
    match key {
        Key::Id(id) => Literal::integer(*id),
        Key::Text(text) => Literal::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(literal.to_string(), sql);
        }
    }

    #[test]
    fn only_numbers_become_sql() {
        assert!(Digits::try_from("1; DROP TABLE x".to_owned()).is_err());
        assert!(Digits::try_from("inf".to_owned()).is_err());
        assert!(Digits::try_from("-1.5e-3".to_owned()).is_ok());
    }
}
