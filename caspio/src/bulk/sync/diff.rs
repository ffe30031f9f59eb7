//! Which columns of a row differ from its record.

use super::columns::Columns;
use crate::decode::RawRow;
use crate::record::Row;
use crate::value::{FieldValue, is_stored_as, key_set};
use crate::write::kept;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// The columns of a row whose values the record does not hold already, as it was read. A number that its column would
/// change is never held, so that its row is refused. Passwords, which cannot be read, are left
/// out.
pub(super) fn differences(
    row: &Row<'static>,
    record: &RawRow<'_>,
    columns: &Columns,
) -> Row<'static> {
    row.clone()
        .without(|name, value| match (value, record.get(name)) {
            (FieldValue::Secret(_), _) => true,
            (value, Some(raw)) => is_stored(name, value, raw, columns),
            (_, None) => false,
        })
}

fn is_stored(name: &str, value: &FieldValue<'_>, raw: &RawValue, columns: &Columns) -> bool {
    match value {
        FieldValue::List(values) if values.is_empty() => {
            keys_of(raw.get()) == Some(BTreeSet::new())
        }
        FieldValue::List(values) => {
            let field = columns.definition(name);
            let keys = field.and_then(|field| key_set(field, values));
            keys.is_some() && keys == keys_of(raw.get())
        }
        value => {
            let data_type = columns.data_type(name);
            kept::keeps(value, data_type) && is_stored_as(value, raw, data_type)
        }
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
    use crate::schema::{DataType, FieldDefinition};
    use std::sync::Arc;

    #[test]
    fn lists_are_compared_as_sets_of_keys() {
        let mut field = FieldDefinition::new("A", DataType::ListText);
        field.list = [(1, Value::from("Cat")), (3, Value::from("Frog"))].into();
        let columns = Columns::new(Arc::new(vec![field]), &[]);
        let list = |values: &[&'static str]| {
            let values = values.iter().map(|value| FieldValue::Text((*value).into()));
            FieldValue::List(values.collect())
        };
        let same = |value: FieldValue<'_>, json: &str| {
            let raw = RawValue::from_string(json.to_owned()).expect("JSON");
            is_stored("A", &value, &raw, &columns)
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
