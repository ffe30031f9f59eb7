//! A field's definition in v3's JSON.

use crate::store::field::Field;
use crate::store::schema::VisibleField;
use caspio_schema::DataType;
use serde::Serialize;
use serde_json::{Map, Value};

/// The members of a field; those that its type does not have are left out, as in live responses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FieldModel<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_field_name: Option<String>,
    r#type: &'a str,
    unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    editable: Option<bool>,
    description: &'a str,
    display_order: usize,
    label: &'a str,
    unique_allow_nulls: bool,
    is_formula: bool,
    #[serde(flatten)]
    of_type: Map<String, Value>,
}

impl<'a> FieldModel<'a> {
    /// Creates the JSON of a field of a table or a view; for a view with the origin of the field.
    pub(crate) fn new(shown: &VisibleField<'a>) -> Self {
        let field = shown.field;
        Self {
            name: shown.name,
            table_field_name: shown.origin.map(|table| format!("{table}.{}", field.name)),
            r#type: field.ty.name(),
            unique: field.unique,
            editable: Some(shown.editable),
            description: &field.description,
            display_order: shown.place,
            label: &field.label,
            unique_allow_nulls: field.unique_allow_nulls,
            is_formula: field.is_formula(),
            of_type: of_type(field),
        }
    }

    /// Removes the members that only v3 has.
    pub(crate) fn in_v2(mut self) -> Self {
        self.editable = None;
        self.of_type
            .retain(|name, _| !name.starts_with("Attachment"));
        self
    }
}

fn of_type(field: &Field) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    match field.ty {
        DataType::Timestamp => {
            put("OnInsert", field.on_insert.into());
            put("OnUpdate", field.on_update.into());
            put("TimeZone", field.time_zone.clone().into());
        }
        DataType::PrefixedAutonumber => {
            put("Format", field.format.clone().into());
            put("Prefix", field.prefix.clone().into());
        }
        DataType::RandomId => {
            put("Format", field.format.clone().into());
            put("Prefix", field.prefix.clone().into());
            put("Length", field.length.into());
        }
        DataType::ListText | DataType::ListNumber | DataType::ListDateTime => {
            let values: Map<_, _> = field
                .list
                .iter()
                .map(|(key, value)| (key.to_string(), value.clone()))
                .collect();
            put("ListField", values.into());
        }
        DataType::Attachment => {
            let rules = &field.attachment;
            put(
                "AttachmentPermittedFileTypes",
                rules.permitted.clone().into(),
            );
            put("AttachmentMinFileSize", rules.min_size.into());
            put("AttachmentMaxFileSize", rules.max_size.into());
            put("AttachmentSmartResizer", rules.smart_resizer.into());
            put(
                "AttachmentSmartResizerForRetina",
                rules.smart_resizer_for_retina.into(),
            );
            put("AttachmentAltText", rules.alt_text.clone().into());
            put("AttachmentTitle", rules.title.clone().into());
        }
        _ => {}
    }
    members
}
