//! v4 addresses tables and views by ids of its own: learnt once a client, and again once when a
//! name is unknown.

use super::Client;
use crate::decode::decode_value;
use crate::record::SourceKind;
use crate::target::Target;
use crate::wire;
use caspio_core::{Error, ErrorKind, Operation, Result};
use serde::Deserialize;
use std::collections::HashMap;
use tokio::sync::Mutex;

/// How many names one call brings at most.
const PAGE: usize = 1000;

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
    pub(super) async fn segment(&self, target: &Target) -> Result<String> {
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

    /// v4's list of all tables or views. One call for every 1,000.
    pub(super) async fn entries(&self, kind: SourceKind) -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        for number in 1.. {
            let url = wire::page_url(self.collection(kind, &[]), number, PAGE);
            let body = self.get(url, Operation::new("names.list")).await?;
            let page: Vec<Entry> = decode_value(&body, self.api_version())?;
            let last = page.len() < PAGE;
            entries.extend(page);
            if last {
                break;
            }
        }
        Ok(entries)
    }
}

fn unknown(target: &Target) -> Error {
    Error::new(ErrorKind::NotFound, "the account has no such name")
        .with_operation("names.list")
        .with_object(target.to_string())
        .with_hint("check the spelling, and that the profile may read it")
}
