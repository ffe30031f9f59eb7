//! A field's definition as v3 tells it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::store::field::{Field, FieldType, same_name};

/// The members of a field; those that do not belong to its type are left out, as live answers
/// leave them out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FieldModel<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_field_name: Option<String>,
    r#type: &'static str,
    unique: bool,
    editable: bool,
    description: &'a str,
    display_order: usize,
    label: &'a str,
    unique_allow_nulls: bool,
    is_formula: bool,
    #[serde(flatten)]
    of_type: Map<String, Value>,
}

impl<'a> FieldModel<'a> {
    /// Tells `field`, the one at `place` (from 1) of its table or view.
    pub(super) fn new(field: &'a Field, place: usize) -> Self {
        Self {
            name: &field.name,
            table_field_name: None,
            r#type: field.ty.name(),
            unique: field.unique,
            editable: field.is_editable(),
            description: &field.description,
            display_order: place,
            label: &field.label,
            unique_allow_nulls: field.unique_allow_nulls,
            is_formula: field.is_formula(),
            of_type: of_type(field),
        }
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        same_name(self.name, name)
    }

    /// Tells a field of a view: its name there, and where it comes from.
    pub(super) fn in_view(mut self, name: &'a str, table: &str, editable: bool) -> Self {
        self.table_field_name = Some(format!("{table}.{}", self.name));
        self.name = name;
        self.editable &= editable;
        self
    }
}

fn of_type(field: &Field) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    match field.ty {
        FieldType::Timestamp => {
            put("OnInsert", field.on_insert.into());
            put("OnUpdate", field.on_update.into());
            put("TimeZone", field.time_zone.clone().into());
        }
        FieldType::PrefixedAutonumber => {
            put("Format", field.format.clone().into());
            put("Prefix", field.prefix.clone().into());
        }
        FieldType::RandomId => {
            put("Format", field.format.clone().into());
            put("Prefix", field.prefix.clone().into());
            put("Length", field.length.into());
        }
        FieldType::ListString | FieldType::ListNumber | FieldType::ListDateTime => {
            let values: Map<_, _> = field
                .list
                .iter()
                .map(|(key, value)| (key.to_string(), value.clone()))
                .collect();
            put("ListField", values.into());
        }
        FieldType::Attachment => {
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
