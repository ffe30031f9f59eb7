//! The values of list columns and their keys, by which Caspio accepts them.

use super::{CanonicalKey, FieldValue, is_same};
use caspio_schema::{DataType, FieldDefinition};
use std::collections::BTreeSet;

/// The keys of a list's values, in their order.
///
/// # Errors
///
/// The reason why the field does not accept one of the values, and the values it accepts.
pub(crate) fn list_keys(
    field: &FieldDefinition,
    values: &[FieldValue<'_>],
) -> Result<Vec<i64>, String> {
    if !field.data_type.is_list() {
        return Err(format!("the field is not a list but {}", field.data_type));
    }
    values.iter().map(|value| key(field, value)).collect()
}

/// The keys of a list's values, in any order; `None` for a value that is not in the list.
pub(crate) fn key_set(field: &FieldDefinition, values: &[FieldValue<'_>]) -> Option<BTreeSet<i64>> {
    let keys = list_keys(field, values).ok()?;
    Some(keys.into_iter().collect())
}

fn key(field: &FieldDefinition, value: &FieldValue<'_>) -> Result<i64, String> {
    let data_type = item_type(&field.data_type);
    let entries = || {
        let entries = field.list.iter();
        entries.map(|(key, entry)| (*key, FieldValue::from(entry)))
    };
    let exact = entries().find(|(_, entry)| is_same(value, entry, Some(&data_type)));
    // Caspio compares text without case.
    let found = exact.or_else(|| {
        let wanted = CanonicalKey::of(value, Some(&data_type))?;
        entries()
            .find(|(_, entry)| CanonicalKey::of(entry, Some(&data_type)).as_ref() == Some(&wanted))
    });
    found.map(|(key, _)| key).ok_or_else(|| {
        let allowed: Vec<String> = field.list.values().map(ToString::to_string).collect();
        format!(
            "{} is not in the list; allowed are {}",
            value.shown(),
            allowed.join(", ")
        )
    })
}

/// The type of a list's values.
fn item_type(list: &DataType) -> DataType {
    match list {
        DataType::ListNumber => DataType::Number,
        DataType::ListDateTime => DataType::DateTime,
        _ => DataType::Text255,
    }
}
