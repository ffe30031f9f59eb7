//! The fields of one table or view.

use super::FieldDefinition;
use crate::client::{Client, Kept};
use crate::dialect::{FieldJson, adopt_keys, in_order};
use crate::handle::{Table, View};
use crate::record::{ObjectKind, Record};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::is_same_name;

const OPERATION: &str = "fields.list";

impl Client {
    /// Returns the names of the account's tables. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// The error of the call.
    pub async fn tables(&self) -> Result<Vec<String>> {
        self.names_or_kept(ObjectKind::Table).await
    }

    /// Returns the names of the account's views. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// The error of the call.
    pub async fn views(&self) -> Result<Vec<String>> {
        self.names_or_kept(ObjectKind::View).await
    }

    async fn names_or_kept(&self, kind: ObjectKind) -> Result<Vec<String>> {
        self.with_cache(
            Kept::Schema,
            |client| async move { client.names(kind).await },
        )
        .await
    }

    /// Reads the fields of a table or view.
    pub(crate) async fn fields(&self, target: &Target) -> Result<Vec<FieldDefinition>> {
        if target.kind == ObjectKind::View && !self.dialect().capabilities().lists_view_fields {
            return Err(no_view_fields(target));
        }
        let fields: Vec<FieldJson> = self.part(target, "fields", OPERATION).await?;
        self.with_keys(target, fields).await
    }

    /// Returns the table and the field of it that a field of a view shows; `None` if the service does not report it.
    /// Only v3 does, so the fields are read with v3. One call.
    pub(crate) async fn origin(
        &self,
        view: &Target,
        field: &str,
    ) -> Result<Option<(Target, String)>> {
        let fields: Vec<FieldJson> = self.part_with_list_keys(view, "fields", OPERATION).await?;
        let mut fields = in_order(fields).into_iter();
        let shown = fields.find(|shown| is_same_name(&shown.name, field));
        let origin = shown.and_then(|shown| shown.table_field);
        Ok(origin.and_then(|origin| {
            let (table, field) = origin.rsplit_once('.')?;
            Some((Target::new(ObjectKind::Table, table), field.to_owned()))
        }))
    }

    /// Returns the definitions with the keys of list values. v4 may return a list's values without their keys. A value
    /// is written by its key, so the fields are then read with v3: one more call.
    pub(super) async fn with_keys(
        &self,
        target: &Target,
        fields: Vec<FieldJson>,
    ) -> Result<Vec<FieldDefinition>> {
        if fields.iter().all(FieldJson::has_keys) {
            return Ok(in_order(fields));
        }
        let with_keys: Vec<FieldJson> = self
            .part_with_list_keys(target, "fields", OPERATION)
            .await?;
        adopt_keys(fields, &with_keys).map_err(|field| {
            Error::new(
                ErrorKind::Protocol,
                "the response does not contain the keys of a list's values",
            )
            .with_operation(OPERATION)
            .with_resource(target.to_string())
            .with_field(field)
        })
    }
}

fn no_view_fields(target: &Target) -> Error {
    Error::new(
        ErrorKind::Refused,
        "v2 of the API does not return the fields of views",
    )
    .with_operation(OPERATION)
    .with_resource(target.to_string())
    .with_hint("use v3 or v4: `api_version(ApiVersion::V3)`")
}

impl<R: Record> Table<R> {
    /// Returns the table's fields without `PK_ID`. One call; on v4 two if it has list fields.
    ///
    /// The client caches them and checks rows against them before they are sent.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// for field in caspio.table_named("Pets").fields().await? {
    ///     println!("{}: {}", field.name, field.data_type);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such table.
    pub fn fields(&self) -> impl Future<Output = Result<Vec<FieldDefinition>>> + use<R> {
        read_fields(self.client().clone(), self.target().clone())
    }
}

impl<R: Record> View<R> {
    /// Returns the view's fields without `PK_ID`. One call; on v4 two if it has list fields.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such view. `Refused`, without a call: the client uses v2, which has
    /// no such operation.
    pub fn fields(&self) -> impl Future<Output = Result<Vec<FieldDefinition>>> + use<R> {
        read_fields(self.client().clone(), self.target().clone())
    }
}

async fn read_fields(client: Client, target: Target) -> Result<Vec<FieldDefinition>> {
    let of = target.clone();
    let read = |client: Client| async move { client.fields(&of).await };
    let fields = client.with_cache(Kept::Schema, read).await?;
    client.cache_definitions(&target, &fields);
    Ok(fields)
}
