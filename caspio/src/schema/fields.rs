//! The fields of one table or view.

use super::FieldDefinition;
use crate::client::Client;
use crate::dialect::{FieldJson, adopt_keys, in_order};
use crate::handle::{Table, View};
use crate::record::{Record, SourceKind};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

const OPERATION: &str = "fields.list";

impl Client {
    /// The names of the account's tables. One call; on v4 one for every 1,000.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// for table in caspio.tables().await? {
    ///     println!("{table}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    pub async fn tables(&self) -> Result<Vec<String>> {
        self.names(SourceKind::Table).await
    }

    /// The names of the account's views. One call; on v4 one for every 1,000.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// for view in caspio.views().await? {
    ///     println!("{view}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    pub async fn views(&self) -> Result<Vec<String>> {
        self.names(SourceKind::View).await
    }

    /// The fields of a table or view, asked for now.
    pub(crate) async fn fields(&self, target: &Target) -> Result<Vec<FieldDefinition>> {
        if target.kind == SourceKind::View && !self.dialect().capabilities().lists_view_fields {
            return Err(untold(target));
        }
        let told: Vec<FieldJson> = self.part(target, "fields", OPERATION).await?;
        self.with_keys(target, told).await
    }

    /// The fields as they were told. v4 may tell a list's values without their keys, and a value is
    /// written by its key, so v3 is asked for them then: one call more.
    pub(super) async fn with_keys(
        &self,
        target: &Target,
        told: Vec<FieldJson>,
    ) -> Result<Vec<FieldDefinition>> {
        if told.iter().all(FieldJson::has_keys) {
            return Ok(in_order(told));
        }
        let keyed: Vec<FieldJson> = self
            .part_with_list_keys(target, "fields", OPERATION)
            .await?;
        adopt_keys(told, &keyed).map_err(|field| {
            Error::new(
                ErrorKind::Protocol,
                "the account does not tell the keys of a list's values",
            )
            .with_operation(OPERATION)
            .with_resource(target.to_string())
            .with_field(field)
        })
    }
}

fn untold(target: &Target) -> Error {
    Error::new(
        ErrorKind::Refused,
        "v2 of the API does not return the fields of views",
    )
    .with_operation(OPERATION)
    .with_resource(target.to_string())
    .with_hint("use v3 or v4: `api_version(ApiVersion::V3)`")
}

impl<R: Record> Table<R> {
    /// The table's fields, `PK_ID` left out. One call; on v4 two where it has list fields.
    ///
    /// The client keeps them: rows that are written later are compared with them before they are sent.
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
    pub async fn fields(&self) -> Result<Vec<FieldDefinition>> {
        let fields = self.client().fields(self.target()).await?;
        self.client().cache_definitions(self.target(), &fields);
        Ok(fields)
    }
}

impl<R: Record> View<R> {
    /// The view's fields, `PK_ID` left out. One call; on v4 two where it has list fields.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// for field in caspio.view_named("Active").fields().await? {
    ///     println!("{}: {}", field.name, field.data_type);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such view. `Refused`, without a call: the client speaks v2, which has
    /// no such operation.
    pub async fn fields(&self) -> Result<Vec<FieldDefinition>> {
        let fields = self.client().fields(self.target()).await?;
        self.client().cache_definitions(self.target(), &fields);
        Ok(fields)
    }
}
