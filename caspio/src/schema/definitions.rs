//! What a client has learnt of its tables' and views' fields.

use super::{FieldDefinition, Schema};
use crate::client::Client;
use crate::record::SourceKind;
use crate::target::Target;
use caspio_core::Result;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// The fields of every table and view that was asked about, by kind and name in lower case.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: Mutex<HashMap<(SourceKind, String), Slot>>,
}

type Slot = Arc<OnceCell<Arc<Vec<FieldDefinition>>>>;

impl Definitions {
    fn slot(&self, target: &Target) -> Slot {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(key(target)).or_default())
    }

    /// What is known from elsewhere.
    pub(crate) fn of(schema: &Schema) -> Self {
        let known = Self::default();
        let tables = schema.tables.iter();
        for table in tables {
            known.learn(SourceKind::Table, &table.name, &table.fields);
        }
        for view in &schema.views {
            known.learn(SourceKind::View, &view.name, &view.fields);
        }
        known
    }

    fn learn(&self, kind: SourceKind, name: &str, fields: &[FieldDefinition]) {
        // A view whose fields nobody told has none, which is not to be taken for its definition.
        if !fields.is_empty() {
            let slot = self.slot(&Target::new(kind, name));
            let _ = slot.set(Arc::new(fields.to_vec()));
        }
    }

    fn forget(&self, target: &Target) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&key(target));
    }
}

fn key(target: &Target) -> (SourceKind, String) {
    (target.kind, target.name.to_lowercase())
}

impl Client {
    /// The fields of a table or view, asked for once a client; callers at the same time share the
    /// calls. A failure is not kept.
    pub(crate) async fn definitions(&self, target: &Target) -> Result<Arc<Vec<FieldDefinition>>> {
        let slot = self.known_definitions().slot(target);
        let fields = slot
            .get_or_try_init(|| async { self.fields(target).await.map(Arc::new) })
            .await?;
        Ok(Arc::clone(fields))
    }

    /// The fields of a table or view, if they have been asked for before. No call.
    pub(crate) fn known(&self, target: &Target) -> Option<Arc<Vec<FieldDefinition>>> {
        self.known_definitions().slot(target).get().cloned()
    }

    /// Keeps fields that were just told, in place of what was known.
    pub(crate) fn learn_definitions(&self, target: &Target, fields: &[FieldDefinition]) {
        let known = self.known_definitions();
        known.forget(target);
        known.learn(target.kind, &target.name, fields);
    }

    /// Asks anew the next time: what was known has turned out to be stale.
    pub(crate) fn forget_definitions(&self, target: &Target) {
        self.known_definitions().forget(target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_emulator::Emulator;
    use futures::future::try_join_all;

    async fn world() -> (Emulator, Client) {
        let builder = Emulator::builder().sample_orders(1);
        let emulator = builder.start().await.expect("an emulator");
        let client = Client::builder()
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .build();
        (emulator, client.expect("a client"))
    }

    fn contacts(name: &str) -> Target {
        Target::new(SourceKind::Table, name)
    }

    #[tokio::test]
    async fn callers_at_the_same_time_and_later_ones_share_one_call() {
        let (emulator, client) = world().await;

        let names = ["Contacts", "contacts", "CONTACTS"].map(contacts);
        let asked = names.iter().map(|target| client.definitions(target));
        try_join_all(asked).await.expect("the fields");
        client.clone().definitions(&names[0]).await.expect("known");

        assert_eq!(emulator.calls().operation("ListTableFields"), 1);
    }

    #[tokio::test]
    async fn what_was_forgotten_is_asked_anew() {
        let (emulator, client) = world().await;
        let target = contacts("Contacts");
        client.definitions(&target).await.expect("the fields");

        client.forget_definitions(&contacts("contacts"));
        client.definitions(&target).await.expect("the fields again");

        assert_eq!(emulator.calls().operation("ListTableFields"), 2);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let (emulator, client) = world().await;
        let target = contacts("Pets");
        client
            .definitions(&target)
            .await
            .expect_err("no such table");

        let pets = caspio_emulator::TableDef::new("Pets").field(caspio_emulator::FieldDef::new(
            "Name",
            caspio_emulator::FieldType::String,
        ));
        emulator.create_table(pets).expect("a table");

        let fields = client.definitions(&target).await.expect("now it is there");
        assert_eq!(fields[0].name, "Name");
    }
}
