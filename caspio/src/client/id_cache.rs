//! The ids by which v4 identifies tables and views.
//!
//! They are read once per client, and again when a name or an id is unknown.

use super::Client;
use super::shared_read::SharedRead;
use crate::dialect::{NameJson, collection_url};
use crate::record::ObjectKind;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::{folded_name, nearest};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The name of the call in errors and in the meter.
pub(super) const OPERATION: &str = "names.list";

/// The ids of an account's tables and views.
#[derive(Debug, Default)]
pub(super) struct IdCache {
    tables: IdList,
    views: IdList,
}

/// The ids of tables or of views.
#[derive(Debug, Default)]
struct IdList {
    state: Mutex<ListState>,
    /// How many reads of the list have begun.
    started: AtomicU64,
    read: SharedRead<Arc<Ids>>,
}

#[derive(Debug, Default)]
struct ListState {
    /// `None` until the list is read.
    ids: Option<Arc<Ids>>,
    /// The number of the last read that was kept.
    read: u64,
}

/// The ids that one read returned.
#[derive(Debug)]
struct Ids {
    /// The names with their ids, by the names in lower case. An account may have names that differ in case only.
    by_name: HashMap<String, Vec<NameJson>>,
    /// The number of the read.
    read: u64,
}

impl Ids {
    fn new(entries: Vec<NameJson>, read: u64) -> Self {
        let mut ids: HashMap<String, Vec<NameJson>> = HashMap::new();
        for entry in entries {
            ids.entry(folded_name(&entry.name)).or_default().push(entry);
        }
        Self { by_name: ids, read }
    }

    /// Returns the id of a name: that of the same spelling, otherwise that of the only name that differs in case.
    ///
    /// # Errors
    ///
    /// `Refused`: several names differ in case only, and none is spelled like this.
    fn find(&self, target: &Target) -> Result<Option<String>> {
        let similar = self.by_name.get(&folded_name(&target.name));
        let similar = similar.map_or(&[][..], Vec::as_slice);
        let exact = similar.iter().find(|entry| *entry.name == *target.name);
        match (exact, similar) {
            (Some(entry), _) | (None, [entry]) => Ok(Some(entry.id.clone())),
            (None, []) => Ok(None),
            (None, several) => Err(ambiguous(target, several)),
        }
    }

    /// Returns the id of a name, or the error for an unknown one. `None`: a list of which `before` reads had begun
    /// before may not have a new name, so it is read again.
    fn find_after(&self, before: u64, target: &Target) -> Option<Result<String>> {
        match self.find(target).transpose() {
            None if self.read > before => Some(Err(self.unknown(target))),
            found => found,
        }
    }

    /// The error for a table or view that the list does not have.
    fn unknown(&self, target: &Target) -> Error {
        let entries = self.by_name.values().flatten();
        let mut names: Vec<&str> = entries.map(|entry| entry.name.as_str()).collect();
        names.sort_unstable();
        Error::new(ErrorKind::NotFound, "the account has no such name")
            .with_resource(target.to_string())
            .with_hint(unknown_name_hint(target.kind, [&*target.name], &names))
    }
}

impl IdList {
    fn state(&self) -> MutexGuard<'_, ListState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the ids, unless newer ones are kept.
    fn keep(&self, ids: &Arc<Ids>) {
        let mut state = self.state();
        if state.read < ids.read {
            *state = ListState {
                ids: Some(Arc::clone(ids)),
                read: ids.read,
            };
        }
    }
}

impl IdCache {
    fn of(&self, kind: ObjectKind) -> &IdList {
        match kind {
            ObjectKind::Table => &self.tables,
            ObjectKind::View => &self.views,
        }
    }
}

impl Client {
    /// Returns the segment that identifies the table or view in a path: its name, on v4 its id. `operation` is that of
    /// an error for a name that the account does not have.
    pub(crate) async fn segment(&self, target: &Target, operation: &'static str) -> Result<String> {
        if !self.dialect().capabilities().identifies_by_id {
            return Ok(target.name.to_string());
        }
        let list = self.inner.ids.of(target.kind);
        let before = list.started.load(Ordering::Acquire);
        let known = || {
            let ids = list.state().ids.clone()?;
            ids.find_after(before, target).is_some().then_some(ids)
        };
        let read = || self.read_ids(target.kind);
        loop {
            let ids = list.read.get(self.is_for_bulk_writes, known, read).await?;
            if let Some(found) = ids.find_after(before, target) {
                return found.map_err(|error| error.with_operation(operation));
            }
        }
    }

    /// Reads the ids of all tables or views, and keeps them.
    fn read_ids(&self, kind: ObjectKind) -> BoxFuture<'static, Result<Arc<Ids>>> {
        // Kept names would not have one that is unknown.
        let client = self.without_cache();
        async move {
            let list = client.inner.ids.of(kind);
            let read = list.started.fetch_add(1, Ordering::AcqRel) + 1;
            let ids = Arc::new(Ids::new(client.entries(kind).await?, read));
            list.keep(&ids);
            Ok(ids)
        }
        .boxed()
    }

    /// Makes the next call read the ids again.
    pub(super) fn forget_ids(&self) {
        let ids = &self.inner.ids;
        for list in [&ids.tables, &ids.views] {
            list.state().ids = None;
        }
    }

    /// Returns whether the id of the table or view is cached. Makes no call.
    pub(super) fn knows_id(&self, target: &Target) -> bool {
        let state = self.inner.ids.of(target.kind).state();
        let ids = state.ids.as_ref();
        ids.is_some_and(|ids| !matches!(ids.find(target), Ok(None)))
    }

    /// Reads the list of all tables or views. One call for every 1,000.
    pub(super) async fn entries(&self, kind: ObjectKind) -> Result<Vec<NameJson>> {
        let url = collection_url(self.base(), kind);
        self.every_page(&url, OPERATION).await
    }
}

fn ambiguous(target: &Target, names: &[NameJson]) -> Error {
    let names: Vec<String> = names
        .iter()
        .map(|entry| format!("`{}`", entry.name))
        .collect();
    Error::new(
        ErrorKind::Refused,
        format!(
            "the account has {}, which differ in case only",
            names.join(" and ")
        ),
    )
    .with_resource(target.to_string())
    .with_hint("spell the name as one of them")
}

/// Returns the remedy for names that are not among those of the account's tables or views.
pub(crate) fn unknown_name_hint<'n>(
    kind: ObjectKind,
    unknown: impl IntoIterator<Item = &'n str>,
    known: &[&str],
) -> String {
    let near = unknown.into_iter().filter_map(|name| {
        let near = nearest(name, known.iter().copied())?;
        Some(format!("did you mean `{near}`? "))
    });
    let near: String = near.collect();
    let other = match kind {
        ObjectKind::Table => "view",
        ObjectKind::View => "table",
    };
    format!("{near}check the name, that it is not a {other}, and that the API profile may read it")
}
