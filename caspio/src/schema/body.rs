//! How a new field and a changed one are written: v2's `New...` members, v3's plain ones, v4's camelCase.

use super::{Attachment, DataType, FieldDefinition, FieldUpdate, TableDefinition};
use caspio_core::ApiVersion;
use serde_json::{Map, Value, json};

/// A member by its name on v3.
type Members = Vec<(&'static str, Value)>;

/// The names on v4 of v3's members. The others are not documented there.
const V4: &[(&str, &str)] = &[
    ("Name", "name"),
    ("Type", "dataType"),
    ("Unique", "unique"),
    ("Label", "label"),
    ("OnInsert", "stampOnInsert"),
    ("OnUpdate", "stampOnUpdate"),
    ("TimeZone", "stampTimeZone"),
    ("Format", "format"),
    ("Prefix", "prefix"),
    ("Length", "length"),
    ("ListField", "listField"),
];

/// A member that a version does not document, by its name on v3.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Undocumented(pub(super) &'static str);

/// The body that makes a table.
pub(super) fn new_table(
    version: ApiVersion,
    table: &TableDefinition,
) -> Result<Value, Undocumented> {
    let fields = table.fields.iter().map(|field| new_field(version, field));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Ok(match version {
        ApiVersion::V2 => json!({ "Name": table.name, "Columns": fields }),
        ApiVersion::V4 => json!({ "name": table.name, "fields": fields }),
        _ => json!({ "Name": table.name, "Fields": fields }),
    })
}

/// The body that adds a field. What is at its default is left out.
pub(super) fn new_field(
    version: ApiVersion,
    field: &FieldDefinition,
) -> Result<Value, Undocumented> {
    let mut members = vec![
        ("Name", json!(field.name)),
        ("Type", type_name(version, &field.data_type)),
    ];
    if field.unique {
        members.push(("Unique", json!(true)));
    }
    if field.unique_allow_nulls {
        members.push(("UniqueAllowNulls", json!(true)));
    }
    push_text(&mut members, "Label", &field.label);
    push_text(&mut members, "Description", &field.description);
    match &field.data_type {
        // Caspio's documents disagree about what is stamped when nothing is said.
        DataType::Timestamp => {
            members.push(("OnInsert", json!(field.on_insert)));
            members.push(("OnUpdate", json!(field.on_update)));
            push(&mut members, "TimeZone", field.time_zone.as_ref());
        }
        DataType::RandomId | DataType::PrefixedAutonumber => {
            push(&mut members, "Format", field.format.as_ref());
            push(&mut members, "Prefix", field.prefix.as_ref());
            push(&mut members, "Length", field.length.as_ref());
        }
        DataType::Attachment => push_rules(&mut members, field.attachment.as_ref()),
        list if list.is_list() => members.push(("ListField", texts(field.list.values()))),
        _ => {}
    }
    spelled(members, version, "")
}

/// The body that changes a field.
pub(super) fn changed_field(
    version: ApiVersion,
    update: &FieldUpdate,
) -> Result<Value, Undocumented> {
    let mut members = Members::new();
    push(&mut members, "Name", update.name.as_ref());
    if let Some(data_type) = &update.data_type {
        members.push(("Type", type_name(version, data_type)));
    }
    push(&mut members, "Unique", update.unique.as_ref());
    push(
        &mut members,
        "UniqueAllowNulls",
        update.unique_allow_nulls.as_ref(),
    );
    push(&mut members, "Label", update.label.as_ref());
    push(&mut members, "Description", update.description.as_ref());
    push(&mut members, "OnInsert", update.on_insert.as_ref());
    push(&mut members, "OnUpdate", update.on_update.as_ref());
    push(&mut members, "TimeZone", update.time_zone.as_ref());
    push(&mut members, "Format", update.format.as_ref());
    push(&mut members, "Prefix", update.prefix.as_ref());
    push(&mut members, "Length", update.length.as_ref());
    if let Some(list) = &update.list {
        members.push(("ListField", texts(list.iter())));
    }
    if let Some(rules) = &update.attachment {
        // An empty list stands for all, so it is a change as well.
        let types = &rules.permitted_file_types;
        members.push(("AttachmentPermittedFileTypes", json!(types)));
        push_sizes(&mut members, rules);
    }
    let prefix = match version {
        ApiVersion::V2 => "New",
        _ => "",
    };
    spelled(members, version, prefix)
}

fn spelled(members: Members, version: ApiVersion, prefix: &str) -> Result<Value, Undocumented> {
    let spelled = members.into_iter().map(|(name, value)| {
        if version != ApiVersion::V4 {
            return Ok((format!("{prefix}{name}"), value));
        }
        let known = V4.iter().find(|(v3, _)| *v3 == name);
        let (_, v4) = known.ok_or(Undocumented(name))?;
        Ok(((*v4).to_owned(), value))
    });
    spelled.collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

fn type_name(version: ApiVersion, data_type: &DataType) -> Value {
    match version {
        ApiVersion::V4 => json!(data_type.v4_name()),
        _ => json!(data_type.name()),
    }
}

fn push<T: serde::Serialize>(members: &mut Members, name: &'static str, value: Option<&T>) {
    if let Some(value) = value {
        members.push((name, json!(value)));
    }
}

fn push_text(members: &mut Members, name: &'static str, text: &str) {
    if !text.is_empty() {
        members.push((name, json!(text)));
    }
}

fn push_rules(members: &mut Members, rules: Option<&Attachment>) {
    let Some(rules) = rules else { return };
    if !rules.permitted_file_types.is_empty() {
        let types = &rules.permitted_file_types;
        members.push(("AttachmentPermittedFileTypes", json!(types)));
    }
    push_sizes(members, rules);
}

fn push_sizes(members: &mut Members, rules: &Attachment) {
    push(
        members,
        "AttachmentMinFileSize",
        rules.min_file_size.as_ref(),
    );
    push(
        members,
        "AttachmentMaxFileSize",
        rules.max_file_size.as_ref(),
    );
}

/// The values of a list, which are written as texts whatever their type.
fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    let texts = values.map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> FieldDefinition {
        let mut field = FieldDefinition::new("Stamp", DataType::Timestamp);
        field.on_insert = true;
        field.time_zone = Some("UTC".to_owned());
        field.label = "When".to_owned();
        field
    }

    #[test]
    fn a_table_is_spelled_as_each_version_wants_it() {
        let table = TableDefinition::new("Pets", vec![stamp()]);

        assert_eq!(
            new_table(ApiVersion::V2, &table),
            Ok(json!({ "Name": "Pets", "Columns": [{
                "Name": "Stamp", "Type": "TIMESTAMP", "Label": "When",
                "OnInsert": true, "OnUpdate": false, "TimeZone": "UTC",
            }] }))
        );
        let v3 = new_table(ApiVersion::V3, &table).expect("documented");
        assert!(v3["Fields"].is_array() && v3.get("Columns").is_none());
        assert_eq!(
            new_table(ApiVersion::V4, &table),
            Ok(json!({ "name": "Pets", "fields": [{
                "name": "Stamp", "dataType": "TIMESTAMP", "label": "When",
                "stampOnInsert": true, "stampOnUpdate": false, "stampTimeZone": "UTC",
            }] }))
        );
    }

    #[test]
    fn a_change_says_what_changes_and_nothing_else() {
        let update = FieldUpdate::new()
            .rename("A")
            .data_type(DataType::Text255)
            .list([1, 2]);

        assert_eq!(
            changed_field(ApiVersion::V2, &update),
            Ok(json!({ "NewName": "A", "NewType": "STRING", "NewListField": ["1", "2"] }))
        );
        assert_eq!(
            changed_field(ApiVersion::V3, &update),
            Ok(json!({ "Name": "A", "Type": "STRING", "ListField": ["1", "2"] }))
        );
        assert_eq!(
            changed_field(ApiVersion::V4, &update),
            Ok(json!({ "name": "A", "dataType": "TEXT255", "listField": ["1", "2"] }))
        );
    }

    #[test]
    fn what_v4_does_not_document_is_not_sent() {
        let update = FieldUpdate::new().description("What it is for");

        assert_eq!(
            changed_field(ApiVersion::V4, &update),
            Err(Undocumented("Description"))
        );
        assert!(changed_field(ApiVersion::V3, &update).is_ok());
    }
}
