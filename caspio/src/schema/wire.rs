//! How a field is told by v2 and v3 (`Name`, `Type`, `OnInsert`) and by v4 (`name`, `dataType`,
//! `stampOnInsert`).
//!
//! Members are found in any case. Those that do not belong to a type may be left out, null or
//! empty: seen of v2, documented of v3, and not known of v4.

use super::{Attachment, DataType, FieldDefinition, Relationship};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// `PK_ID` is in no list of fields, but should a version tell it, it is left out.
const KEY: &str = "PK_ID";

/// One field of an answer.
#[derive(Debug)]
pub(super) struct Told {
    field: FieldDefinition,
    /// Its place, from 1, where that was told.
    place: Option<u64>,
    /// Whether the keys of its list's values were told, where it has any.
    keyed: bool,
}

impl Told {
    pub(super) fn has_keys(&self) -> bool {
        self.keyed
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members(Map::deserialize(deserializer)?);
        let name = members.text(&["Name"]);
        let name = name.ok_or_else(|| D::Error::missing_field("Name"))?;
        let data_type = members.text(&["Type", "dataType"]);
        let data_type = data_type.ok_or_else(|| {
            D::Error::custom(format!("the field `{name}` has no `Type` or `dataType`"))
        })?;
        Ok(members.told(name, DataType::from_name(&data_type)))
    }
}

/// The fields in their order.
pub(super) fn in_order(mut told: Vec<Told>) -> Vec<FieldDefinition> {
    if told.iter().all(|field| field.place.is_some()) {
        told.sort_by_key(|field| field.place);
    }
    let fields = told.into_iter().map(|told| told.field);
    fields
        .filter(|field| !field.name.eq_ignore_ascii_case(KEY))
        .collect()
}

/// The fields with the keys of their lists' values taken from another telling of the same; a field
/// whose keys are not there either comes back as the error.
pub(super) fn adopt_keys(
    mut told: Vec<Told>,
    keyed: &[Told],
) -> Result<Vec<FieldDefinition>, String> {
    for field in told.iter_mut().filter(|field| !field.keyed) {
        let name = &field.field.name;
        let same = |other: &&Told| other.keyed && other.field.name.eq_ignore_ascii_case(name);
        match keyed.iter().find(same) {
            Some(other) => field.field.list.clone_from(&other.field.list),
            None => return Err(name.clone()),
        }
    }
    Ok(in_order(told))
}

/// A table's relationships, of which only that they are a list is known: what is an object is kept.
pub(super) fn relationships(told: Option<Value>) -> Vec<Relationship> {
    let Some(Value::Array(told)) = told else {
        return Vec::new();
    };
    let objects = told.into_iter().filter_map(|one| match one {
        Value::Object(members) => Some(Relationship { members }),
        _ => None,
    });
    objects.collect()
}

struct Members(Map<String, Value>);

impl Members {
    fn told(&self, name: String, data_type: DataType) -> Told {
        let mut field = FieldDefinition::new(name, data_type);
        let (list, keyed) = self.list();
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
            field.attachment = Some(self.attachment());
        }
        Told {
            place: self.number(&["DisplayOrder"]).filter(|place| *place > 0),
            field,
            keyed,
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

    fn attachment(&self) -> Attachment {
        let mut rules = Attachment::default();
        if let Some(Value::Array(types)) = self.get(&["AttachmentPermittedFileTypes"]) {
            let types = types.iter().filter_map(Value::as_str);
            rules.permitted_file_types = types.map(str::to_owned).collect();
        }
        rules.min_file_size = self.number(&["AttachmentMinFileSize"]);
        rules.max_file_size = self.number(&["AttachmentMaxFileSize"]);
        rules
    }

    /// The values of a list by their keys, and whether the keys were told. v2 and v3 tell an object;
    /// v4 is said to tell an array, of what is not documented: without keys the place stands for one.
    fn list(&self) -> (BTreeMap<i64, Value>, bool) {
        match self.get(&["ListField"]) {
            Some(Value::Object(values)) => {
                let values = values
                    .iter()
                    .map(|(key, value)| Some((key.parse().ok()?, value.clone())));
                keyed(values)
            }
            Some(Value::Array(values)) => {
                let told = keyed(values.iter().map(|item| {
                    let members = Members(item.as_object()?.clone());
                    let key = members.number(&["Key", "Id"])?;
                    let value = members.get(&["Value"])?;
                    Some((i64::try_from(key).ok()?, value.clone()))
                }));
                match told.1 {
                    true => told,
                    false => ((1..).zip(values.iter().cloned()).collect(), false),
                }
            }
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

/// All of the values by key, or nothing where a key is not told.
fn keyed(values: impl Iterator<Item = Option<(i64, Value)>>) -> (BTreeMap<i64, Value>, bool) {
    match values.collect::<Option<BTreeMap<_, _>>>() {
        Some(values) => (values, true),
        None => (BTreeMap::new(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(field: Value) -> Told {
        serde_json::from_value(field).expect("a field")
    }

    #[test]
    fn both_spellings_of_a_field_are_the_same_field() {
        let v3 = told(json!({
            "Name": "Stamp", "Type": "TIMESTAMP", "Unique": false, "Label": "", "DisplayOrder": 2,
            "IsFormula": false, "OnInsert": true, "OnUpdate": false, "TimeZone": "UTC", "Format": null,
        }));
        let v4 = told(json!({
            "name": "Stamp", "dataType": "TIMESTAMP", "unique": false, "label": null, "displayOrder": 2,
            "isFormula": false, "stampOnInsert": true, "stampOnUpdate": false, "stampTimeZone": "UTC",
            "formula": null, "relationship": null,
        }));

        assert_eq!(v3.field, v4.field);
        assert!(v3.field.on_insert && !v3.field.on_update);
        assert_eq!(v3.field.time_zone.as_deref(), Some("UTC"));
    }

    #[test]
    fn a_type_that_nobody_knows_is_kept() {
        let told = told(json!({ "Name": "Where", "Type": "GEO-POINT" }));

        assert_eq!(told.field.data_type, DataType::Unknown("GEO-POINT".into()));
    }

    #[test]
    fn a_list_is_read_from_an_object_and_from_an_array() {
        let object =
            told(json!({ "Name": "K", "Type": "LIST-STRING", "ListField": { "2": "Dog" } }));
        let pairs = told(json!({
            "name": "K", "dataType": "LIST-STRING", "listField": [{ "key": 2, "value": "Dog" }],
        }));
        let plain = told(json!({ "name": "K", "dataType": "LIST-STRING", "listField": ["Dog"] }));

        assert_eq!(object.field.list[&2], "Dog");
        assert_eq!(pairs.field.list, object.field.list);
        assert!(object.has_keys() && pairs.has_keys() && !plain.has_keys());
        let fields = adopt_keys(vec![plain], &[object]).expect("the keys are known");
        assert_eq!(fields[0].list[&2], "Dog");
    }

    #[test]
    fn keys_that_nobody_tells_are_not_made_up() {
        let plain = told(json!({ "name": "K", "dataType": "LIST-STRING", "listField": ["Dog"] }));

        assert_eq!(adopt_keys(vec![plain], &[]), Err("K".to_owned()));
    }

    #[test]
    fn fields_come_in_display_order_and_without_the_key() {
        let fields = in_order(vec![
            told(json!({ "Name": "B", "Type": "STRING", "DisplayOrder": 2 })),
            told(json!({ "Name": "PK_ID", "Type": "AUTONUMBER", "DisplayOrder": 3 })),
            told(json!({ "Name": "A", "Type": "STRING", "DisplayOrder": 1 })),
        ]);

        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
    }

    #[test]
    fn a_field_without_a_type_is_named() {
        let error = serde_json::from_value::<Told>(json!({ "Name": "A" })).expect_err("no type");

        assert!(error.to_string().contains("`A`"), "{error}");
    }
}
