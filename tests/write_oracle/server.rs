//! The emulator under the writes, whose tables serve one case after the other.

use crate::case::Case;
use crate::in_process::InProcess;
use crate::table::for_emulator;
use crate::values::definition;
use caspio::http_client::HttpService;
use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter};
use caspio_emulator::{Emulator, ViewDef};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// An emulator with a table, its view and its staging table for each kind of key column.
pub(crate) struct TestServer {
    pub(crate) emulator: Arc<Emulator>,
    /// A client whose calls are not hit.
    pub(crate) reader: Client,
    created: Mutex<BTreeSet<String>>,
}

/// The table of a case.
#[derive(Clone, Debug)]
pub(crate) struct CaseTable {
    pub(crate) name: String,
    /// The key before the first record of the case: the service gives no key twice.
    pub(crate) base: i64,
}

impl CaseTable {
    pub(crate) fn staging(&self) -> String {
        format!("{}S", self.name)
    }

    pub(crate) fn view(&self) -> String {
        format!("{}V", self.name)
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::builder().empty().start().await;
        let emulator = Arc::new(emulator.expect("the emulator starts"));
        let service = Arc::new(InProcess(Arc::clone(&emulator)));
        Self {
            reader: client(&emulator, ApiVersion::V3, service)
                .rate_limiter(RateLimiter::unlimited())
                .build()
                .expect("a client"),
            emulator,
            created: Mutex::default(),
        }
    }

    /// Returns the table of a case with its records.
    pub(crate) fn table_of(&self, case: &Case) -> CaseTable {
        let unique = if case.unique { "U" } else { "" };
        let mut table = CaseTable {
            name: format!("T{:?}{unique}", case.key),
            base: 0,
        };
        let created = self.created.lock();
        if created
            .unwrap_or_else(PoisonError::into_inner)
            .insert(table.name.clone())
        {
            self.create(case, &table);
        }
        let emulator = &self.emulator;
        for name in [&table.name, &table.staging()] {
            emulator.delete(name, "PK_ID > 0").expect("no records");
        }
        let last = emulator.insert(&table.name, json!({})).expect("a record");
        let condition = format!("PK_ID = {last}");
        emulator.delete(&table.name, &condition).expect("deleted");
        table.base = last;
        for row in &case.start {
            // What the service refuses is not there.
            let _ = emulator.insert(&table.name, for_emulator(row));
        }
        for row in &case.staged {
            let _ = emulator.insert(&table.staging(), for_emulator(row));
        }
        table
    }

    fn create(&self, case: &Case, table: &CaseTable) {
        for name in [&table.name, &table.staging()] {
            let definition = definition(name, case.key, case.unique);
            self.emulator.create_table(definition).expect("a table");
        }
        let view = ViewDef::new(table.view(), &table.name)
            .filter("Y = 1")
            .editable(&table.name);
        let names = ["K", "T", "N", "I", "C", "D", "Y", "L"];
        let view = names.iter().fold(view, |view, name| {
            view.field(&format!("{}.{name}", table.name))
        });
        self.emulator.create_view(view).expect("a view");
    }
}

/// Starts a client of the emulator.
pub(crate) fn client(
    emulator: &Emulator,
    version: ApiVersion,
    service: Arc<dyn HttpService>,
) -> caspio::ClientBuilder {
    Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .http_service(service)
}
