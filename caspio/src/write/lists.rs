//! List columns of rows: their values as the keys that Caspio takes.

use crate::client::Client;
use crate::record::Row;
use crate::schema::FieldDefinition;
use crate::target::Target;
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

/// Whether a row sets lists alone, also to null. v2 was seen to report no record for such an update, although it
/// worked. A null counts as that of a list only where the fields are known.
pub(crate) fn are_only_lists(row: &Row<'_>, client: &Client, target: &Target) -> bool {
    let definitions = client.cached_definitions(target).unwrap_or_default();
    sets_lists(row, &definitions)
}

/// Whether a row sets lists alone, also to null, or may do so. One call if it sets something to null and the fields are
/// not known yet.
pub(crate) async fn may_set_only_lists(row: &Row<'_>, client: &Client, target: &Target) -> bool {
    let may_be_list = |value| matches!(value, &FieldValue::List(_) | &FieldValue::Null);
    if !row.iter().all(|(_, value)| may_be_list(value)) {
        return false;
    }
    if !row.iter().any(|(_, value)| *value == FieldValue::Null) {
        return true;
    }
    match client.definitions(target).await {
        Ok(definitions) => sets_lists(row, &definitions),
        // v2 does not return the fields of views, which may be lists.
        Err(_) => true,
    }
}

fn sets_lists(row: &Row<'_>, definitions: &[FieldDefinition]) -> bool {
    let is_list = |name: &str| {
        let mut fields = definitions.iter();
        let field = fields.find(|field| is_same_name(&field.name, name));
        field.is_some_and(|field| field.data_type.is_list())
    };
    row.iter().all(|(name, value)| match value {
        FieldValue::List(_) => true,
        FieldValue::Null => is_list(name),
        _ => false,
    })
}
