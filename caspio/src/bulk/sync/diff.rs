//! Which columns of a row differ from its record.

use crate::decode::RawRow;
use crate::record::Row;
use crate::schema::FieldDefinition;
use crate::value::{FieldValue, is_stored_as, key_set};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// The columns of a row that a record as it was read does not hold already. Passwords, which cannot be
/// read, are left out.
pub(super) fn differences(
    row: &Row<'static>,
    record: &RawRow<'_>,
    definitions: &[FieldDefinition],
) -> Row<'static> {
    row.clone()
        .without(|name, value| match (value, record.get(name)) {
            (FieldValue::Secret(_), _) => true,
            (value, Some(raw)) => is_stored(name, value, raw, definitions),
            (_, None) => false,
        })
}

fn is_stored(
    name: &str,
    value: &FieldValue<'_>,
    raw: &RawValue,
    definitions: &[FieldDefinition],
) -> bool {
    let mut fields = definitions.iter();
    let field = fields.find(|field| field.name.eq_ignore_ascii_case(name));
    match value {
        FieldValue::List(values) => {
            let keys = field.and_then(|field| key_set(field, values));
            keys.is_some() && keys == keys_of(raw.get())
        }
        value => is_stored_as(value, raw, field.map(|field| &field.data_type)),
    }
}

/// The keys of a list as it is read: an object from key to value, or null for none.
fn keys_of(json: &str) -> Option<BTreeSet<i64>> {
    match serde_json::from_str(json).ok()? {
        Value::Null => Some(BTreeSet::new()),
        Value::Object(values) => values.keys().map(|key| key.parse().ok()).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::DataType;

    #[test]
    fn lists_are_compared_as_sets_of_keys() {
        let mut field = FieldDefinition::new("A", DataType::ListText);
        field.list = [(1, Value::from("Cat")), (3, Value::from("Frog"))].into();
        let list = |values: &[&'static str]| {
            let values = values.iter().map(|value| FieldValue::Text((*value).into()));
            FieldValue::List(values.collect())
        };
        let same = |value: FieldValue<'_>, json: &str| {
            let raw = RawValue::from_string(json.to_owned()).expect("JSON");
            is_stored("A", &value, &raw, std::slice::from_ref(&field))
        };
        assert!(same(
            list(&["frog", "Cat", "Cat"]),
            r#"{"1":"Cat","3":"Frog"}"#
        ));
        assert!(!same(list(&["Cat"]), r#"{"1":"Cat","3":"Frog"}"#));
        assert!(same(list(&[]), "null"));
        assert!(!same(list(&["Dog"]), "null"));
    }
}
