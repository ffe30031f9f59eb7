//! A field's definition in v4's JSON.

use crate::http::Refusal;
use crate::store::field::is_stored;
use crate::store::model::Model;
use crate::store::schema::VisibleField;
use caspio_schema::DataType;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Returns the data type that v4 calls `name`, in any case. It is inferred that a prefixed autonumber is `SEQUENCE`,
/// fact `serial-is-sequence`.
fn parse(name: &str) -> Option<DataType> {
    let ty = DataType::from_name(name.trim());
    (is_stored(&ty) && ty.v4_name().eq_ignore_ascii_case(name.trim())).then_some(ty)
}

/// The members of a field. As on v3 those that its type does not have are left out, and
/// `relationship` is null because the emulator has none; both are inferred, fact `members-of-fields-in-v4`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldJson<'a> {
    name: &'a str,
    /// The table and the field behind a field of a view.
    #[serde(skip_serializing_if = "Option::is_none")]
    table_field_name: Option<String>,
    data_type: &'a str,
    label: &'a str,
    display_order: usize,
    unique: bool,
    is_formula: bool,
    editable: bool,
    formula: Option<&'a str>,
    relationship: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_field: Option<Vec<&'a Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp_on_insert: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp_on_update: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp_time_zone: Option<&'a str>,
}

impl<'a> FieldJson<'a> {
    /// Creates the JSON of a field of a table or a view.
    pub(super) fn new(shown: &VisibleField<'a>) -> Self {
        let field = shown.field;
        let numbered = matches!(field.ty, DataType::PrefixedAutonumber | DataType::RandomId);
        let stamped = field.ty == DataType::Timestamp;
        Self {
            name: shown.name,
            table_field_name: shown.origin.map(|table| format!("{table}.{}", field.name)),
            data_type: if field.is_formula() {
                DataType::Formula.v4_name()
            } else {
                field.ty.v4_name()
            },
            label: &field.label,
            display_order: shown.place,
            unique: field.unique,
            is_formula: field.is_formula(),
            editable: shown.editable,
            formula: field.formula.as_ref().map(|formula| formula.text.as_str()),
            relationship: None,
            format: numbered.then_some(field.format.as_str()),
            prefix: numbered.then_some(field.prefix.as_str()),
            length: (field.ty == DataType::RandomId).then_some(field.length),
            list_field: field
                .ty
                .is_list()
                .then(|| field.list.iter().map(|(_, value)| value).collect()),
            stamp_on_insert: stamped.then_some(field.on_insert),
            stamp_on_update: stamped.then_some(field.on_update),
            stamp_time_zone: stamped.then_some(field.time_zone.as_str()),
        }
    }
}

/// A field's definition in a request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Wanted {
    name: Option<String>,
    data_type: Option<String>,
    label: Option<String>,
    display_order: Option<i32>,
    unique: Option<bool>,
    format: Option<String>,
    prefix: Option<String>,
    length: Option<i32>,
    list_field: Option<Vec<Value>>,
    stamp_on_insert: Option<bool>,
    stamp_on_update: Option<bool>,
    stamp_time_zone: Option<String>,
}

impl Wanted {
    /// Converts the request to the store's form.
    pub(super) fn into_model(self) -> Result<Model, Refusal> {
        let ty = self.data_type.map(|name| parse(&name).ok_or(name));
        let ty = ty.transpose().map_err(|_| Refusal::incorrect_body())?;
        Ok(Model {
            name: self.name,
            r#type: ty.map(|ty| ty.name().to_owned()),
            label: self.label,
            display_order: self.display_order,
            unique: self.unique,
            format: self.format,
            prefix: self.prefix,
            length: self.length,
            list_field: self.list_field,
            on_insert: self.stamp_on_insert,
            on_update: self.stamp_on_update,
            time_zone: self.stamp_time_zone,
            ..Model::default()
        })
    }
}
