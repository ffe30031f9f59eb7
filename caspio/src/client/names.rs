//! v4 addresses tables and views by ids of its own: learnt once a client, and again once when a
//! name is unknown.

use super::Client;
use crate::record::SourceKind;
use crate::target::Target;
use crate::wire;
use caspio_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::collections::HashMap;
use tokio::sync::Mutex;

/// What the call is called, in errors and in the meter.
pub(super) const OPERATION: &str = "names.list";

/// The names of an account with their ids, as far as they were asked for.
#[derive(Debug, Default)]
pub(super) struct Names {
    tables: Mutex<Option<Ids>>,
    views: Mutex<Option<Ids>>,
}

/// From a name in lower case to its id.
type Ids = HashMap<String, String>;

/// One entry of v4's lists. The member that holds a view's id is not documented, so it is read by
/// any of the names it may have.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    #[serde(alias = "tableId", alias = "viewId")]
    id: String,
    #[serde(alias = "Name")]
    pub(super) name: String,
}

impl Client {
    /// What stands for the table or view in a path: its name, on v4 its id.
    pub(crate) async fn segment(&self, target: &Target) -> Result<String> {
        if !wire::has_ids(self.api_version()) {
            return Ok(target.name.to_string());
        }
        let names = &self.inner.names;
        // Held while the list is fetched, so that callers at the same time share one call.
        let mut known = match target.kind {
            SourceKind::Table => names.tables.lock().await,
            SourceKind::View => names.views.lock().await,
        };
        let name = target.name.to_lowercase();
        if let Some(id) = known.as_ref().and_then(|ids| ids.get(&name)) {
            return Ok(id.clone());
        }
        let entries = self.entries(target.kind).await?;
        let ids = entries
            .into_iter()
            .map(|entry| (entry.name.to_lowercase(), entry.id));
        let ids = known.insert(ids.collect());
        ids.get(&name).cloned().ok_or_else(|| unknown(target))
    }

    /// Whether v4's id of the table or view is known. No call.
    pub(super) async fn knows_id(&self, target: &Target) -> bool {
        let names = &self.inner.names;
        let known = match target.kind {
            SourceKind::Table => names.tables.lock().await,
            SourceKind::View => names.views.lock().await,
        };
        let name = target.name.to_lowercase();
        known.as_ref().is_some_and(|ids| ids.contains_key(&name))
    }

    /// v4's list of all tables or views. One call for every 1,000.
    pub(super) async fn entries(&self, kind: SourceKind) -> Result<Vec<Entry>> {
        let url = self.collection(kind, &[]);
        self.every_page(&url, OPERATION).await
    }
}

fn unknown(target: &Target) -> Error {
    Error::new(ErrorKind::NotFound, "the account has no such name")
        .with_operation(OPERATION)
        .with_object(target.to_string())
        .with_hint("check the spelling, and that the profile may read it")
}
