//! What a condition compares, and which values it can have.

use super::tokens::name_token;
use crate::filter::expr::{Expr, Operand, Operator};
use crate::filter::literal::Literal;
use crate::filter::sql::is_key;
use crate::record::{FieldInfo, ObjectKind, Origin};
use caspio_schema::Kind;
use std::collections::HashMap;

/// The keys of a table: they count from 1 and have 32 bits.
const KEYS: (f64, f64) = (1.0, i32::MAX as f64);

/// The values that a column or an expression can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Domain {
    /// A table's keys, numbers.
    Key,
    /// A view's keys, texts with the keys of records of its tables.
    ViewKey,
    YesNo,
    /// Yes/No of a view, which is null where it joins no record.
    YesNoOrNull,
    Any,
}

impl Domain {
    pub(super) fn is_never_null(self) -> bool {
        matches!(self, Self::Key | Self::ViewKey | Self::YesNo)
    }

    pub(super) fn is_yes_no(self) -> bool {
        matches!(self, Self::YesNo | Self::YesNoOrNull)
    }

    pub(super) fn range(self) -> (f64, f64) {
        match self {
            Self::Key | Self::ViewKey => KEYS,
            Self::YesNo | Self::YesNoOrNull => (0.0, 1.0),
            Self::Any => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// The number that a text is converted to for a comparison with one of the values.
    pub(super) fn number(self, text: &str, operator: Operator) -> Option<f64> {
        let text = text.trim();
        let number = match (self, text) {
            (Self::Any, _) => None,
            (Self::Key | Self::ViewKey, "") => Some(0.0),
            // The order of texts is not that of numbers, but all keys come after zeros.
            (Self::ViewKey, _) if !matches!(operator, Operator::Eq | Operator::Ne) => {
                text.bytes().all(|digit| digit == b'0').then_some(0.0)
            }
            (Self::YesNo | Self::YesNoOrNull, "true") => Some(1.0),
            (Self::YesNo | Self::YesNoOrNull, "false") => Some(0.0),
            _ => text.parse().ok(),
        };
        number.filter(|number: &f64| number.is_finite())
    }
}

/// A column, or an expression of which nothing else is known.
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
}

/// What is known of the columns of a table or view.
pub(super) struct Columns {
    key: Domain,
    yes_no: HashMap<String, Domain>,
}

impl Columns {
    /// Yes/No are the fields of a struct, and the columns that the condition compares with Yes and No.
    pub(super) fn new(kind: ObjectKind, fields: &[FieldInfo], condition: &Expr) -> Self {
        let (key, unsure) = match kind {
            ObjectKind::Table => (Domain::Key, Domain::YesNo),
            ObjectKind::View => (Domain::ViewKey, Domain::YesNoOrNull),
        };
        let mut yes_no = HashMap::new();
        add_compared(condition, &mut |column| {
            yes_no.insert(name_token(column), unsure);
        });
        for field in fields {
            if field.kind == Some(Kind::YesNo) && field.origin == Origin::Column {
                let domain = match field.nullable {
                    true => unsure,
                    false => Domain::YesNo,
                };
                yes_no.insert(name_token(field.name), domain);
            }
        }
        Self { key, yes_no }
    }

    /// The column with the name that a token spells.
    pub(super) fn variable(&self, token: &str) -> Variable {
        let known = self.yes_no.get(token).copied();
        Variable {
            name: token.to_owned(),
            domain: match known {
                _ if is_key(token) => self.key,
                known => known.unwrap_or(Domain::Any),
            },
        }
    }
}

/// Hands over the columns that a condition takes for Yes/No.
fn add_compared(condition: &Expr, add: &mut impl FnMut(&str)) {
    match condition {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| add_compared(part, add)),
        Expr::Not(inner) => add_compared(inner, add),
        Expr::Compare {
            left: Operand::Column(column),
            right,
            ..
        } if right.is_yes_no() => add(column),
        Expr::In { column, items } if items.iter().any(Literal::is_yes_no) => add(column),
        Expr::Null {
            column,
            of_yes_no: true,
            ..
        } => add(column),
        _ => {}
    }
}
