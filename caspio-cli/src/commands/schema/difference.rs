//! Describes a difference between the schema file and the account, naming both sides.

use caspio_schema::{Change, Property};
use serde_json::Value;

/// Returns one line for a difference from the file to the account.
pub(super) fn difference(change: &Change) -> String {
    match change {
        Change::Added { object, fields } => {
            format!("{object} is only in the account, with {fields} fields")
        }
        Change::Removed { object } => format!("{object} is only in the file"),
        Change::Renamed { object, from } => format!("{object} is named {from:?} in the file"),
        Change::RelationshipsChanged { object } => {
            format!("{object}: its relationships differ between the file and the account")
        }
        Change::FieldAdded {
            object,
            field,
            data_type,
        } => format!("{object}: field {field:?} ({data_type}) is only in the account"),
        Change::FieldRemoved {
            object,
            field,
            data_type,
        } => format!("{object}: field {field:?} ({data_type}) is only in the file"),
        Change::FieldChanged {
            object,
            field,
            property,
            from,
            to,
        } => format!(
            "{object}: field {field:?}: {property} is {} in the file, {} in the account",
            side(*property, from),
            side(*property, to)
        ),
        Change::FieldMoved {
            object,
            field,
            after: Some(after),
        } => format!("{object}: field {field:?} comes after {after:?} in the account"),
        Change::FieldMoved { object, field, .. } => {
            format!("{object}: field {field:?} is the first in the account")
        }
        Change::ListValuesAdded {
            object,
            field,
            values,
        } => format!(
            "{object}: field {field:?}: only in the account: {}",
            list(values)
        ),
        Change::ListValuesRemoved {
            object,
            field,
            values,
        } => format!(
            "{object}: field {field:?}: only in the file: {}",
            list(values)
        ),
        other => other.to_string(),
    }
}

/// Returns the value of one side; free text is quoted.
fn side(property: Property, value: &str) -> String {
    match property {
        _ if value.is_empty() => "not set".to_owned(),
        Property::Name
        | Property::Label
        | Property::Description
        | Property::TableField
        | Property::Format
        | Property::Prefix => format!("{value:?}"),
        _ => value.to_owned(),
    }
}

fn list(values: &[Value]) -> String {
    let values = values.iter().map(Value::to_string);
    values.collect::<Vec<_>>().join(", ")
}
