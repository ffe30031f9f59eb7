//! Differences between the fields of one table or view.

use super::pairs::{Pair, pairs};
use super::{Change, ObjectName, order};
use crate::{DataType, FieldDefinition, Property};
use serde_json::Value;

pub(super) fn compare(
    object: &ObjectName,
    before: &[FieldDefinition],
    after: &[FieldDefinition],
    ignored: &[Property],
    changes: &mut Vec<Change>,
) {
    for pair in pairs(before, after, |field| &field.name) {
        match pair {
            Pair::Removed(field) => changes.push(Change::FieldRemoved {
                object: object.clone(),
                field: field.name.clone(),
                data_type: field.data_type.clone(),
            }),
            Pair::Added(field) => changes.push(Change::FieldAdded {
                object: object.clone(),
                field: field.name.clone(),
                data_type: field.data_type.clone(),
            }),
            Pair::Both(before, after) => compare_one(object, before, after, ignored, changes),
        }
    }
    for (field, after) in order::moved(before, after) {
        changes.push(Change::FieldMoved {
            object: object.clone(),
            field: field.to_owned(),
            after: after.map(str::to_owned),
        });
    }
}

fn compare_one(
    object: &ObjectName,
    before: &FieldDefinition,
    after: &FieldDefinition,
    ignored: &[Property],
    changes: &mut Vec<Change>,
) {
    for (property, from, to) in properties(before, after) {
        if from != to && !ignored.contains(&property) {
            changes.push(Change::FieldChanged {
                object: object.clone(),
                field: after.name.clone(),
                property,
                from,
                to,
            });
        }
    }
    let removed = missing(before, after);
    if !removed.is_empty() {
        changes.push(Change::ListValuesRemoved {
            object: object.clone(),
            field: after.name.clone(),
            values: removed,
        });
    }
    let added = missing(after, before);
    if !added.is_empty() {
        changes.push(Change::ListValuesAdded {
            object: object.clone(),
            field: after.name.clone(),
            values: added,
        });
    }
}

/// Every property of two fields that is compared, on both sides.
fn properties(
    before: &FieldDefinition,
    after: &FieldDefinition,
) -> Vec<(Property, String, String)> {
    let both = |property, of: fn(&FieldDefinition) -> String| (property, of(before), of(after));
    let mut all = vec![
        both(Property::Name, |field| field.name.clone()),
        both(Property::Formula, |field| yes(field.formula)),
        both(Property::Unique, |field| yes(field.unique)),
        both(Property::UniqueAllowNulls, |field| {
            yes(field.unique_allow_nulls)
        }),
        both(Property::Label, |field| field.label.clone()),
        both(Property::Description, |field| field.description.clone()),
        both(Property::TableField, |field| {
            text(field.table_field.as_ref())
        }),
        both(Property::OnInsert, |field| yes(field.on_insert)),
        both(Property::OnUpdate, |field| yes(field.on_update)),
        both(Property::TimeZone, |field| text(field.time_zone.as_ref())),
        both(Property::Format, |field| text(field.format.as_ref())),
        both(Property::Prefix, |field| text(field.prefix.as_ref())),
        both(Property::Length, |field| text(field.length.as_ref())),
        both(Property::Attachment, rules),
    ];
    if before.editable.is_some() && after.editable.is_some() {
        all.push(both(Property::Editable, |field| {
            yes(field.editable == Some(true))
        }));
    }
    if !same_formula(before, after) {
        all.insert(1, both(Property::Type, |field| field.data_type.to_string()));
    }
    all
}

/// v4 does not report the type of a formula's result.
fn same_formula(before: &FieldDefinition, after: &FieldDefinition) -> bool {
    let unreported = |field: &FieldDefinition| field.data_type == DataType::Formula;
    before.formula && after.formula && (unreported(before) || unreported(after))
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn rules(field: &FieldDefinition) -> String {
    let Some(rules) = &field.attachment else {
        return String::new();
    };
    let mut parts = Vec::new();
    if !rules.permitted_file_types.is_empty() {
        parts.push(rules.permitted_file_types.join(" "));
    }
    if let Some(size) = rules.min_file_size {
        parts.push(format!("size from {size}"));
    }
    if let Some(size) = rules.max_file_size {
        parts.push(format!("size to {size}"));
    }
    parts.join(", ")
}

/// The list values of `field` that `other` does not offer.
fn missing(field: &FieldDefinition, other: &FieldDefinition) -> Vec<Value> {
    let values = field.list.values();
    values
        .filter(|value| !other.list.values().any(|known| known == *value))
        .cloned()
        .collect()
}
