//! Empty tables and views from the schema of an account.

use super::define::{TableDef, ViewDef};
use super::field::{Field, Translated, same_name};
use super::model::Model;
use super::{Store, ddl};
use crate::error::EmulatorError;
use caspio_schema::{DataType, FieldDefinition, ObjectDefinition, Schema};

/// Creates the tables and views that the store does not have.
pub(crate) fn make(store: &Store, schema: &Schema) -> Result<(), EmulatorError> {
    for table in &schema.tables {
        if store.schema().table(&table.name).is_none() {
            make_table(store, table)?;
        }
    }
    for view in &schema.views {
        if store.schema().view(&view.name).is_none()
            && let Some(definition) = view_of(schema, view)
        {
            store
                .alter(|_, schema| ddl::create_view(schema, definition))
                .map_err(|refusal| {
                    EmulatorError::load(format!("the view '{}': {refusal}", view.name))
                })?;
        }
    }
    Ok(())
}

/// Returns the names of the views that cannot be created, because the schema does not contain how
/// they join their tables.
pub(crate) fn left_out(schema: &Schema) -> Vec<&str> {
    let views = schema.views.iter();
    views
        .filter(|view| view_of(schema, view).is_none())
        .map(|view| view.name.as_str())
        .collect()
}

fn make_table(store: &Store, table: &ObjectDefinition) -> Result<(), EmulatorError> {
    let mut definition = TableDef::new(table.name.as_str()).note(table.note.as_str());
    for field in &table.fields {
        let wrong = |reason: &dyn std::fmt::Display| {
            let (table, field) = (&table.name, &field.name);
            EmulatorError::load(format!(
                "the field '{field}' of the table '{table}': {reason}"
            ))
        };
        definition
            .fields
            .push(field_of(field).map_err(|reason| wrong(&reason))?);
    }
    store
        .alter(|transaction, schema| ddl::create_table(transaction, schema, definition))
        .map_err(|refusal| EmulatorError::load(format!("the table '{}': {refusal}", table.name)))
}

/// A list keeps the keys of its values. A formula is null in every record, because the schema does
/// not contain its text; if the type of its result is missing too, it is text.
fn field_of(definition: &FieldDefinition) -> Result<Field, String> {
    let data_type = match &definition.data_type {
        DataType::Unknown(name) => return Err(format!("the data type {name} is unknown")),
        DataType::Formula => &DataType::Text64000,
        known => known,
    };
    let formula = definition.formula || definition.data_type == DataType::Formula;
    let rules = definition.attachment.clone().unwrap_or_default();
    let size = |size: Option<u64>| size.and_then(|size| i32::try_from(size).ok());
    let model = Model {
        name: Some(definition.name.clone()),
        r#type: Some(data_type.name().to_owned()),
        unique: Some(definition.unique),
        unique_allow_nulls: Some(definition.unique_allow_nulls),
        label: Some(definition.label.clone()),
        description: Some(definition.description.clone()),
        on_insert: Some(definition.on_insert),
        on_update: Some(definition.on_update),
        time_zone: definition.time_zone.clone(),
        format: definition.format.clone(),
        prefix: definition.prefix.clone(),
        length: definition
            .length
            .and_then(|length| i32::try_from(length).ok()),
        attachment_permitted_file_types: Some(rules.permitted_file_types),
        attachment_min_file_size: size(rules.min_file_size),
        attachment_max_file_size: size(rules.max_file_size),
        ..Model::default()
    };
    let mut field = model.to_field().map_err(|refusal| refusal.to_string())?;
    for (key, value) in &definition.list {
        let key = u32::try_from(*key).map_err(|_| format!("the list key {key} is out of range"))?;
        field.list.put(key, value.clone());
    }
    if formula {
        field.formula = Some(Translated {
            text: "NULL".into(),
            sql: String::new(),
        });
    }
    Ok(field)
}

/// Returns the definition of a view if all its fields come from one table of the schema.
fn view_of(schema: &Schema, view: &ObjectDefinition) -> Option<ViewDef> {
    let origins = view.fields.iter().map(|field| {
        let (table, origin) = field.table_field.as_deref()?.split_once('.')?;
        let table = schema.table(table)?;
        table.field(origin)?;
        Some((table.name.as_str(), field))
    });
    let origins: Vec<_> = origins.collect::<Option<_>>()?;
    let (table, _) = origins.first()?;
    if origins.iter().any(|(other, _)| !same_name(other, table)) {
        return None;
    }
    let mut definition = ViewDef::new(view.name.as_str(), *table);
    definition.note.clone_from(&view.note);
    for (_, field) in &origins {
        let origin = field.table_field.as_deref().unwrap_or_default();
        definition = definition.field_as(origin, &field.name);
    }
    Some(definition)
}
