//! The columns of a sync: what decides how their values are compared.

use crate::record::FieldInfo;
use crate::schema::{DataType, FieldDefinition, Kind};
use crate::value::FieldValue;
use caspio_schema::is_same_name;
use std::sync::Arc;

/// What is known about the columns, from the definitions or from the rows' own types.
pub(super) struct Columns {
    definitions: Arc<Vec<FieldDefinition>>,
    fields: &'static [FieldInfo],
}

impl Columns {
    pub(super) fn new(
        definitions: Arc<Vec<FieldDefinition>>,
        fields: &'static [FieldInfo],
    ) -> Self {
        Self {
            definitions,
            fields,
        }
    }

    pub(super) fn definition(&self, name: &str) -> Option<&FieldDefinition> {
        let mut definitions = self.definitions.iter();
        definitions.find(|field| is_same_name(&field.name, name))
    }

    /// A column's name as the account spells it, as far as it is known.
    pub(super) fn spelled<'n>(&'n self, name: &'n str) -> &'n str {
        self.definition(name).map_or(name, |field| &field.name)
    }

    /// The type that decides how the values of a column are compared, if it is known.
    pub(super) fn data_type(&self, name: &str) -> Option<&DataType> {
        match self.definition(name) {
            Some(field) => Some(&field.data_type),
            None => compared_as(kind(self.fields, name)?),
        }
    }
}

/// Whether the definition of a column is needed to compare a value: the rows' types leave open what the column is.
pub(super) fn needs_definition(
    fields: &'static [FieldInfo],
    name: &str,
    value: &FieldValue<'_>,
) -> bool {
    match (value, kind(fields, name)) {
        (FieldValue::List(values), _) => !values.is_empty(),
        // A Decimal may be written to Currency or to Number.
        (FieldValue::Decimal(amount), Some(_)) => {
            let amount = amount.normalize();
            amount.scale() > 4 || amount.mantissa().unsigned_abs() >= 10_u128.pow(15)
        }
        // A float may be written to Currency, which stores four places of it.
        (FieldValue::Number(number), Some(_)) if has_more_places(*number) => true,
        (FieldValue::Text(_) | FieldValue::Number(_) | FieldValue::Integer(_), kind) => {
            kind.and_then(compared_as).is_none()
        }
        _ => false,
    }
}

#[allow(clippy::float_cmp, reason = "only the same float has no more places")]
fn has_more_places(number: f64) -> bool {
    (number * 10_000.0).round() / 10_000.0 != number
}

fn kind(fields: &'static [FieldInfo], name: &str) -> Option<Kind> {
    let mut fields = fields.iter();
    let field = fields.find(|field| is_same_name(field.name, name))?;
    field.kind
}

fn compared_as(kind: Kind) -> Option<&'static DataType> {
    Some(match kind {
        Kind::Text | Kind::Guid => &DataType::Text255,
        Kind::Integer | Kind::Number => &DataType::Number,
        Kind::DateTime => &DataType::DateTime,
        Kind::YesNo => &DataType::YesNo,
        _ => return None,
    })
}
