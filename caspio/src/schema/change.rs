//! Creating tables; adding, changing and deleting fields.

use super::{FieldDefinition, FieldUpdate, ObjectDefinition};
use crate::client::Client;
use crate::dialect::{Undocumented, collection_url};
use crate::handle::Table;
use crate::read::explain_unknown_column;
use crate::record::{ObjectKind, Record};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Idempotency, Request, Result};

const CREATE_TABLE: &str = "tables.create";
const ADD: &str = "fields.add";
const CHANGE: &str = "fields.change";
const DELETE: &str = "fields.delete";

impl Client {
    /// Creates a table with its fields. One call. The note and the relationships of the definition are not sent,
    /// because the API does not accept them.
    ///
    /// The API cannot delete or rename a table; do that in Caspio.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: no field, two fields whose names differ in case only, a formula, a type that Caspio
    /// fills without `unique`, or a property that the version does not document. `Conflict`: the account has a table
    /// of this name. Otherwise the service's reason; the profile must be allowed to create tables.
    ///
    /// ```no_run
    /// use caspio::schema::{DataType, FieldDefinition, ObjectDefinition};
    ///
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// caspio.create_table(&ObjectDefinition::new("Pets", vec![name])).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_table(&self, table: &ObjectDefinition) -> Result<()> {
        let target = Target::new(ObjectKind::Table, table.name.as_str());
        if table.name.trim().is_empty() {
            return Err(refused(CREATE_TABLE, &target, "a table needs a name"));
        }
        if table.fields.is_empty() {
            return Err(refused(CREATE_TABLE, &target, "a table needs a field"));
        }
        if let Some((one, other)) = table.fields_of_one_name() {
            let reason = format!("two fields have the same name, {one:?} and {other:?}");
            return Err(refused(CREATE_TABLE, &target, &reason).with_field(other));
        }
        for field in &table.fields {
            if let Some(reason) = field.refusal() {
                return Err(refused(CREATE_TABLE, &target, reason).with_field(&field.name));
            }
        }
        let body = self.dialect().new_table(table);
        let body = body.map_err(|member| self.undocumented(CREATE_TABLE, &target, &member))?;
        let url = collection_url(self.base(), ObjectKind::Table);
        let operation = target.operation(CREATE_TABLE);
        let request = self.dialect().create_table(url, &body, operation);
        self.alter(&target, request).await
    }

    pub(super) async fn add_field(&self, target: &Target, field: &FieldDefinition) -> Result<()> {
        if let Some(reason) = field.refusal() {
            return Err(refused(ADD, target, reason).with_field(&field.name));
        }
        let body = self.dialect().new_field(field);
        let body = body.map_err(|member| self.undocumented(ADD, target, &member))?;
        let url = self.object_url(target, ADD).await?;
        let operation = target.operation(ADD);
        let request = self.dialect().add_field(&url, &body, operation);
        self.alter(target, request).await
    }

    pub(super) async fn change_field(
        &self,
        target: &Target,
        name: &str,
        update: &FieldUpdate,
    ) -> Result<()> {
        if let Some(reason) = update.refusal() {
            return Err(refused(CHANGE, target, reason).with_field(name));
        }
        let body = self.dialect().changed_field(update);
        let body =
            body.map_err(|member| self.undocumented(CHANGE, target, &member).with_field(name))?;
        let url = self.object_url(target, CHANGE).await?;
        let operation = target.operation(CHANGE);
        let request = self.dialect().change_field(&url, name, &body, operation);
        let request = match update.name {
            // A second attempt would not find a field of the old name.
            Some(_) => request.idempotency(Idempotency::NotIdempotent),
            None => request,
        };
        self.alter(target, request).await
    }

    pub(super) async fn delete_field(&self, target: &Target, name: &str) -> Result<()> {
        if name.trim().is_empty() {
            return Err(refused(DELETE, target, "a field needs a name"));
        }
        let url = self.object_url(target, DELETE).await?;
        let operation = target.operation(DELETE);
        let request = self.dialect().delete_field(&url, name, operation);
        self.alter(target, request).await
    }

    /// Sends a change. It removes the cached definition even if the call fails, because the change may have been made.
    async fn alter(&self, target: &Target, request: Request) -> Result<()> {
        let sent = self.send(request).await;
        // The near names are those of the cached fields.
        let sent = sent.map_err(|error| explain_unknown_column(error, self, target, &[]));
        self.forget_definitions(target);
        sent.map(|_| ())
    }

    fn undocumented(
        &self,
        operation: &'static str,
        target: &Target,
        member: &Undocumented,
    ) -> Error {
        let version = self.dialect().version();
        let reason = format!("{version} of the API documents no `{}`", member.0);
        refused(operation, target, &reason).with_hint("use v3: `api_version(ApiVersion::V3)`")
    }
}

impl<R: Record> Table<R> {
    /// Adds a field to the table. One call.
    ///
    /// ```no_run
    /// use caspio::schema::{DataType, FieldDefinition};
    ///
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let age = FieldDefinition::new("Age", DataType::Integer);
    /// caspio.table_named("Pets").add_field(&age).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: as for [`Client::create_table`]. `NotFound`: there is no such table. `Conflict`: the
    /// table has a field of this name.
    pub async fn add_field(&self, field: &FieldDefinition) -> Result<()> {
        self.client().add_field(self.target(), field).await
    }

    /// Changes the properties of a field that the update contains. One call.
    ///
    /// After a change of the type, Caspio converts the values. Values that cannot be converted are lost.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: the update is empty, the type is a formula's, or as for
    /// [`Client::create_table`]. `NotFound`: there is no such table. `Invalid`: there is no such field.
    ///
    /// ```no_run
    /// use caspio::schema::FieldUpdate;
    ///
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let pets = caspio.table_named("Pets");
    /// pets.change_field("Name", &FieldUpdate::new().label("What it is called")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn change_field(&self, name: &str, update: &FieldUpdate) -> Result<()> {
        let client = self.client();
        client.change_field(self.target(), name, update).await
    }

    /// Deletes a field and its values in all records. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such table. `Invalid`: there is no such field. Caspio does not document its response for
    /// a field that a view or a formula uses.
    pub async fn delete_field(&self, name: &str) -> Result<()> {
        self.client().delete_field(self.target(), name).await
    }
}

fn refused(operation: &'static str, target: &Target, reason: &str) -> Error {
    Error::new(ErrorKind::Refused, reason)
        .with_operation(operation)
        .with_resource(target.to_string())
}
