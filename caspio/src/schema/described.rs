//! All directories and outgoing webhooks of an account, as v4 describes them.

use super::FieldDefinition;
use crate::client::Client;
use crate::dialect::{self, DirectorySchemaJson, WebhookSchemaJson, in_order};
use crate::record::ObjectKind;
use crate::target::Target;
use caspio_core::{Operation, Result};
use serde_json::Value;
use std::collections::BTreeMap;

const DIRECTORIES: &str = "schemas.directories";
const WEBHOOKS: &str = "schemas.webhooks";

/// A directory of users with its fields. What is null, empty or missing is `None`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DirectorySchema {
    /// The directory's id.
    pub id: Option<String>,
    /// The directory's name, which is also that of the table with its users.
    pub name: Option<String>,
    /// The fields of its users.
    pub fields: Vec<FieldDefinition>,
}

/// An outgoing webhook in the list of all.
///
/// Caspio does not publish what the list has of a webhook. Its id and its name are those that every object of v4 has,
/// fact `schemas-of-webhooks`; the members beside them are returned as they are.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct WebhookSchema {
    /// The webhook's id.
    pub id: Option<String>,
    /// The webhook's name.
    pub name: Option<String>,
    /// The other members of the response.
    pub others: BTreeMap<String, Value>,
}

impl Client {
    /// Returns all directories that the API profile may read, with their fields. One call of v4 for every 1,000, with
    /// any version of the client, because only v4 has this operation; one more, of v3, for each directory with list
    /// fields, because v4 does not return the keys of their values.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// for directory in caspio.directory_schemas().await? {
    ///     println!("{:?}: {} fields", directory.name, directory.fields.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Auth`, `NotFound` or `Permission`: the account does not support v4.
    pub fn directory_schemas(
        &self,
    ) -> impl Future<Output = Result<Vec<DirectorySchema>>> + Send + use<> {
        let client = self.clone();
        async move {
            let url = dialect::directory_schemas_url(client.account());
            let operation = Operation::new(DIRECTORIES);
            let list = client.every_object(dialect::with_discovery(), &url, operation);
            let list: Vec<DirectorySchemaJson> = list.await?;
            let mut directories = Vec::with_capacity(list.len());
            for directory in list {
                directories.push(client.described_directory(directory).await?);
            }
            Ok(directories)
        }
    }

    async fn described_directory(&self, json: DirectorySchemaJson) -> Result<DirectorySchema> {
        let fields = match &json.name {
            Some(name) => {
                let table = Target::new(ObjectKind::Table, name.as_str());
                self.with_keys(&table, json.fields).await?
            }
            None => in_order(json.fields),
        };
        Ok(DirectorySchema {
            id: json.id,
            name: json.name,
            fields,
        })
    }

    /// Returns all outgoing webhooks that the API profile may read. One call of v4 for every 1,000, with any version of
    /// the client, because only v4 has this operation.
    ///
    /// # Errors
    ///
    /// `Auth`, `NotFound` or `Permission`: the account does not support v4.
    pub fn webhook_schemas(
        &self,
    ) -> impl Future<Output = Result<Vec<WebhookSchema>>> + Send + use<> {
        let client = self.clone();
        async move {
            let url = dialect::webhook_schemas_url(client.account());
            let operation = Operation::new(WEBHOOKS);
            let list = client.every_object(dialect::with_discovery(), &url, operation);
            let list: Vec<WebhookSchemaJson> = list.await?;
            let webhooks = list.into_iter().map(|json| WebhookSchema {
                id: json.id,
                name: json.name,
                others: json.others,
            });
            Ok(webhooks.collect())
        }
    }
}
