//! JSON Schema of the records that the REST API returns.

use super::returned::{Form, Item, fields, form, is_nullable};
use crate::error::{CliError, ExitCode};
use caspio::record::ObjectKind;
use caspio::schema::{FieldDefinition, ObjectDefinition, Schema};
use caspio_schema::PK_ID;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// What the API returns for a time.
const MOMENT: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$";

#[derive(Serialize)]
struct Document<'s> {
    #[serde(rename = "$schema")]
    dialect: &'static str,
    #[serde(rename = "$comment")]
    comment: &'static str,
    /// The only table or view, so that the document describes its records without a reference.
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    only: Option<String>,
    #[serde(rename = "$defs")]
    groups: Members<'s, Group<'s>>,
}

/// The tables, or the views: one of each may have the same name.
#[derive(Serialize)]
struct Group<'s> {
    #[serde(rename = "$defs")]
    records: Members<'s, Record<'s>>,
}

#[derive(Serialize)]
struct Record<'s> {
    title: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'s str,
    r#type: &'static str,
    properties: Members<'s, Value>,
    required: Vec<&'s str>,
}

/// Members in their order.
struct Members<'s, T>(Vec<(&'s str, T)>);

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

pub(super) fn text(schema: &Schema) -> Result<String, CliError> {
    let kinds = [("tables", ObjectKind::Table), ("views", ObjectKind::View)];
    let groups = kinds.map(|(name, kind)| {
        let objects = schema.objects(kind).iter();
        let records = objects.map(|object| (object.name.as_str(), record(kind, object)));
        (
            name,
            Group {
                records: Members(records.collect()),
            },
        )
    });
    let groups = groups
        .into_iter()
        .filter(|(_, group)| !group.records.0.is_empty());
    let document = Document {
        dialect: "https://json-schema.org/draft/2020-12/schema",
        comment: "Records of a Caspio account, written by `caspio schema export --format json-schema`",
        only: only(schema),
        groups: Members(groups.collect()),
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| {
        CliError::new(
            ExitCode::General,
            format!("cannot write the JSON Schema: {error}"),
        )
    })?;
    Ok(text + "\n")
}

/// Returns the reference of the only table or view.
fn only(schema: &Schema) -> Option<String> {
    let (group, name) = match (schema.tables.as_slice(), schema.views.as_slice()) {
        ([table], []) => ("tables", &table.name),
        ([], [view]) => ("views", &view.name),
        _ => return None,
    };
    // A part of a JSON pointer, in the fragment of a URI.
    let pointer = name.replace('~', "~0").replace('/', "~1");
    let mut encoded = String::new();
    for byte in pointer.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(format!("#/$defs/{group}/$defs/{encoded}"))
}

/// Describes a record with all fields of its table or view. More members are allowed: a view's record also has the keys
/// of its tables' records.
fn record(kind: ObjectKind, object: &ObjectDefinition) -> Record<'_> {
    let key = match kind {
        ObjectKind::Table => json!({ "type": "integer" }),
        ObjectKind::View => json!({ "type": "string" }),
    };
    let mut properties = vec![(PK_ID, key)];
    let returned = fields(object).filter_map(|field| {
        let form = form(field)?;
        Some((field.name.as_str(), property(kind, field, form)))
    });
    properties.extend(returned);
    let required = properties.iter().skip(1).map(|(name, _)| *name);
    Record {
        title: format!("A record of the {kind} {:?}", object.name),
        description: &object.note,
        r#type: "object",
        required: required.collect(),
        properties: Members(properties),
    }
}

fn property(kind: ObjectKind, field: &FieldDefinition, form: Form) -> Value {
    let mut property = match form {
        Form::Text(None) => json!({ "type": "string" }),
        Form::Text(Some(longest)) => json!({ "type": "string", "maxLength": longest }),
        Form::Whole => json!({ "type": "integer" }),
        Form::Amount => json!({ "type": "number" }),
        Form::Moment => json!({ "type": "string", "pattern": MOMENT }),
        Form::Flag => json!({ "type": "boolean" }),
        // A blank number was seen as an empty text.
        Form::Float => json!({ "type": ["number", "string"], "maxLength": 0 }),
        Form::List(item) => json!({ "type": "object", "additionalProperties": item_schema(item) }),
        Form::Any => json!({}),
    };
    let may_be_null = is_nullable(kind, field);
    if let (true, Some(ty)) = (may_be_null, property.get_mut("type")) {
        *ty = match ty.take() {
            Value::Array(types) => types.into_iter().chain(["null".into()]).collect(),
            one => json!([one, "null"]),
        };
    }
    if let (false, Value::Object(members)) = (field.description.is_empty(), &mut property) {
        members.insert("description".to_owned(), field.description.clone().into());
    }
    // Whether a map keeps the order of its members is a feature of `serde_json` that another crate may turn on.
    property.sort_all_objects();
    property
}

fn item_schema(item: Item) -> Value {
    match item {
        Item::Text => json!({ "type": "string" }),
        Item::Number => json!({ "type": "number" }),
    }
}
