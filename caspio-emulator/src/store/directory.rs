//! Directories: tables whose records are end users.

use super::StoreError;
use super::define::{FieldDef, TableDef};
use super::edit::{Work, WriteResult};
use super::field::same_name;
use super::objects::Directory;
use super::outbox::RecordChanges;
use super::schema::Table;
use super::{Store, change, date, ddl, document};
use crate::store::webhook::short_id;
use caspio_schema::DataType;
use rusqlite::types::{FromSql, Value};
use rusqlite::{Connection, OptionalExtension};

impl Store {
    /// Creates a directory and the table of its users, who always have an `Email` and a `UserGUID`.
    pub(crate) fn create_directory(
        &self,
        mut table: TableDef,
        created_by: &str,
    ) -> Result<String, StoreError> {
        for (name, field) in [
            ("UserGUID", FieldDef::new("UserGUID", DataType::Guid)),
            ("Email", FieldDef::new("Email", DataType::Text255).unique()),
        ] {
            if !table.fields.iter().any(|field| field.is_called(name)) {
                table = table.field(field);
            }
        }
        let id = short_id(&mut self.random());
        self.alter(|transaction, schema| {
            let now = date::now(transaction)?;
            let directory = Directory {
                id,
                name: table.name.clone(),
                created: now.clone(),
                updated: now,
                created_by: created_by.to_owned(),
                updated_by: created_by.to_owned(),
            };
            ddl::create_table(transaction, schema, table)?;
            let table = schema
                .tables
                .iter_mut()
                .find(|table| same_name(&table.name, &directory.name))
                .ok_or(StoreError::Internal)?;
            table.directory = true;
            let physical = table.physical();
            // A new user has to activate the account first; it is inferred that this is the first state, and so are
            // the initial values of the other attributes.
            transaction.execute_batch(&format!(
                "ALTER TABLE {physical} ADD COLUMN u_status TEXT DEFAULT 'ActivationPending';
                 ALTER TABLE {physical} ADD COLUMN u_sign_in TEXT DEFAULT 'Caspio';
                 ALTER TABLE {physical} ADD COLUMN u_2fa TEXT DEFAULT 'Unavailable';"
            ))?;
            document::put(transaction, &directory)?;
            Ok(directory.id)
        })
    }
}

/// Returns how many users a directory has.
pub(crate) fn users(connection: &Connection, table: &Table) -> Result<i64, StoreError> {
    let sql = format!("SELECT count(*) FROM {}", table.physical());
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}

/// Sets the status of the users that meet a condition.
pub(crate) fn set_status(
    work: &Work<'_>,
    condition: &str,
    status: &str,
) -> Result<WriteResult, StoreError> {
    let table = work.target.table();
    if !table.directory {
        return Err(StoreError::ObjectNotFound);
    }
    let keys = work.matching(condition)?;
    let status = Value::Text(status.to_owned());
    change::set_column(work.transaction, table, "u_status", &keys, &status)?;
    work.finish(keys, RecordChanges::default())
}

/// Returns the status of the user with this GUID.
pub(crate) fn status(
    connection: &Connection,
    table: &Table,
    guid: &str,
) -> Result<Option<String>, StoreError> {
    of_user(connection, table, guid, "u_status")
}

/// Returns the key of the record of the user with this GUID.
pub(crate) fn key(
    connection: &Connection,
    table: &Table,
    guid: &str,
) -> Result<Option<i64>, StoreError> {
    of_user(connection, table, guid, "pk")
}

/// Returns the GUID of the user whose record has this key.
pub(crate) fn guid(connection: &Connection, table: &Table, key: i64) -> Result<String, StoreError> {
    let field = table.field("UserGUID");
    let field = field.ok_or(StoreError::ObjectNotFound)?;
    let sql = format!(
        "SELECT {} FROM {} WHERE pk = ?1",
        field.column(),
        table.physical()
    );
    Ok(connection.query_row(&sql, [key], |row| row.get(0))?)
}

fn of_user<T: FromSql>(
    connection: &Connection,
    table: &Table,
    guid: &str,
    column: &str,
) -> Result<Option<T>, StoreError> {
    let Some(field) = table.field("UserGUID") else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {column} FROM {} WHERE {} = ?1",
        table.physical(),
        field.column()
    );
    Ok(connection
        .query_row(&sql, [guid], |row| row.get(0))
        .optional()?)
}
