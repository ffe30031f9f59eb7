//! Adding, changing and dropping fields of a table with records.

use super::StoreError;
use super::ddl::{column_sql, drop_unique, make_unique};
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
        self.alter(|transaction, schema| {
            let table = table_mut(schema, table)?;
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
            let table = table_mut(schema, table)?;
            let at = position(table, name)?;
            let before = table.fields[at].clone();
            let after = changed(&before, model)?;
            let same_name = table.field(&after.name);
            if same_name.is_some_and(|other| other.id != after.id) {
                return Err(taken(&after.name));
            }
            drop_unique(transaction, table, &before)?;
            if before.ty != after.ty {
                retype(transaction, table, &before, &after)?;
            }
            make_unique(transaction, table, &after).map_err(|_| StoreError::duplicate(&[name]))?;
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

    /// Drops a field of a table, and the fields of views that show it.
    pub(crate) fn drop_field(&self, table: &str, name: &str) -> Result<(), StoreError> {
        self.alter(|transaction, schema| {
            let users = users_of(schema, table, name)?;
            let table = table_mut(schema, table)?;
            let at = position(table, name)?;
            // It is inferred how Caspio responds if something else uses the field, fact `field-in-use`.
            if users {
                return Err(StoreError::refused(format!("The field '{name}' is in use")));
            }
            let field = table.fields.remove(at);
            let id = table.id;
            drop_unique(transaction, table, &field)?;
            if !field.is_formula() {
                transaction.execute_batch(&format!(
                    "ALTER TABLE {} DROP COLUMN {}",
                    table.physical(),
                    field.column()
                ))?;
            }
            for view in &mut schema.views {
                let parts = &view.parts;
                view.fields.retain(|shown| {
                    let of_table = parts.get(shown.part).map(|part| part.table);
                    (of_table, shown.field) != (Some(id), field.id)
                });
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

/// Returns whether a formula, a join or the filter of a view uses a field.
fn users_of(schema: &Schema, table: &str, name: &str) -> Result<bool, StoreError> {
    let table = schema.table(table).ok_or(StoreError::TableNotFound)?;
    let field = &table.fields[position(table, name)?];
    let in_formula = table
        .fields
        .iter()
        .filter_map(|other| other.formula.as_ref())
        .any(|formula| mentions(&formula.sql, &field.column()));
    let in_view = schema.views.iter().any(|view| {
        let is_part = |at: usize| {
            view.parts
                .get(at)
                .is_some_and(|part| part.table == table.id)
        };
        let in_join = view.parts.iter().enumerate().any(|(at, part)| {
            part.join.as_ref().is_some_and(|join| {
                (is_part(at) && join.key == Key::Field(field.id))
                    || (is_part(join.earlier) && join.earlier_key == Key::Field(field.id))
            })
        });
        let in_filter = view.fields.iter().any(|shown| {
            is_part(shown.part)
                && shown.field == field.id
                && view
                    .filter
                    .as_ref()
                    .is_some_and(|filter| mentions(&filter.sql, &shown.column()))
        });
        in_join || in_filter
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
