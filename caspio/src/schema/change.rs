//! Making tables; adding, changing and deleting fields.

use super::body::{self, Undocumented};
use super::{FieldDefinition, FieldUpdate, TableDefinition};
use crate::client::Client;
use crate::handle::Table;
use crate::record::{Record, SourceKind};
use crate::target::Target;
use crate::wire;
use caspio_core::{ApiVersion, Error, ErrorKind, Operation, Repeat, Request, Result};
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

const CREATE_TABLE: &str = "tables.create";
const ADD: &str = "fields.add";
const CHANGE: &str = "fields.change";
const DELETE: &str = "fields.delete";

impl Client {
    /// Makes a table with its fields. One call. Its note and relationships are not sent: the API takes
    /// none.
    ///
    /// The API cannot delete or rename a table: that is done in Caspio.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: a formula, a type that Caspio fills in without `unique`, what the
    /// version does not document. Otherwise what the service reports; the profile must be allowed to
    /// make tables.
    ///
    /// ```no_run
    /// use caspio::schema::{DataType, FieldDefinition, TableDefinition};
    ///
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// caspio.create_table(&TableDefinition::new("Pets", vec![name])).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_table(&self, table: &TableDefinition) -> Result<()> {
        let target = Target::new(SourceKind::Table, table.name.as_str());
        if table.name.trim().is_empty() {
            return Err(refused(CREATE_TABLE, &target, "a table needs a name"));
        }
        for field in &table.fields {
            if let Some(reason) = field.refusal() {
                return Err(refused(CREATE_TABLE, &target, reason).with_field(&field.name));
            }
        }
        let body = body::new_table(self.api_version(), table);
        let body = body.map_err(|member| undocumented(CREATE_TABLE, &target, &member))?;
        let url = self.collection(SourceKind::Table, &[]);
        let operation = Operation::new(CREATE_TABLE).on(target.to_string());
        self.alter(
            &target,
            Request::post(url, operation).json(body.to_string()),
        )
        .await
    }

    pub(super) async fn add_field(&self, target: &Target, field: &FieldDefinition) -> Result<()> {
        if let Some(reason) = field.refusal() {
            return Err(refused(ADD, target, reason).with_field(&field.name));
        }
        let body = body::new_field(self.api_version(), field);
        let body = body.map_err(|member| undocumented(ADD, target, &member))?;
        let segment = self.segment(target).await?;
        let url = self.collection(target.kind, &[&segment, "fields"]);
        let operation = Operation::new(ADD).on(target.to_string());
        self.alter(target, Request::post(url, operation).json(body.to_string()))
            .await
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
        let body = body::changed_field(self.api_version(), update);
        let body = body.map_err(|member| undocumented(CHANGE, target, &member).with_field(name))?;
        let request = self.changing(target, name, &body).await?;
        let request = match update.name {
            // A second time there would be no field of the old name.
            Some(_) => request.repeat(Repeat::OnlyIfNeverSent),
            None => request,
        };
        self.alter(target, request).await
    }

    async fn changing(&self, target: &Target, name: &str, body: &Value) -> Result<Request> {
        let segment = self.segment(target).await?;
        let url = self.collection(target.kind, &[&segment, "fields", name]);
        let operation = Operation::new(CHANGE).on(target.to_string());
        let request = match wire::changes_by_patch(self.api_version()) {
            true => Request::patch(url, operation),
            false => Request::put(url, operation),
        };
        Ok(request.json(body.to_string()))
    }

    pub(super) async fn delete_field(&self, target: &Target, name: &str) -> Result<()> {
        if name.trim().is_empty() {
            return Err(refused(DELETE, target, "a field needs a name"));
        }
        let segment = self.segment(target).await?;
        let url = self.collection(target.kind, &[&segment, "fields", name]);
        let operation = Operation::new(DELETE).on(target.to_string());
        // A second time there would be no such field. Caspio wants the header without a body as well.
        let request = Request::delete(url, operation)
            .repeat(Repeat::OnlyIfNeverSent)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.alter(target, request).await
    }

    /// Sends a change; what was known of the table is stale afterwards, whatever the answer.
    async fn alter(&self, target: &Target, request: Request) -> Result<()> {
        let sent = self.send(request).await;
        self.forget_definitions(target);
        sent.map(|_| ())
    }
}

impl<R: Record> Table<R> {
    /// Adds a field. One call.
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
    /// `Refused`, without a call: as for [`Client::create_table`]. `NotFound`: there is no such table.
    pub async fn add_field(&self, field: &FieldDefinition) -> Result<()> {
        self.client().add_field(self.target(), field).await
    }

    /// Changes a field; what the update does not say stays. One call.
    ///
    /// Another type makes Caspio convert the values: what does not convert is lost.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: nothing changes, the type is a formula's, or as for
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

    /// Deletes a field with all that records hold in it. One call.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// caspio.table_named("Pets").delete_field("Age").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such table. `Invalid`: there is no such field. What Caspio says of a field that a view or a formula
    /// is built on is not documented.
    pub async fn delete_field(&self, name: &str) -> Result<()> {
        self.client().delete_field(self.target(), name).await
    }
}

fn refused(operation: &'static str, target: &Target, reason: &str) -> Error {
    Error::new(ErrorKind::Refused, reason)
        .with_operation(operation)
        .with_object(target.to_string())
}

fn undocumented(operation: &'static str, target: &Target, member: &Undocumented) -> Error {
    let reason = format!("{} of the API documents no `{}`", ApiVersion::V4, member.0);
    refused(operation, target, &reason).with_hint("use v3: `api_version(ApiVersion::V3)`")
}
