//! The descriptions of errors, and of all directories and webhooks, which v4 has.

use super::url::push_segment;
use super::{FieldJson, Members};
use caspio_core::{Account, ApiVersion, Url};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The URL that lists the codes of errors. No other version has it, and it needs no token.
pub(crate) fn errors_url(account: &Account) -> Url {
    below(account, &["errors"])
}

/// The URL that describes one code.
pub(crate) fn error_url(account: &Account, code: &str) -> Url {
    below(account, &["errors", code])
}

/// The URL that describes all directories.
pub(crate) fn directory_schemas_url(account: &Account) -> Url {
    below(account, &["schemas", "directories"])
}

/// The URL that describes all outgoing webhooks.
pub(crate) fn webhook_schemas_url(account: &Account) -> Url {
    below(account, &["schemas", "outgoingWebhooks"])
}

fn below(account: &Account, segments: &[&str]) -> Url {
    let mut url = account.api_url(ApiVersion::V4);
    for segment in segments {
        push_segment(&mut url, segment);
    }
    url
}

/// The description of a code. Its members are inferred from those of an error: facts `descriptions-of-errors` and
/// `hints-of-v4`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct ErrorJson {
    pub(crate) code: Option<String>,
    pub(crate) status: Option<u64>,
    pub(crate) message: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) remediation: Option<String>,
    pub(crate) documentation: Option<String>,
}

impl TryFrom<Members> for ErrorJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        let mut hint = members.object(&["Hint"])?;
        Ok(Self {
            code: members.text(&["Code"])?,
            status: members.count(&["Status"])?,
            message: members.text(&["Message"])?,
            note: hint.text(&["Note"])?,
            remediation: hint.text(&["Remediation"])?,
            documentation: members.text(&["DocumentationUrl"])?,
        })
    }
}

/// A directory with its fields. The names of its members are those of tables: fact `schemas-of-directories`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct DirectorySchemaJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) fields: Vec<FieldJson>,
}

impl TryFrom<Members> for DirectorySchemaJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        Ok(Self {
            id: members.text(&["directoryId", "Id"])?,
            name: members.text(&["Name"])?,
            fields: members.list(&["Fields"])?,
        })
    }
}

/// A webhook. Only that it has an id and a name is taken to be known: fact `schemas-of-webhooks`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct WebhookSchemaJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) others: BTreeMap<String, Value>,
}

impl TryFrom<Members> for WebhookSchemaJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        Ok(Self {
            id: members.text(&["webhookId", "Id"])?,
            name: members.text(&["Name"])?,
            others: members.rest(),
        })
    }
}
