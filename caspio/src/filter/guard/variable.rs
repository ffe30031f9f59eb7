//! What a condition compares, and which values it can have.

use super::names::name_word;
use crate::filter::expr::{Expr, NullTest, Operand, Operator};
use crate::filter::literal::{Literal, Value};
use crate::filter::sql::is_key;
use crate::record::{FieldInfo, ObjectKind, Origin};
use caspio_schema::Kind;
use std::collections::HashMap;

/// The keys of a table: they count from 1 and have 32 bits.
const KEYS: (f64, f64) = (1.0, i32::MAX as f64);

/// The greatest number that a condition is expected to compare a function with.
const FARTHEST: f64 = 9_007_199_254_740_992.0;

/// The values that a column or an expression can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Domain {
    /// A table's keys, numbers.
    Key,
    /// A view's keys, texts with the keys of records of its tables.
    ViewKey,
    YesNo,
    /// Yes/No of a view, which is null where it joins no record.
    YesNoOrNull,
    Text,
    Date,
    /// Numbers of 32 bits. The column may be a Number, so that they need not be whole.
    Integer,
    /// Numbers from the first to the last one, such as the results of a function.
    Between(i64, i64),
    /// As many values, by their numbers.
    OneOf(usize),
    Any,
}

impl Domain {
    pub(super) fn is_never_null(self) -> bool {
        matches!(self, Self::Key | Self::ViewKey | Self::YesNo)
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Key | Self::Integer) || self.is_yes_no()
    }

    fn is_yes_no(self) -> bool {
        matches!(self, Self::YesNo | Self::YesNoOrNull)
    }

    /// Whether a comparison may hold for all of its values.
    pub(super) fn is_limited(self) -> bool {
        self.is_yes_no() || matches!(self, Self::Integer | Self::Between(..))
    }

    pub(super) fn range(self) -> (f64, f64) {
        match self {
            Self::Key | Self::ViewKey => KEYS,
            Self::YesNo | Self::YesNoOrNull => (0.0, 1.0),
            Self::Integer => (f64::from(i32::MIN), f64::from(i32::MAX)),
            Self::Between(low, high) => (low as f64, high as f64),
            Self::OneOf(count) => (0.0, count as f64),
            Self::Text | Self::Date | Self::Any => (f64::MIN, f64::MAX),
        }
    }

    /// The number that a text is converted to for a comparison with one of the values.
    pub(super) fn number(self, text: &str, operator: Operator) -> Option<f64> {
        let text = text.trim();
        let number = match (self, text) {
            (Self::Text | Self::Date | Self::Any | Self::OneOf(_) | Self::Between(..), _) => None,
            (Self::Key | Self::ViewKey | Self::Integer, "") => Some(0.0),
            // The order of texts is not that of numbers, but all keys come after zeros.
            (Self::ViewKey, _) if is_order(operator) => {
                text.bytes().all(|digit| digit == b'0').then_some(0.0)
            }
            (Self::ViewKey, _) if !is_usual_number(text) => None,
            (Self::YesNo | Self::YesNoOrNull, "true") => Some(1.0),
            (Self::YesNo | Self::YesNoOrNull, "false") => Some(0.0),
            _ => text.parse().ok(),
        };
        number.filter(|number: &f64| number.is_finite())
    }
}

fn is_order(operator: Operator) -> bool {
    !matches!(operator, Operator::Eq | Operator::Ne)
}

/// Whether a text is the usual spelling of a whole number.
pub(super) fn is_usual_number(text: &str) -> bool {
    text.parse()
        .is_ok_and(|number: i64| number.to_string() == text)
}

/// A column, or an expression about which nothing else is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) domain: Domain,
}

impl Variable {
    pub(super) fn any(name: String) -> Self {
        Self {
            name,
            domain: Domain::Any,
        }
    }

    /// An expression whose values are in this range.
    pub(super) fn within(name: String, (low, high): (f64, f64)) -> Self {
        // The numbers that are whole in 64 bits, and farther ones are as good as none.
        let is_exact = |bound: f64| bound.fract() == 0.0 && bound.abs() <= FARTHEST;
        let domain = match (is_exact(low), is_exact(high)) {
            (true, true) => Domain::Between(low as i64, high as i64),
            (true, false) => Domain::Between(low as i64, FARTHEST as i64),
            (false, _) => Domain::Any,
        };
        Self { name, domain }
    }
}

/// What is known about the columns of a table or view.
pub(super) struct Columns {
    key: Domain,
    known: HashMap<String, Domain>,
}

impl Columns {
    /// Yes/No and texts are the fields of a struct, and the columns that the condition compares with such values.
    pub(super) fn new(kind: ObjectKind, fields: &[FieldInfo], condition: &Expr) -> Self {
        let (key, unsure) = match kind {
            ObjectKind::Table => (Domain::Key, Domain::YesNo),
            ObjectKind::View => (Domain::ViewKey, Domain::YesNoOrNull),
        };
        let mut known = HashMap::new();
        add_compared(condition, &mut |column, kind| {
            let domain = match kind {
                Kind::YesNo => unsure,
                Kind::DateTime => Domain::Date,
                _ => Domain::Text,
            };
            known.insert(name_word(column), domain);
        });
        for field in fields.iter().filter(|field| field.origin == Origin::Column) {
            let domain = match field.kind {
                // A formula can be null.
                Some(Kind::YesNo) if field.nullable && field.read_only => Domain::YesNoOrNull,
                Some(Kind::YesNo) if field.nullable => unsure,
                Some(Kind::YesNo) => Domain::YesNo,
                Some(Kind::Text) => Domain::Text,
                Some(Kind::DateTime) => Domain::Date,
                Some(Kind::Integer) if holds_32_bits(field) => Domain::Integer,
                _ => continue,
            };
            known.insert(name_word(field.name), domain);
        }
        Self { key, known }
    }

    /// The column with the name that a token spells.
    pub(super) fn variable(&self, token: &str) -> Variable {
        let known = self.known.get(token).copied();
        Variable {
            name: token.to_owned(),
            domain: match known {
                _ if is_key(token) => self.key,
                known => known.unwrap_or(Domain::Any),
            },
        }
    }
}

/// Whether a field is of a type of numbers in which each has 32 bits at most, so that its column has no others.
fn holds_32_bits(field: &FieldInfo) -> bool {
    const TYPES: [&str; 5] = ["i32", "i16", "i8", "u16", "u8"];
    let inner = field.expected.strip_prefix("a whole number (");
    let inner = inner.and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|inner| TYPES.contains(&inner))
}

/// Hands over the columns that a condition takes for Yes/No or texts.
fn add_compared(condition: &Expr, add: &mut impl FnMut(&str, Kind)) {
    match condition {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| add_compared(part, add)),
        Expr::Not(inner) => add_compared(inner, add),
        Expr::Compare {
            left: Operand::Column(column),
            right,
            ..
        } => kind_of(right)
            .into_iter()
            .for_each(|kind| add(column, kind)),
        Expr::Between { column, low, high } => [low, high]
            .into_iter()
            .filter_map(kind_of)
            .for_each(|kind| add(column, kind)),
        Expr::In { column, items } => {
            let kind = items.first().and_then(kind_of);
            kind.into_iter().for_each(|kind| add(column, kind));
        }
        Expr::Null {
            column,
            test: NullTest::YesNoColumn,
            ..
        } => add(column, Kind::YesNo),
        _ => {}
    }
}

/// The kind of the columns that are compared with a literal, where its values matter.
fn kind_of(literal: &Literal) -> Option<Kind> {
    match &literal.0 {
        Value::YesNo(_) => Some(Kind::YesNo),
        Value::Text(_) => Some(Kind::Text),
        Value::Day(_) | Value::Moment(_) | Value::ExactMoment(_) => Some(Kind::DateTime),
        _ => None,
    }
}
