//! The emulator under the reads, and the table in it.

use crate::case::Case;
use crate::content::{Column, Row, TableContent};
use crate::expected::KINDS;
use crate::in_process::InProcess;
use crate::shown::Shown;
use caspio::http_client::HttpService;
use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One table in this many is read over HTTP, the others in this process, where a seed has one order of responses.
const OVER_HTTP: u64 = 20;

/// A limit at which some calls wait, although they take less than a millisecond.
const LIMIT: (usize, Duration) = (8, Duration::from_millis(5));

/// An emulator with the records of one random table at a time.
pub(crate) struct TestServer {
    pub(crate) emulator: Arc<Emulator>,
    /// Those of v2, v3 and v4.
    over_http: [Client; 3],
    in_process: [Client; 3],
    /// Others with the same credentials.
    others_over_http: [Client; 3],
    others_in_process: [Client; 3],
    /// Those with a rate limit, for `Concurrency::Auto`.
    limited: [Client; 3],
    others_limited: [Client; 3],
    /// How often a client was taken.
    taken: AtomicUsize,
    service: Arc<InProcess>,
    /// Whether all tables are read over HTTP.
    is_http_only: bool,
    filled: Option<TableContent>,
    pub(crate) table: Vec<Row>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::builder().empty().start().await;
        let emulator = Arc::new(emulator.expect("the emulator starts"));
        let field = FieldDef::new;
        let table = TableDef::new("Rows")
            .field(field("Name", DataType::Text255))
            .field(field("Code", DataType::Text255))
            .field(field("Note", DataType::Text64000))
            .field(field("Qty", DataType::Integer))
            .field(field("Count", DataType::Integer))
            .field(field("Amount", DataType::Currency))
            .field(field("Value", DataType::Number))
            .field(field("At", DataType::DateTime))
            .field(field("Flag", DataType::YesNo))
            .field(field("Guid", DataType::Guid))
            .field(field("Auto", DataType::Autonumber))
            .field(field("Known", DataType::Integer).formula("ISNULL(Qty, -1)"));
        emulator.create_table(table).expect("a table");
        let kinds = TableDef::new("Kinds")
            .field(field("Kind", DataType::Integer))
            .field(field("Sure", DataType::YesNo));
        emulator.create_table(kinds).expect("a table");
        for (kind, sure) in KINDS {
            let kind = serde_json::json!({ "Kind": kind, "Sure": sure });
            emulator.insert("Kinds", kind).expect("a record");
        }
        let joined = view_with("Joined", "Kinds.Sure").left_join("Kinds", "Rows.Count", "Kind");
        let wide = (1..=WIDE).fold(view("Wide").filter("Flag = 1"), |view, number| {
            let name = format!("Quantity_Of_The_Record_Under_Another_Name_{number:02}");
            view.field_as("Rows.Qty", &name)
        });
        for view in [view("Live").filter("Flag = 1"), joined, wide] {
            emulator.create_view(view).expect("a view");
        }
        let service = Arc::new(InProcess::new(Arc::clone(&emulator)));
        let versions = [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4];
        let none = RateLimiter::unlimited();
        let limit = RateLimiter::unlimited().limit(LIMIT.0, LIMIT.1);
        let over_http = || versions.map(|version| client(&emulator, version, None, &none));
        let in_process = |limiter: &RateLimiter| {
            versions.map(|version| client(&emulator, version, Some(&service), limiter))
        };
        Self {
            over_http: over_http(),
            in_process: in_process(&none),
            others_over_http: over_http(),
            others_in_process: in_process(&none),
            limited: in_process(&limit),
            others_limited: in_process(&limit),
            taken: AtomicUsize::new(0),
            service,
            is_http_only: std::env::var_os("CASPIO_TEST_HTTP").is_some(),
            emulator,
            filled: None,
            table: Vec::new(),
        }
    }

    pub(crate) fn client(&self, case: &Case) -> &Client {
        self.clients(case)[0]
    }

    /// Returns one of two clients in turn.
    pub(crate) fn next_client(&self, case: &Case) -> &Client {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        self.clients(case)[taken % 2]
    }

    fn clients(&self, case: &Case) -> [&Client; 2] {
        let is_over_http = self.is_http_only || case.content.seed.is_multiple_of(OVER_HTTP);
        let (clients, others) = if is_over_http && case.shown == Shown::Exactly {
            (&self.over_http, &self.others_over_http)
        } else if case.concurrency.is_none() {
            (&self.limited, &self.others_limited)
        } else {
            (&self.in_process, &self.others_in_process)
        };
        [clients, others].map(|clients| &clients[usize::from(case.version) - 2])
    }

    /// Fills the table with the records of a case, if it has others, and starts its order of responses.
    pub(crate) fn begin(&mut self, case: &Case) {
        self.taken.store(0, Ordering::Relaxed);
        let calls = [case.content.seed, case.page(), case.most_at_once() as u64];
        let pauses = case.writes.iter().any(|write| write.call > 0);
        self.service.begin(&calls, case.shown, pauses);
        if self.filled.as_ref() == Some(&case.content) {
            return;
        }
        self.emulator
            .delete("Rows", "PK_ID > 0")
            .expect("no records");
        self.table = case.content.rows();
        self.restore(&self.table);
        self.filled = Some(case.content.clone());
    }

    fn restore<'r>(&self, rows: impl IntoIterator<Item = &'r Row>) {
        let records: Vec<_> = rows.into_iter().map(|row| row.to_json(true)).collect();
        // An execution has a time limit.
        for records in records.chunks(AT_ONCE) {
            let restored = self.emulator.restore("Rows", records.iter().cloned());
            restored.expect("the records");
        }
    }

    /// Undoes the writes to the records with these keys.
    pub(crate) fn undo(&self, keys: &BTreeSet<i64>) {
        if keys.is_empty() {
            return;
        }
        for key in keys {
            let condition = format!("PK_ID = {key}");
            self.emulator
                .delete("Rows", &condition)
                .expect("no such record");
        }
        self.restore(self.table.iter().filter(|row| keys.contains(&row.key())));
    }

    /// Returns how many calls of this process began.
    pub(crate) fn started(&self) -> usize {
        self.service.started()
    }

    /// Returns how many calls of this process began after a time.
    pub(crate) fn started_after(&self, time: Instant) -> usize {
        self.service.started_after(time)
    }

    /// Returns how many calls read records so far, also those of reads that were dropped.
    pub(crate) fn calls(&self, case: &Case) -> u64 {
        self.clients(case).into_iter().map(calls_of).sum()
    }

    /// Checks that the clients counted every call that the emulator received.
    pub(crate) fn check_meters(&self) {
        let clients = self.over_http.iter().chain(&self.in_process);
        let others = self.others_over_http.iter().chain(&self.others_in_process);
        let limited = self.limited.iter().chain(&self.others_limited);
        let clients = clients.chain(others).chain(limited);
        let counted: u64 = clients.map(calls_of).sum();
        let received = self.emulator.calls().records_reads();
        assert!(received <= counted, "{received} of {counted} calls");
    }
}

fn calls_of(client: &Client) -> u64 {
    let operations = client.meter().snapshot().operations;
    operations
        .get("records.list")
        .map_or(0, |count| count.calls)
}

/// How many records are restored by one execution.
const AT_ONCE: usize = 10_000;

/// How many fields the wide view has in addition.
const WIDE: usize = 50;

fn view(name: &str) -> ViewDef {
    view_with(name, "Rows.Flag")
}

/// Returns a view of the table with this field as its `Flag`.
fn view_with(name: &str, flag: &str) -> ViewDef {
    let fields = Column::ALL.into_iter().skip(1);
    fields.fold(ViewDef::new(name, "Rows"), |view, column| match column {
        Column::Flag => view.field_as(flag, "Flag"),
        column => view.field(&format!("Rows.{}", column.name())),
    })
}

fn client(
    emulator: &Emulator,
    version: ApiVersion,
    service: Option<&Arc<InProcess>>,
    limiter: &RateLimiter,
) -> Client {
    let client = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .rate_limiter(limiter.clone());
    let client = match service {
        Some(service) => client.http_service(Arc::clone(service) as Arc<dyn HttpService>),
        None => client,
    };
    client.build().expect("a client")
}
