//! The members of a new field and of a changed one, named as on v3.

use caspio_schema::{AttachmentRules, DataType, FieldDefinition, FieldUpdate};
use serde::Serialize;
use serde_json::{Value, json};

/// The members of a field, by their names on v3.
pub(super) type Members = Vec<(&'static str, Value)>;

/// A member that a version does not document, by its name on v3.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Undocumented(pub(crate) &'static str);

/// The members of a new field. Those at their default are left out.
pub(super) fn new_field(field: &FieldDefinition) -> Members {
    let mut members = vec![
        ("Name", json!(field.name)),
        ("Type", json!(field.data_type.name())),
    ];
    push_if(&mut members, "Unique", field.unique);
    push_if(&mut members, "UniqueAllowNulls", field.unique_allow_nulls);
    push_text(&mut members, "Label", &field.label);
    push_text(&mut members, "Description", &field.description);
    match &field.data_type {
        // Caspio's documents disagree about the default of these two, so they are always sent.
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
        DataType::Attachment => push_new_rules(&mut members, field.attachment.as_ref()),
        list if list.is_list() => members.push(("ListField", texts(field.list.values()))),
        _ => {}
    }
    members
}

/// The members of a field that an update changes.
pub(super) fn changed_field(update: &FieldUpdate) -> Members {
    let mut members = Members::new();
    let data_type = update.data_type.as_ref().map(DataType::name);
    push(&mut members, "Name", update.name.as_ref());
    push(&mut members, "Type", data_type.as_ref());
    push(&mut members, "Unique", update.unique.as_ref());
    let nulls = update.unique_allow_nulls.as_ref();
    push(&mut members, "UniqueAllowNulls", nulls);
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
        // An empty list permits all types, so it is a change as well.
        let types = &rules.permitted_file_types;
        members.push((PERMITTED_FILE_TYPES, json!(types)));
        push_sizes(&mut members, rules);
    }
    members
}

const PERMITTED_FILE_TYPES: &str = "AttachmentPermittedFileTypes";

fn push<T: Serialize>(members: &mut Members, name: &'static str, value: Option<&T>) {
    if let Some(value) = value {
        members.push((name, json!(value)));
    }
}

fn push_if(members: &mut Members, name: &'static str, flag: bool) {
    if flag {
        members.push((name, json!(true)));
    }
}

fn push_text(members: &mut Members, name: &'static str, text: &str) {
    if !text.is_empty() {
        members.push((name, json!(text)));
    }
}

fn push_new_rules(members: &mut Members, rules: Option<&AttachmentRules>) {
    let Some(rules) = rules else { return };
    let types = &rules.permitted_file_types;
    if !types.is_empty() {
        members.push((PERMITTED_FILE_TYPES, json!(types)));
    }
    push_sizes(members, rules);
}

fn push_sizes(members: &mut Members, rules: &AttachmentRules) {
    let (least, most) = (rules.min_file_size.as_ref(), rules.max_file_size.as_ref());
    push(members, "AttachmentMinFileSize", least);
    push(members, "AttachmentMaxFileSize", most);
}

/// The values of a list, which are sent as texts for every type.
fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    let texts = values.map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    texts.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::dialect) fn a_timestamp() -> FieldDefinition {
        let mut field = FieldDefinition::new("Stamp", DataType::Timestamp);
        field.on_insert = true;
        field.time_zone = Some("UTC".to_owned());
        field.label = "When".to_owned();
        field
    }

    pub(in crate::dialect) fn a_change() -> FieldUpdate {
        FieldUpdate::new()
            .rename("A")
            .data_type(DataType::Text255)
            .list([1, 2])
    }
}
