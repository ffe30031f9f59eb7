//! List values by their keys.

use crate::field::{FieldValue, wall_clock};
use crate::record::Row;
use crate::schema::FieldDefinition;
use std::collections::BTreeSet;

/// The columns with a value that their definition does not allow, and what it allows.
pub(crate) fn faults(row: &Row<'_>, definitions: &[FieldDefinition]) -> Vec<(String, String)> {
    row.iter()
        .filter_map(|(name, value)| {
            let FieldValue::List(values) = value else {
                return None;
            };
            let fault = keys(name, values, definitions).err()?;
            Some((name.to_owned(), fault))
        })
        .collect()
}

/// Replaces the values of list fields by the keys that Caspio takes, `[1,3]`; those without one are
/// [faults], and stay.
pub(crate) fn by_keys<'a>(row: Row<'a>, definitions: &[FieldDefinition]) -> Row<'a> {
    row.map(|name, value| match &value {
        FieldValue::List(values) => match keys(name, values, definitions) {
            Ok(keys) => FieldValue::List(keys),
            Err(_) => value,
        },
        _ => value,
    })
}

/// The keys of a list's values; `None` where one is not in the list.
pub(crate) fn key_set(
    name: &str,
    values: &[FieldValue<'_>],
    definitions: &[FieldDefinition],
) -> Option<BTreeSet<i64>> {
    let keys = keys(name, values, definitions).ok()?;
    let number = |key| match key {
        FieldValue::Integer(key) => Some(key),
        _ => None,
    };
    keys.into_iter().map(number).collect()
}

fn keys<'a>(
    name: &str,
    values: &[FieldValue<'_>],
    definitions: &[FieldDefinition],
) -> Result<Vec<FieldValue<'a>>, String> {
    let field = definitions
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
        .ok_or("there is no such field")?;
    if !field.data_type.is_list() {
        return Err(format!("the field is no list but {}", field.data_type));
    }
    values.iter().map(|value| key(field, value)).collect()
}

fn key<'a>(field: &FieldDefinition, value: &FieldValue<'_>) -> Result<FieldValue<'a>, String> {
    let entries = || field.list.iter();
    let exact = entries().find(|(_, entry)| same(value, entry));
    // Caspio compares text without case.
    let found = exact.or_else(|| entries().find(|(_, entry)| same_without_case(value, entry)));
    match found {
        Some((key, _)) => Ok(FieldValue::Integer(*key)),
        None => {
            let allowed: Vec<String> = entries().map(|(_, entry)| entry.to_string()).collect();
            Err(format!(
                "{} is not in the list; allowed are {}",
                shown(value),
                allowed.join(", ")
            ))
        }
    }
}

fn same(value: &FieldValue<'_>, entry: &serde_json::Value) -> bool {
    match (value, entry) {
        (FieldValue::DateTime(at), serde_json::Value::String(text)) => {
            wall_clock(text) == Some(*at)
        }
        // A number may be told as text.
        (
            FieldValue::Integer(_) | FieldValue::Number(_) | FieldValue::Decimal(_),
            serde_json::Value::String(text),
        ) => text
            .parse()
            .is_ok_and(|number| FieldValue::Decimal(number) == *value),
        (value, entry) => FieldValue::from(entry) == *value,
    }
}

fn same_without_case(value: &FieldValue<'_>, entry: &serde_json::Value) -> bool {
    match (value, entry) {
        (FieldValue::Text(text), serde_json::Value::String(entry)) => {
            text.to_lowercase() == entry.to_lowercase()
        }
        _ => false,
    }
}

/// A value for people.
pub(crate) fn shown(value: &FieldValue<'_>) -> String {
    match value {
        FieldValue::Text(text) => format!("{text:?}"),
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Decimal(number) => number.to_string(),
        FieldValue::DateTime(at) => at.to_string(),
        other => other.described().to_owned(),
    }
}
