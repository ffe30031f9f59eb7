//! What a client has learned about the fields of tables and views.

use super::Client;
use super::shared_read::SharedRead;
use crate::record::ObjectKind;
use crate::target::Target;
use caspio_core::Result;
use caspio_schema::is_same_name;
use caspio_schema::{FieldDefinition, Schema};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The fields of tables and views, by kind and name in lower case.
#[derive(Debug, Default)]
pub(crate) struct SchemaCache {
    slots: Mutex<HashMap<(ObjectKind, String), Arc<FieldsSlot>>>,
}

/// The fields of one table or view, empty until the first caller has read them.
#[derive(Debug, Default)]
pub(crate) struct FieldsSlot {
    fields: OnceLock<Fields>,
    read: SharedRead<Fields>,
}

type Fields = Arc<Vec<FieldDefinition>>;

impl SchemaCache {
    /// Creates a cache that holds the tables and views of `schema`.
    pub(crate) fn of(schema: &Schema) -> Self {
        let cache = Self::default();
        for table in &schema.tables {
            cache.insert(ObjectKind::Table, &table.name, &table.fields);
        }
        for view in &schema.views {
            cache.insert(ObjectKind::View, &view.name, &view.fields);
        }
        cache
    }

    pub(crate) fn slot(&self, target: &Target) -> Arc<FieldsSlot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key(target)).or_default())
    }

    fn insert(&self, kind: ObjectKind, name: &str, fields: &[FieldDefinition]) {
        // v2 does not return the fields of views. Such a view has no fields in a schema, which is not its definition.
        if !fields.is_empty() {
            let slot = self.slot(&Target::new(kind, name));
            let _ = slot.fields.set(Arc::new(fields.to_vec()));
        }
    }

    fn remove(&self, target: &Target) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|(kind, name), _| *kind != target.kind || !is_same_name(name, &target.name));
    }
}

fn key(target: &Target) -> (ObjectKind, String) {
    (target.kind, target.name.to_string())
}

impl Client {
    pub(crate) fn schema_cache(&self) -> &SchemaCache {
        &self.inner.schema_cache
    }

    /// Returns the fields of a table or view if they are cached. Makes no call.
    pub(crate) fn cached_definitions(&self, target: &Target) -> Option<Arc<Vec<FieldDefinition>>> {
        self.schema_cache().slot(target).fields.get().cloned()
    }

    /// Returns the fields of a table or view, read by `read` if they are not cached. Concurrent callers share a read,
    /// also if it fails.
    pub(crate) async fn definitions_or_read<F>(
        &self,
        target: &Target,
        read: impl Fn() -> F,
    ) -> Result<Fields>
    where
        F: Future<Output = Result<Vec<FieldDefinition>>> + Send + 'static,
    {
        let slot = self.schema_cache().slot(target);
        let known = || slot.fields.get().cloned();
        let begin = || -> BoxFuture<'static, Result<Fields>> {
            let (slot, fields) = (Arc::clone(&slot), read());
            async move {
                let fields = Arc::new(fields.await?);
                Ok(Arc::clone(slot.fields.get_or_init(|| fields)))
            }
            .boxed()
        };
        slot.read.get(self.is_for_bulk_writes, known, begin).await
    }

    /// Replaces the cached fields of a table or view.
    pub(crate) fn cache_definitions(&self, target: &Target, fields: &[FieldDefinition]) {
        let cache = self.schema_cache();
        cache.remove(target);
        cache.insert(target.kind, &target.name, fields);
    }

    /// Removes the fields of a table or view from the cache, because they are out of date.
    pub(crate) fn forget_definitions(&self, target: &Target) {
        self.forget_responses();
        self.schema_cache().remove(target);
    }
}
