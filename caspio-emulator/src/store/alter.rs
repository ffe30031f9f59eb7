//! Adding, changing and dropping fields of a table with records.

use super::StoreError;
use super::ddl::{check_count, check_field_name, column_sql, drop_unique, make_unique};
use super::field::{self, Field};
use super::model::Model;
use super::schema::{Key, Schema, Table};
use super::{Store, convert, generate, value};
use rusqlite::types::Value;
use rusqlite::{Transaction, params};

impl Store {
    /// Adds a field to a table.
    pub(crate) fn add_field(&self, table: &str, model: &Model) -> Result<(), StoreError> {
        let mut field = model.to_field()?;
        check_field_name(&field.name)?;
        self.alter(|transaction, schema| {
            let table = table_mut(schema, table)?;
            check_count(table.fields.len() + 1)?;
            if table.field(&field.name).is_some() {
                return Err(taken(&field.name));
            }
            field.id = table.next_field;
            table.next_field += 1;
            transaction.execute_batch(&format!(
                "ALTER TABLE {} ADD COLUMN {}",
                table.physical(),
                column_sql(&field)
            ))?;
            fill(transaction, &mut self.random(), table, &field)?;
            make_unique(transaction, table, &field)?;
            let at = place(model.display_order, 0, table.fields.len());
            table.fields.insert(at, field);
            Ok(())
        })
    }

    /// Changes a field of a table.
    pub(crate) fn change_field(
        &self,
        table: &str,
        name: &str,
        model: &Model,
    ) -> Result<(), StoreError> {
        self.alter(|transaction, schema| {
            let is_used = is_used(schema, table, name)?;
            let table = table_mut(schema, table)?;
            let at = position(table, name)?;
            let before = table.fields[at].clone();
            let after = changed(&before, model)?;
            check_field_name(&after.name)?;
            if is_used && (before.ty != after.ty || !before.is_called(&after.name)) {
                return Err(StoreError::InUse);
            }
            let same_name = table.field(&after.name);
            if same_name.is_some_and(|other| other.id != after.id) {
                return Err(taken(&after.name));
            }
            drop_unique(transaction, table, &before)?;
            if before.ty != after.ty {
                retype(transaction, table, &before, &after)?;
            }
            make_unique(transaction, table, &after)?;
            table.fields.remove(at);
            // In a change 0 means first, in a creation it means last.
            let at = match model.display_order {
                Some(order) => place(Some(order), 1, table.fields.len()),
                None => at,
            };
            table.fields.insert(at, after);
            Ok(())
        })
    }

    /// Drops a field of a table.
    pub(crate) fn drop_field(&self, table: &str, name: &str) -> Result<(), StoreError> {
        self.alter(|transaction, schema| {
            if is_used(schema, table, name)? {
                return Err(StoreError::InUse);
            }
            let table = table_mut(schema, table)?;
            let at = position(table, name)?;
            let field = table.fields.remove(at);
            drop_unique(transaction, table, &field)?;
            if !field.is_formula() {
                transaction.execute_batch(&format!(
                    "ALTER TABLE {} DROP COLUMN {}",
                    table.physical(),
                    field.column()
                ))?;
            }
            Ok(())
        })
    }
}

fn table_mut<'s>(schema: &'s mut Schema, name: &str) -> Result<&'s mut Table, StoreError> {
    schema
        .tables
        .iter_mut()
        .find(|table| super::field::same_name(&table.name, name))
        .ok_or(StoreError::TableNotFound)
}

fn position(table: &Table, name: &str) -> Result<usize, StoreError> {
    table
        .fields
        .iter()
        .position(|field| field.is_called(name))
        .ok_or_else(|| StoreError::fields_not_found(&[name]))
}

/// Returns whether a formula of the table or a view uses a field.
fn is_used(schema: &Schema, table: &str, name: &str) -> Result<bool, StoreError> {
    let table = schema.table(table).ok_or(StoreError::TableNotFound)?;
    let field = &table.fields[position(table, name)?];
    let mut formulas = table
        .fields
        .iter()
        .filter_map(|other| other.formula.as_ref());
    let in_formula = formulas.any(|formula| mentions(&formula.sql, &field.column()));
    let in_view = schema.views.iter().any(|view| {
        let is_part = |at: usize| {
            view.parts
                .get(at)
                .is_some_and(|part| part.table == table.id)
        };
        let mut joins = view.parts.iter().enumerate();
        joins.any(|(at, part)| {
            part.join.as_ref().is_some_and(|join| {
                (is_part(at) && join.key == Key::Field(field.id))
                    || (is_part(join.earlier) && join.earlier_key == Key::Field(field.id))
            })
        }) || view
            .fields
            .iter()
            .any(|shown| is_part(shown.part) && shown.field == field.id)
    });
    Ok(in_formula || in_view)
}

/// Returns whether a translated text contains a column.
fn mentions(sql: &str, column: &str) -> bool {
    sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .any(|word| word == column)
}

/// Returns the index for a display order; `zero` is whether 0 is the first position or the last.
fn place(order: Option<i32>, zero: i32, fields: usize) -> usize {
    match order {
        Some(0) if zero == 1 => 0,
        Some(order) if order > 0 => (order.unsigned_abs() as usize - 1).min(fields),
        _ => fields,
    }
}

fn taken(name: &str) -> StoreError {
    StoreError::ObjectExists(name.to_owned())
}

fn changed(before: &Field, model: &Model) -> Result<Field, StoreError> {
    let mut after = before.clone();
    if let Some(name) = &model.r#type {
        let ty = field::data_type(name).ok_or(StoreError::InvalidDefinition)?;
        if ty != before.ty {
            let fresh = Field::new(before.name.clone(), ty);
            after.ty = fresh.ty;
            after.format = fresh.format;
            after.length = fresh.length;
            after.time_zone = fresh.time_zone;
        }
    }
    if before.is_formula() && after.ty != before.ty {
        return Err(StoreError::InvalidDefinition);
    }
    model.apply(&mut after)?;
    Ok(after)
}

/// Sets a new field in the existing records.
fn fill(
    transaction: &Transaction<'_>,
    random: &mut fastrand::Rng,
    table: &Table,
    field: &Field,
) -> Result<(), StoreError> {
    let sql = format!("UPDATE {} SET {} = ?1", table.physical(), field.column());
    if !field.is_generated() {
        transaction.execute(&sql, [value::default_value(&field.ty)])?;
        return Ok(());
    }
    let mut statement = transaction.prepare(&format!("{sql} WHERE pk = ?2"))?;
    for key in keys(transaction, table)? {
        let made = generate::on_insert(transaction, random, table, field)?;
        statement.execute(params![made.unwrap_or(Value::Null), key])?;
    }
    Ok(())
}

fn keys(transaction: &Transaction<'_>, table: &Table) -> Result<Vec<i64>, StoreError> {
    let mut statement =
        transaction.prepare(&format!("SELECT pk FROM {} ORDER BY pk", table.physical()))?;
    let keys = statement.query_map([], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Replaces a column by one of another type with the same name, and converts its values.
fn retype(
    transaction: &Transaction<'_>,
    table: &Table,
    before: &Field,
    after: &Field,
) -> Result<(), StoreError> {
    if after.is_generated() {
        return Err(StoreError::InvalidDefinition);
    }
    let (physical, column) = (table.physical(), before.column());
    transaction.execute_batch(&format!(
        "ALTER TABLE {physical} RENAME COLUMN {column} TO old_{column};
         ALTER TABLE {physical} ADD COLUMN {}",
        column_sql(after)
    ))?;
    let mut old =
        transaction.prepare(&format!("SELECT old_{column} FROM {physical} WHERE pk = ?"))?;
    let mut new =
        transaction.prepare(&format!("UPDATE {physical} SET {column} = ? WHERE pk = ?"))?;
    for key in keys(transaction, table)? {
        let held: Value = old.query_row([key], |row| row.get(0))?;
        new.execute(params![convert::convert(before, after, held), key])?;
    }
    drop((old, new));
    transaction.execute_batch(&format!("ALTER TABLE {physical} DROP COLUMN old_{column}"))?;
    Ok(())
}
