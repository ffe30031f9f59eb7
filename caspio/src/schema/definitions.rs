//! The fields of tables and views, read once per client.

use super::FieldDefinition;
use crate::client::Client;
use crate::target::Target;
use caspio_core::Result;
use std::sync::Arc;

impl Client {
    /// Returns the fields of a table or view from the cache, or reads them. Concurrent callers share the
    /// calls, also if they fail. Later, after a failure, the fields are read again.
    pub(crate) async fn definitions(&self, target: &Target) -> Result<Arc<Vec<FieldDefinition>>> {
        let read = || {
            let (client, target) = (self.clone(), target.clone());
            async move { client.fields(&target).await }
        };
        self.definitions_or_read(target, read).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ObjectKind;
    use caspio_emulator::{Emulator, Fault, Faults, Rule};
    use futures::future::{join_all, try_join_all};
    use futures::poll;
    use std::pin::pin;
    use std::time::Duration;
    use tokio::time::timeout;

    async fn emulator_and_client() -> (Emulator, Client) {
        let builder = Emulator::builder().sample_orders(1);
        let emulator = builder.start().await.expect("an emulator");
        let client = Client::builder()
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .build();
        (emulator, client.expect("a client"))
    }

    fn contacts(name: &str) -> Target {
        Target::new(ObjectKind::Table, name)
    }

    #[tokio::test]
    async fn callers_at_the_same_time_and_later_ones_share_one_call() {
        let (emulator, client) = emulator_and_client().await;

        let target = contacts("Contacts");
        let asked = (0..3).map(|_| client.definitions(&target));
        try_join_all(asked).await.expect("the fields");
        client.clone().definitions(&target).await.expect("known");

        assert_eq!(emulator.calls().operation("ListTableFields"), 1);
    }

    #[tokio::test]
    async fn another_spelling_may_be_another_table() {
        let (emulator, client) = emulator_and_client().await;

        for name in ["Contacts", "contacts", "Contacts", "contacts"] {
            client.definitions(&contacts(name)).await.expect("fields");
        }

        assert_eq!(emulator.calls().operation("ListTableFields"), 2);
    }

    #[tokio::test]
    async fn a_forgotten_definition_is_requested_again() {
        let (emulator, client) = emulator_and_client().await;
        let target = contacts("Contacts");
        client.definitions(&target).await.expect("the fields");

        client.forget_definitions(&contacts("contacts"));
        client.definitions(&target).await.expect("the fields again");

        assert_eq!(emulator.calls().operation("ListTableFields"), 2);
    }

    #[tokio::test]
    async fn callers_at_the_same_time_share_a_failure() {
        let (emulator, client) = emulator_and_client().await;
        let fails = Rule::new(Fault::InternalError).operation("ListTableFields");
        emulator.set_faults(Faults::none().rule(fails.rate(1.0)));

        let target = contacts("Contacts");
        let failed = join_all((0..8).map(|_| client.definitions(&target))).await;

        assert!(failed.iter().all(Result::is_err));
        assert_eq!(emulator.calls().operation("ListTableFields"), 1);
        emulator.set_faults(Faults::none());
        client.definitions(&target).await.expect("read again");
    }

    #[tokio::test]
    async fn a_caller_that_is_not_polled_holds_no_other_one_up() {
        let (emulator, client) = emulator_and_client().await;
        let target = contacts("Contacts");
        let mut first = pin!(client.definitions(&target));
        assert!(poll!(&mut first).is_pending());

        let second = timeout(Duration::from_secs(20), client.definitions(&target)).await;

        second.expect("no endless wait").expect("the fields");
        first.await.expect("the same fields");
        assert_eq!(emulator.calls().operation("ListTableFields"), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let (emulator, client) = emulator_and_client().await;
        let target = contacts("Pets");
        client
            .definitions(&target)
            .await
            .expect_err("no such table");

        let pets = caspio_emulator::TableDef::new("Pets").field(caspio_emulator::FieldDef::new(
            "Name",
            caspio_emulator::DataType::Text255,
        ));
        emulator.create_table(pets).expect("a table");

        let fields = client.definitions(&target).await.expect("now it is there");
        assert_eq!(fields[0].name, "Name");
    }
}
