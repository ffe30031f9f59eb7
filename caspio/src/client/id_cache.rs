//! The ids by which v4 identifies tables and views.
//!
//! They are read once per client, and again when a name is unknown.

use super::Client;
use crate::dialect::{NameJson, collection_url};
use crate::record::ObjectKind;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::folded_name;
use std::collections::HashMap;
use tokio::sync::{Mutex, MutexGuard};

/// The name of the call in errors and in the meter.
pub(super) const OPERATION: &str = "names.list";

/// The ids of an account's tables and views; `None` until they are read.
#[derive(Debug, Default)]
pub(super) struct IdCache {
    tables: Mutex<Option<Ids>>,
    views: Mutex<Option<Ids>>,
}

/// Ids by the names in lower case.
type Ids = HashMap<String, String>;

impl IdCache {
    async fn lock(&self, kind: ObjectKind) -> MutexGuard<'_, Option<Ids>> {
        match kind {
            ObjectKind::Table => self.tables.lock().await,
            ObjectKind::View => self.views.lock().await,
        }
    }
}

impl Client {
    /// Returns the segment that identifies the table or view in a path: its name, on v4 its id.
    pub(crate) async fn segment(&self, target: &Target) -> Result<String> {
        if !self.dialect().capabilities().identifies_by_id {
            return Ok(target.name.to_string());
        }
        // The lock is held while the list is read, so that concurrent callers share one call.
        let mut cached = self.inner.ids.lock(target.kind).await;
        let name = folded_name(&target.name);
        if let Some(id) = cached.as_ref().and_then(|ids| ids.get(&name)) {
            return Ok(id.clone());
        }
        let entries = self.entries(target.kind).await?.into_iter();
        let ids = entries.map(|entry| (folded_name(&entry.name), entry.id));
        let ids = cached.insert(ids.collect());
        ids.get(&name).cloned().ok_or_else(|| unknown(target))
    }

    /// Returns whether the id of the table or view is cached. Makes no call.
    pub(super) async fn knows_id(&self, target: &Target) -> bool {
        let cached = self.inner.ids.lock(target.kind).await;
        let name = folded_name(&target.name);
        cached.as_ref().is_some_and(|ids| ids.contains_key(&name))
    }

    /// Reads the list of all tables or views. One call for every 1,000.
    pub(super) async fn entries(&self, kind: ObjectKind) -> Result<Vec<NameJson>> {
        let url = collection_url(self.base(), kind);
        self.every_page(&url, OPERATION).await
    }
}

fn unknown(target: &Target) -> Error {
    Error::new(ErrorKind::NotFound, "the account has no such name")
        .with_operation(OPERATION)
        .with_resource(target.to_string())
        .with_hint("check the spelling, and that the profile may read it")
}
