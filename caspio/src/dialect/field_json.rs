//! Field definitions as v2 and v3 return them (`Name`, `Type`, `OnInsert`) and as v4 does (`name`, `dataType`,
//! `stampOnInsert`).
//!
//! Member names are compared without case. Members that do not belong to a type may be absent, null or
//! empty: seen on v2, documented for v3, unknown for v4.

use caspio_schema::is_same_name;
use caspio_schema::{AttachmentRules, DataType, FieldDefinition, PK_ID, Relationship};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One field in a list of fields.
#[derive(Debug)]
pub(crate) struct FieldJson {
    definition: FieldDefinition,
    /// Its position from 1, if the response contains it.
    position: Option<u64>,
    /// Whether the response contains the keys of the list's values; true for a field that is not a list.
    has_keys: bool,
}

impl FieldJson {
    pub(crate) fn has_keys(&self) -> bool {
        self.has_keys
    }
}

impl<'de> Deserialize<'de> for FieldJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members(Map::deserialize(deserializer)?);
        let name = members.text(&["Name"]);
        let name = name.ok_or_else(|| D::Error::missing_field("Name"))?;
        let data_type = members.text(&["Type", "dataType"]);
        let data_type = data_type.ok_or_else(|| {
            D::Error::custom(format!("the field `{name}` has no `Type` or `dataType`"))
        })?;
        Ok(members.read(name, DataType::from_name(&data_type)))
    }
}

/// Returns the definitions in display order, without `PK_ID`.
pub(crate) fn in_order(mut fields: Vec<FieldJson>) -> Vec<FieldDefinition> {
    if fields.iter().all(|field| field.position.is_some()) {
        fields.sort_by_key(|field| field.position);
    }
    let definitions = fields.into_iter().map(|field| field.definition);
    definitions
        .filter(|field| !is_same_name(&field.name, PK_ID))
        .collect()
}

/// Returns the definitions in display order, the keys of list values taken from another response with the same
/// fields.
///
/// # Errors
///
/// The name of a field whose keys are in neither response.
pub(crate) fn adopt_keys(
    mut fields: Vec<FieldJson>,
    with_keys: &[FieldJson],
) -> Result<Vec<FieldDefinition>, String> {
    for field in fields.iter_mut().filter(|field| !field.has_keys) {
        let name = &field.definition.name;
        let same =
            |other: &&FieldJson| other.has_keys && is_same_name(&other.definition.name, name);
        match with_keys.iter().find(same) {
            Some(other) => field.definition.list.clone_from(&other.definition.list),
            None => return Err(name.clone()),
        }
    }
    Ok(in_order(fields))
}

/// Reads a table's relationships. It is only documented that they are a list, so each object in it is kept.
pub(crate) fn relationships(json: Option<Value>) -> Vec<Relationship> {
    let Some(Value::Array(items)) = json else {
        return Vec::new();
    };
    let objects = items.into_iter().filter_map(|item| match item {
        Value::Object(members) => Some(Relationship::new(members)),
        _ => None,
    });
    objects.collect()
}

/// The name and type of a field in a list of fields.
#[derive(Debug, Deserialize)]
pub(crate) struct FieldTypeJson {
    #[serde(alias = "Name")]
    pub(crate) name: String,
    #[serde(rename = "dataType", alias = "Type")]
    data_type: String,
}

impl FieldTypeJson {
    pub(crate) fn data_type(&self) -> DataType {
        DataType::from_name(&self.data_type)
    }
}

/// The members of one field, their names compared without case.
struct Members(Map<String, Value>);

impl Members {
    fn read(&self, name: String, data_type: DataType) -> FieldJson {
        let mut field = FieldDefinition::new(name, data_type);
        let (list, has_keys) = self.list();
        field.formula = self.is_formula(&field.data_type);
        field.unique = self.flag("Unique");
        field.unique_allow_nulls = self.flag("UniqueAllowNulls");
        field.editable = self.get(&["Editable"]).and_then(Value::as_bool);
        field.label = self.text(&["Label"]).unwrap_or_default();
        field.description = self.text(&["Description"]).unwrap_or_default();
        field.table_field = self.text(&["TableFieldName"]);
        field.list = list;
        self.read_stamp(&mut field);
        self.read_format(&mut field);
        if field.data_type == DataType::Attachment {
            field.attachment = Some(self.attachment_rules());
        }
        let position = self.number(&["DisplayOrder"]);
        FieldJson {
            definition: field,
            position: position.filter(|position| *position > 0),
            has_keys,
        }
    }

    fn read_stamp(&self, field: &mut FieldDefinition) {
        if field.data_type == DataType::Timestamp {
            field.on_insert = self.flag("OnInsert") || self.flag("stampOnInsert");
            field.on_update = self.flag("OnUpdate") || self.flag("stampOnUpdate");
            field.time_zone = self.text(&["TimeZone", "stampTimeZone"]);
        }
    }

    fn read_format(&self, field: &mut FieldDefinition) {
        let random = field.data_type == DataType::RandomId;
        if random || field.data_type == DataType::PrefixedAutonumber {
            field.format = self.text(&["Format"]);
            field.prefix = self.text(&["Prefix"]);
        }
        if random {
            let length = self.number(&["Length"]);
            field.length = length.and_then(|length| u32::try_from(length).ok());
        }
    }

    fn is_formula(&self, data_type: &DataType) -> bool {
        *data_type == DataType::Formula
            || self.flag("IsFormula")
            || self.text(&["formula"]).is_some()
    }

    fn attachment_rules(&self) -> AttachmentRules {
        let mut rules = AttachmentRules::default();
        if let Some(Value::Array(types)) = self.get(&["AttachmentPermittedFileTypes"]) {
            let types = types.iter().filter_map(Value::as_str);
            rules.permitted_file_types = types.map(str::to_owned).collect();
        }
        rules.min_file_size = self.number(&["AttachmentMinFileSize"]);
        rules.max_file_size = self.number(&["AttachmentMaxFileSize"]);
        rules
    }

    /// Returns the values of a list by their keys, and whether the response contains the keys. v2 and v3 return an
    /// object. v4 is documented to return an array, without the type of its items: without keys the position is used
    /// as the key.
    fn list(&self) -> (BTreeMap<i64, Value>, bool) {
        match self.get(&["ListField"]) {
            Some(Value::Object(values)) => {
                let values = values.iter();
                let by_key: Option<_> = values
                    .map(|(key, value)| Some((key.parse().ok()?, value.clone())))
                    .collect();
                let has_keys = by_key.is_some();
                (by_key.unwrap_or_default(), has_keys)
            }
            Some(Value::Array(items)) => match items.iter().map(list_item).collect() {
                Some(by_key) => (by_key, true),
                None => ((1..).zip(items.iter().cloned()).collect(), false),
            },
            _ => (BTreeMap::new(), true),
        }
    }

    fn get(&self, names: &[&str]) -> Option<&Value> {
        let named = |member: &str| names.iter().any(|name| name.eq_ignore_ascii_case(member));
        let mut members = self.0.iter();
        let (_, value) = members.find(|(member, value)| named(member) && !value.is_null())?;
        Some(value)
    }

    /// A text that is not empty.
    fn text(&self, names: &[&str]) -> Option<String> {
        let text = self.get(names)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn flag(&self, name: &str) -> bool {
        self.get(&[name]).and_then(Value::as_bool).unwrap_or(false)
    }

    fn number(&self, names: &[&str]) -> Option<u64> {
        self.get(names)?.as_u64()
    }
}

/// The key and value of an item of a list, if it has both.
fn list_item(item: &Value) -> Option<(i64, Value)> {
    let members = Members(item.as_object()?.clone());
    let key = members.number(&["Key", "Id"])?;
    let value = members.get(&["Value"])?;
    Some((i64::try_from(key).ok()?, value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(field: Value) -> FieldJson {
        serde_json::from_value(field).expect("a field")
    }

    #[test]
    fn v3_and_v4_describe_the_same_field() {
        let v3 = read(json!({
            "Name": "Stamp", "Type": "TIMESTAMP", "Unique": false, "Label": "", "DisplayOrder": 2,
            "IsFormula": false, "OnInsert": true, "OnUpdate": false, "TimeZone": "UTC", "Format": null,
        }));
        let v4 = read(json!({
            "name": "Stamp", "dataType": "TIMESTAMP", "unique": false, "label": null, "displayOrder": 2,
            "isFormula": false, "stampOnInsert": true, "stampOnUpdate": false, "stampTimeZone": "UTC",
            "formula": null, "relationship": null,
        }));

        assert_eq!(v3.definition, v4.definition);
        assert!(v3.definition.on_insert && !v3.definition.on_update);
        assert_eq!(v3.definition.time_zone.as_deref(), Some("UTC"));
    }

    #[test]
    fn an_unknown_type_is_kept() {
        let field = read(json!({ "Name": "Where", "Type": "GEO-POINT" }));

        assert_eq!(
            field.definition.data_type,
            DataType::Unknown("GEO-POINT".into())
        );
    }

    #[test]
    fn a_list_is_read_from_an_object_and_from_an_array() {
        let object =
            read(json!({ "Name": "K", "Type": "LIST-STRING", "ListField": { "2": "Dog" } }));
        let pairs = read(json!({
            "name": "K", "dataType": "LIST-STRING", "listField": [{ "key": 2, "value": "Dog" }],
        }));
        let plain = read(json!({ "name": "K", "dataType": "LIST-STRING", "listField": ["Dog"] }));

        assert_eq!(object.definition.list[&2], "Dog");
        assert_eq!(pairs.definition.list, object.definition.list);
        assert!(object.has_keys() && pairs.has_keys() && !plain.has_keys());
        let fields = adopt_keys(vec![plain], &[object]).expect("the keys are known");
        assert_eq!(fields[0].list[&2], "Dog");
    }

    #[test]
    fn missing_keys_are_not_invented() {
        let plain = read(json!({ "name": "K", "dataType": "LIST-STRING", "listField": ["Dog"] }));

        assert_eq!(adopt_keys(vec![plain], &[]), Err("K".to_owned()));
    }

    #[test]
    fn fields_come_in_display_order_and_without_the_key() {
        let fields = in_order(vec![
            read(json!({ "Name": "B", "Type": "STRING", "DisplayOrder": 2 })),
            read(json!({ "Name": "PK_ID", "Type": "AUTONUMBER", "DisplayOrder": 3 })),
            read(json!({ "Name": "A", "Type": "STRING", "DisplayOrder": 1 })),
        ]);

        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
    }

    #[test]
    fn a_field_without_a_type_is_named() {
        let error =
            serde_json::from_value::<FieldJson>(json!({ "Name": "A" })).expect_err("no type");

        assert!(error.to_string().contains("`A`"), "{error}");
    }
}
