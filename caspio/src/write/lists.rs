//! List columns of rows: their values as the keys that Caspio takes.

use crate::record::Row;
use crate::schema::FieldDefinition;
use crate::value::{FieldValue, list_keys};
use caspio_schema::is_same_name;

/// The list columns with a value that their definition does not allow, and the values it allows.
pub(super) fn violations(row: &Row<'_>, definitions: &[FieldDefinition]) -> Vec<(String, String)> {
    row.iter()
        .filter_map(|(name, value)| {
            let FieldValue::List(values) = value else {
                return None;
            };
            let violation = keys(name, values, definitions).err()?;
            Some((name.to_owned(), violation))
        })
        .collect()
}

/// Replaces the values of list columns by their keys, `[1,3]`. Values without one are [`violations`], and
/// stay.
pub(super) fn by_keys<'a>(row: Row<'a>, definitions: &[FieldDefinition]) -> Row<'a> {
    row.map(|name, value| match &value {
        FieldValue::List(values) => match keys(name, values, definitions) {
            Ok(keys) => FieldValue::List(keys.into_iter().map(FieldValue::Integer).collect()),
            Err(_) => value,
        },
        _ => value,
    })
}

fn keys(
    name: &str,
    values: &[FieldValue<'_>],
    definitions: &[FieldDefinition],
) -> Result<Vec<i64>, String> {
    let mut fields = definitions.iter();
    let field = fields.find(|field| is_same_name(&field.name, name));
    list_keys(field.ok_or("there is no such field")?, values)
}
