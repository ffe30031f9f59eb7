//! Creating and changing tables, fields and views.

use super::StoreError;
use super::access;
use super::define::{TableDef, ViewDef};
use super::field::{Field, Translated, is_stored, same_name};
use super::schema::{Join, Key, Part, Schema, Table, View, ViewField};
use caspio_tsql::Source;
use rusqlite::Transaction;
use std::collections::HashSet;

/// The longest name in SQL Server.
const LONGEST_NAME: usize = 128;
/// The highest number of columns of a table in SQL Server.
const MOST_COLUMNS: usize = 1_024;

/// Creates a table with its fields.
pub(crate) fn create_table(
    transaction: &Transaction<'_>,
    schema: &mut Schema,
    definition: TableDef,
) -> Result<(), StoreError> {
    if schema.table(&definition.name).is_some() {
        return Err(StoreError::ObjectExists(definition.name));
    }
    check_name(&definition.name)?;
    check_count(definition.fields.len())?;
    let mut names = HashSet::new();
    if !definition
        .fields
        .iter()
        .all(|field| names.insert(field.name.to_lowercase()))
    {
        return Err(StoreError::refused("Field names must be unique"));
    }
    for field in &definition.fields {
        check_field_name(&field.name)?;
    }
    if let Some(field) = definition.fields.iter().find(|field| !is_stored(&field.ty)) {
        return Err(StoreError::refused(format!(
            "The field '{}' cannot have the data type {}",
            field.name, field.ty
        )));
    }
    let mut table = Table {
        id: schema.next_id(),
        name: definition.name,
        note: definition.note,
        fields: definition.fields,
        next_field: 1,
        directory: false,
    };
    for field in &mut table.fields {
        field.id = table.next_field;
        table.next_field += 1;
    }
    translate_formulas(&mut table)?;
    let columns: String = table
        .fields
        .iter()
        .filter(|field| !field.is_formula())
        .map(|field| format!(", {}", column_sql(field)))
        .collect();
    transaction.execute_batch(&format!(
        "CREATE TABLE {} (pk INTEGER PRIMARY KEY AUTOINCREMENT{columns})",
        table.physical()
    ))?;
    for field in &table.fields {
        make_unique(transaction, &table, field)?;
    }
    schema.tables.push(table);
    Ok(())
}

/// Creates a view.
pub(crate) fn create_view(schema: &mut Schema, definition: ViewDef) -> Result<(), StoreError> {
    if schema.view(&definition.name).is_some() {
        return Err(StoreError::ObjectExists(definition.name));
    }
    let mut view = View {
        id: schema.next_id(),
        name: definition.name.clone(),
        note: definition.note.clone(),
        parts: parts(schema, &definition)?,
        fields: Vec::new(),
        filter: None,
        editable: None,
    };
    for (field, name) in &definition.fields {
        let (part, field) = locate(schema, &view.parts, field)?;
        let table = part_table(schema, &view.parts[part])?;
        let field = table
            .field(field)
            .ok_or_else(|| StoreError::fields_not_found(&[field]))?;
        view.fields.push(ViewField {
            id: view.fields.len() as u32,
            name: name.clone(),
            part,
            field: field.id,
        });
    }
    if let Some(name) = &definition.editable {
        view.editable = Some(part_called(schema, &view.parts, name)?);
    }
    if let Some(text) = &definition.filter {
        let source = access::unfiltered(schema, &view);
        view.filter = Some(translate_condition(&view.name, source, text)?);
    }
    schema.views.push(view);
    Ok(())
}

/// Translates the formulas of a table.
pub(crate) fn translate_formulas(table: &mut Table) -> Result<(), StoreError> {
    let plain = Table {
        fields: table
            .fields
            .iter()
            .filter(|field| !field.is_formula())
            .cloned()
            .collect(),
        ..table.clone()
    };
    for field in &mut table.fields {
        let ty = field.tsql_type();
        if let Some(formula) = &mut field.formula {
            let only = access::Only {
                name: &plain.name,
                source: access::of_table(&plain),
            };
            formula.sql = caspio_tsql::compile_formula(&only, &plain.name, &formula.text, ty)?;
        }
    }
    Ok(())
}

fn translate_condition(name: &str, source: Source, text: &str) -> Result<Translated, StoreError> {
    let only = access::Only { name, source };
    let condition = caspio_tsql::compile_condition(&only, name, text)?;
    Ok(Translated {
        text: text.to_owned(),
        sql: condition.inlined(),
    })
}

/// Returns the SQL of a field's column, with the type of its stored form.
pub(crate) fn column_sql(field: &Field) -> String {
    let (column, ty) = (field.column(), field.column_type());
    // Dates are text too, but in one form whose byte order is the order of time.
    if ty == "TEXT" && !field.is_date() {
        format!("{column} TEXT COLLATE {}", caspio_tsql::COLLATION)
    } else {
        format!("{column} {ty}")
    }
}

/// Makes SQLite enforce a unique field, and refuses one whose values are not unique. Without `UniqueAllowNulls` one
/// null is allowed.
pub(crate) fn make_unique(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &Field,
) -> Result<(), StoreError> {
    if !field.unique || field.is_formula() {
        return Ok(());
    }
    let (physical, column) = (table.physical(), field.column());
    let mut sql = format!(
        "CREATE UNIQUE INDEX u_{}_{} ON {physical} ({column});",
        table.id, field.id
    );
    if !field.unique_allow_nulls {
        sql += &format!(
            "CREATE UNIQUE INDEX n_{}_{} ON {physical} ({column} IS NULL) WHERE {column} IS NULL;",
            table.id, field.id
        );
    }
    transaction
        .execute_batch(&sql)
        .map_err(|_| StoreError::duplicate(&[&field.name]))
}

/// Drops the indexes of [`make_unique`].
pub(crate) fn drop_unique(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &Field,
) -> Result<(), StoreError> {
    transaction.execute_batch(&format!(
        "DROP INDEX IF EXISTS u_{0}_{1}; DROP INDEX IF EXISTS n_{0}_{1}",
        table.id, field.id
    ))?;
    Ok(())
}

/// Refuses a name that is too long for SQL Server; that Caspio has the same bound is inferred, fact
/// `names-and-columns`.
fn check_name(name: &str) -> Result<(), StoreError> {
    if name.chars().count() <= LONGEST_NAME {
        return Ok(());
    }
    Err(StoreError::refused(format!(
        "A name has at most {LONGEST_NAME} characters"
    )))
}

/// Refuses the name of the key, and a name that is too long.
pub(super) fn check_field_name(name: &str) -> Result<(), StoreError> {
    if same_name(name, "PK_ID") {
        return Err(StoreError::refused("The name PK_ID is that of the key"));
    }
    check_name(name)
}

/// Refuses more fields than a table of SQL Server has beside its key.
pub(super) fn check_count(fields: usize) -> Result<(), StoreError> {
    if fields < MOST_COLUMNS {
        return Ok(());
    }
    Err(StoreError::refused(format!(
        "A table has at most {MOST_COLUMNS} columns, with PK_ID"
    )))
}

fn parts(schema: &Schema, definition: &ViewDef) -> Result<Vec<Part>, StoreError> {
    let mut parts: Vec<Part> = Vec::new();
    for table in &definition.tables {
        let found = schema.table(&table.name).ok_or(StoreError::TableNotFound)?;
        let join = match &table.on {
            None => None,
            Some((earlier, field)) => {
                let (at, earlier_field) = locate(schema, &parts, earlier)?;
                Some(Join {
                    outer: table.outer,
                    earlier: at,
                    earlier_key: key(part_table(schema, &parts[at])?, earlier_field)?,
                    key: key(found, field)?,
                })
            }
        };
        parts.push(Part {
            table: found.id,
            join,
        });
    }
    Ok(parts)
}

/// Returns the column that a join compares: a stored field or the table's key.
fn key(table: &Table, name: &str) -> Result<Key, StoreError> {
    if same_name(name, "PK_ID") {
        return Ok(Key::Primary);
    }
    table
        .field(name)
        .map(|field| Key::Field(field.id))
        .ok_or_else(|| StoreError::fields_not_found(&[name]))
}

/// Splits `Table.Field` into the index of the table in the view and the name of the field.
fn locate<'f>(
    schema: &Schema,
    parts: &[Part],
    field: &'f str,
) -> Result<(usize, &'f str), StoreError> {
    let (table, name) = field
        .rsplit_once('.')
        .ok_or_else(|| StoreError::fields_not_found(&[field]))?;
    Ok((part_called(schema, parts, table)?, name))
}

fn part_called(schema: &Schema, parts: &[Part], name: &str) -> Result<usize, StoreError> {
    parts
        .iter()
        .position(|part| part_table(schema, part).is_ok_and(|table| same_name(&table.name, name)))
        .ok_or(StoreError::TableNotFound)
}

fn part_table<'s>(schema: &'s Schema, part: &Part) -> Result<&'s Table, StoreError> {
    schema
        .table_by_id(part.table)
        .ok_or(StoreError::TableNotFound)
}
