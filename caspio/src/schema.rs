//! What the account says of its tables and views.

use crate::client::Client;
use crate::read::{Table, View};
use crate::record::{Record, SourceKind};
use crate::target::Target;
use caspio_core::Result;
use serde::Deserialize;

/// A field of a table or view, as Caspio defines it.
///
/// `PK_ID` is in no list of fields, and can always be read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FieldDefinition {
    /// Its name, by which it is addressed.
    #[serde(alias = "name")]
    pub name: String,
    /// Its type in Caspio's words: `STRING`, `DATE/TIME`, `LIST-NUMBER`.
    #[serde(rename = "Type", alias = "dataType")]
    pub data_type: String,
    /// What people see in its place.
    #[serde(default, alias = "label")]
    pub label: Option<String>,
    /// What it is for.
    #[serde(default, alias = "description")]
    pub description: Option<String>,
    /// Whether no two records may hold the same value.
    #[serde(default, alias = "unique")]
    pub unique: bool,
    /// Whether Caspio computes it.
    #[serde(default, alias = "isFormula")]
    pub is_formula: bool,
}

impl Client {
    /// The names of the account's tables. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    pub async fn tables(&self) -> Result<Vec<String>> {
        self.names(SourceKind::Table).await
    }

    /// The names of the account's views. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    pub async fn views(&self) -> Result<Vec<String>> {
        self.names(SourceKind::View).await
    }

    async fn fields(&self, target: &Target) -> Result<Vec<FieldDefinition>> {
        self.part(target, "fields", "fields.list").await
    }
}

impl<R: Record> Table<R> {
    /// The table's fields, `PK_ID` left out. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such table.
    pub async fn fields(&self) -> Result<Vec<FieldDefinition>> {
        self.client().fields(self.target()).await
    }
}

impl<R: Record> View<R> {
    /// The view's fields, `PK_ID` left out. One call; not on v2, which has no such operation.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such view.
    pub async fn fields(&self) -> Result<Vec<FieldDefinition>> {
        self.client().fields(self.target()).await
    }
}
