//! Equality of values as Caspio defines it, by the type of the column. Only this module compares values.

mod similar;
#[cfg(test)]
mod tests;

pub(crate) use similar::reduced;

use super::FieldValue;
use super::date::{as_sent, stored_date};
use caspio_schema::DataType;
use caspio_support::digits::is_same as is_same_digits;
use jiff::civil::DateTime;
use rust_decimal::{Decimal, RoundingStrategy};
use secrecy::ExposeSecret;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Half of the last decimal place that Currency stores.
const HALF_A_PLACE: Decimal = Decimal::from_parts(5, 0, 0, false, 5);

/// A value in the form that Caspio compares.
enum Canonical<'v> {
    Null,
    Bool(bool),
    Number(Number<'v>),
    Text(Cow<'v, str>),
    DateTime(DateTime),
}

/// A number, in the form in which it came.
#[derive(Clone, Copy)]
enum Number<'v> {
    Float(f64),
    Exact(Decimal),
    /// The digits of JSON or text.
    Digits(&'v str),
}

/// Whether a column of this type stores two values as the same. Without a type the values' own types decide.
pub(crate) fn is_same(
    a: &FieldValue<'_>,
    b: &FieldValue<'_>,
    data_type: Option<&DataType>,
) -> bool {
    match (a, b) {
        (FieldValue::Absent, FieldValue::Absent) => true,
        (FieldValue::Secret(a), FieldValue::Secret(b)) => a.expose_secret() == b.expose_secret(),
        (FieldValue::List(a), FieldValue::List(b)) => is_same_list(a, b),
        _ => match (Canonical::of(a, data_type), Canonical::of(b, data_type)) {
            (Some(a), Some(b)) => a.is_same(&b, data_type),
            _ => false,
        },
    }
}

/// Whether two lists hold the same values equally often, in any order.
fn is_same_list(a: &[FieldValue<'_>], b: &[FieldValue<'_>]) -> bool {
    let mut rest: Vec<&FieldValue<'_>> = b.iter().collect();
    let is_taken = |value: &FieldValue<'_>| {
        let found = rest.iter().position(|other| is_same(value, other, None));
        found.map(|index| rest.swap_remove(index)).is_some()
    };
    a.len() == b.len() && a.iter().all(is_taken)
}

/// Whether a record that was read as `stored` holds the value already. Without a type numbers are compared
/// exactly. Lists are compared by their keys, not here.
pub(crate) fn is_stored_as(
    value: &FieldValue<'_>,
    stored: &RawValue,
    data_type: Option<&DataType>,
) -> bool {
    match (
        Canonical::of(value, data_type),
        Canonical::read(stored, data_type),
    ) {
        (Some(value), Some(stored)) => value.is_stored_as(&stored, data_type),
        _ => false,
    }
}

/// The value that a column of this type stores for a value: a date for the text of one, an amount without the places
/// that Currency does not have. So a condition compares the column with a value of its own type.
pub(crate) fn as_stored<'v>(
    value: &'v FieldValue<'_>,
    data_type: Option<&DataType>,
) -> FieldValue<'v> {
    match (data_type, Canonical::of(value, data_type)) {
        (Some(DataType::Currency), Some(Canonical::Number(number))) => match number.exact() {
            Some(amount) => FieldValue::Decimal(to_four_places(amount)),
            None => value.clone(),
        },
        (Some(DataType::Number), Some(Canonical::Number(number))) => number
            .float()
            .map_or_else(|| value.clone(), FieldValue::Number),
        (Some(data_type), Some(Canonical::Number(number))) if data_type.is_text() => {
            FieldValue::Text(number.shown().into())
        }
        (_, Some(Canonical::DateTime(at))) => FieldValue::DateTime(at),
        (Some(_), Some(canonical)) if matches!(value, FieldValue::Text(_)) => match canonical {
            Canonical::Number(Number::Exact(number)) => FieldValue::Decimal(number),
            Canonical::Number(Number::Float(number)) => FieldValue::Number(number),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

/// Returns the number that a text spells, as a numeric column reads it.
pub(crate) fn number_in(text: &str) -> Option<FieldValue<'static>> {
    match Number::of_text(text)? {
        Number::Exact(number) => Some(FieldValue::Decimal(number)),
        Number::Float(number) => Some(FieldValue::Number(number)),
        Number::Digits(_) => None,
    }
}

/// Values are the same if Caspio would store the same: numbers of any type as numbers, dates in steps of 1/300 s, lists
/// in any order, text letter by letter.
impl PartialEq for FieldValue<'_> {
    fn eq(&self, other: &Self) -> bool {
        is_same(self, other, None)
    }
}

impl<'v> Canonical<'v> {
    fn of(value: &'v FieldValue<'_>, data_type: Option<&DataType>) -> Option<Self> {
        Some(match value {
            FieldValue::Null => Self::Null,
            FieldValue::Bool(yes) => Self::Bool(*yes),
            FieldValue::Integer(number) => Self::Number(Number::Exact(Decimal::from(*number))),
            FieldValue::Number(number) => Self::Number(Number::Float(*number)),
            FieldValue::Decimal(amount) => Self::Number(Number::Exact(*amount)),
            FieldValue::Digits(digits) => Self::Number(Number::Digits(digits)),
            FieldValue::Text(text) => Self::of_text(Cow::Borrowed(text), data_type),
            FieldValue::DateTime(at) => Self::DateTime(as_sent(*at)),
            FieldValue::Absent | FieldValue::List(_) | FieldValue::Secret(_) => return None,
        })
    }

    /// A value as it came from Caspio; `None` for a list.
    fn read(raw: &'v RawValue, data_type: Option<&DataType>) -> Option<Self> {
        let json = raw.get();
        Some(match json.as_bytes().first()? {
            // A blank Number was seen as an empty text.
            b'"' if json == "\"\"" && data_type == Some(&DataType::Number) => Self::Null,
            b'"' => Self::of_text(Cow::Owned(serde_json::from_str(json).ok()?), data_type),
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'{' | b'[' => return None,
            _ => Self::Number(Number::Digits(json)),
        })
    }

    fn of_text(text: Cow<'v, str>, data_type: Option<&DataType>) -> Self {
        let value = match data_type {
            Some(DataType::DateTime | DataType::Timestamp) => {
                stored_date(&text).map(as_sent).map(Self::DateTime)
            }
            Some(data_type) if is_numeric(data_type) => Number::of_text(&text).map(Self::Number),
            _ => None,
        };
        value.unwrap_or(Self::Text(text))
    }

    /// Whether a record holds the value already: blank text may be read as null, and Yes/No is never null.
    fn is_stored_as(&self, stored: &Self, data_type: Option<&DataType>) -> bool {
        let holds_text = data_type.is_none_or(DataType::is_text);
        match (self, stored) {
            (Self::Null, Self::Bool(false)) => true,
            (Self::Null, Self::Text(text)) => text.is_empty(),
            (Self::Text(text), Self::Null) if holds_text => text.is_empty(),
            (Self::Number(number), Self::Bool(yes)) => {
                number.is_same_float(&Number::Float(f64::from(*yes)))
            }
            _ => self.is_same(stored, data_type),
        }
    }

    /// `other` is the stored value, if one of them is.
    fn is_same(&self, other: &Self, data_type: Option<&DataType>) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::DateTime(a), Self::DateTime(b)) => ticks(*a) == ticks(*b),
            (Self::DateTime(at), Self::Text(text)) | (Self::Text(text), Self::DateTime(at)) => {
                stored_date(text).is_some_and(|other| ticks(*at) == ticks(as_sent(other)))
            }
            (Self::Number(a), Self::Number(b)) => a.is_same(b, data_type),
            _ => false,
        }
    }

    /// The form in which Caspio compares the values of a unique column; `None` for one that cannot
    /// identify records.
    fn into_key(self, data_type: Option<&DataType>) -> Option<String> {
        Some(match self {
            Self::Text(text) => compared(&text),
            Self::Number(number) => number.key(data_type)?,
            Self::DateTime(at) => ticks(at).to_string(),
            Self::Null | Self::Bool(_) => return None,
        })
    }
}

/// Text in the form in which Caspio compares it: without case and without blanks at its end.
pub(crate) fn compared(text: &str) -> String {
    text.trim_end_matches(' ').to_lowercase()
}

/// A date as SQL Server's `datetime` counts it: steps of 1/300 s, after the milliseconds that are sent.
fn ticks(at: DateTime) -> i128 {
    let milliseconds = at.duration_since(DateTime::MIN).as_millis();
    (milliseconds * 3 + 5) / 10
}

fn is_numeric(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Number | DataType::Integer | DataType::Currency | DataType::Autonumber
    )
}

/// How Currency rounds halves is not documented (fact `halves-of-amounts`); [`is_between_places`] finds such amounts.
fn to_four_places(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)
}

fn is_between_places(amount: Decimal) -> bool {
    let gap = amount.checked_sub(to_four_places(amount));
    gap.is_some_and(|gap| gap.abs() == HALF_A_PLACE)
}

impl Number<'_> {
    /// The number that a text spells.
    fn of_text(text: &str) -> Option<Number<'static>> {
        let text = text.trim();
        if text.contains('_') {
            return None;
        }
        let float = || text.parse().ok().filter(|number: &f64| number.is_finite());
        let exact = decimal(text).map(Number::Exact);
        exact.or_else(|| float().map(Number::Float))
    }

    fn is_same(&self, other: &Self, data_type: Option<&DataType>) -> bool {
        let is_float = |number: &Self| matches!(number, Self::Float(_));
        match data_type {
            Some(DataType::Number) => self.is_same_float(other),
            _ if is_float(self) || is_float(other) => {
                let currency = data_type == Some(&DataType::Currency);
                self.is_same_float(other) || currency && self.is_same_amount(other)
            }
            Some(DataType::Currency) => self.is_same_amount(other),
            _ => self.is_same_exactly(other),
        }
    }

    #[allow(clippy::float_cmp, reason = "the same float is the same value")]
    fn is_same_float(&self, other: &Self) -> bool {
        match (self.float(), other.float()) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }

    fn is_same_exactly(&self, other: &Self) -> bool {
        match (self.exact(), other.exact()) {
            (Some(a), Some(b)) => a == b,
            // Out of the range of exact numbers.
            _ => self.is_same_float(other),
        }
    }

    /// Currency rounds what is written to it to four places. How it rounds halves is not documented, so either
    /// neighbour is the same.
    fn is_same_amount(&self, stored: &Self) -> bool {
        let has_more_places = |number: Decimal| number.normalize().scale() > 4;
        let is_rounded = match (self.exact(), stored.exact()) {
            (Some(new), Some(stored)) if has_more_places(new) && !has_more_places(stored) => new
                .checked_sub(stored)
                .is_some_and(|gap| gap.abs() <= HALF_A_PLACE),
            _ => false,
        };
        is_rounded || self.is_same_exactly(stored)
    }

    /// By its digits: converting between `Decimal` and `f64` directly may round.
    fn float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            Self::Exact(number) => number.to_string().parse().ok(),
            Self::Digits(digits) => digits.parse().ok(),
        }
    }

    fn exact(&self) -> Option<Decimal> {
        match self {
            Self::Float(number) => decimal(&number.to_string()),
            Self::Exact(number) => Some(*number),
            Self::Digits(digits) => decimal(digits),
        }
    }

    /// `None` for an amount that lies between two values of Currency.
    fn key(&self, data_type: Option<&DataType>) -> Option<String> {
        let exact = match data_type {
            Some(DataType::Number) => None,
            Some(DataType::Currency) => match self.exact() {
                Some(amount) if is_between_places(amount) => return None,
                amount => amount.map(to_four_places),
            },
            _ => self.exact(),
        };
        match exact {
            Some(number) => Some(number.normalize().to_string()),
            // What is too large or too small for exact digits is held as a float.
            None => {
                let finite = self.float().filter(|number| number.is_finite());
                finite.map(|number| format!("{:e}", number + 0.0))
            }
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Float(number) => number.to_string(),
            Self::Exact(number) => number.to_string(),
            Self::Digits(digits) => (*digits).to_owned(),
        }
    }
}

/// The number that these digits spell, exactly.
pub(super) fn decimal(digits: &str) -> Option<Decimal> {
    let exact = Decimal::from_str_exact(digits).ok();
    exact.or_else(|| {
        // It rounds digits that it has no room for.
        let number = Decimal::from_scientific(digits).ok()?;
        is_same_digits(&number.to_string(), digits).then_some(number)
    })
}

/// A value of a unique column in the form in which Caspio compares it: text without case and without spaces
/// at its end, numbers as numbers, amounts to four places, dates to 1/300 s.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalKey(String);

impl CanonicalKey {
    /// The key of a value that is written to a column of this type; `None` for a value that cannot
    /// identify records: null, Yes/No, a list.
    #[must_use]
    pub fn of(value: &FieldValue<'_>, data_type: Option<&DataType>) -> Option<Self> {
        let key = Canonical::of(value, data_type)?.into_key(data_type)?;
        Some(Self(key))
    }

    /// The key of a value as it was read.
    pub(crate) fn read(raw: &RawValue, data_type: Option<&DataType>) -> Option<Self> {
        let key = Canonical::read(raw, data_type)?.into_key(data_type)?;
        Some(Self(key))
    }
}
