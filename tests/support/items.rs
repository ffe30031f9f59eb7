//! A table for tests of writes, and clients whose calls go through a layer.

use crate::TestEnv;
use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A record of the table `Items`.
#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Items")]
pub struct Item {
    /// Its key.
    #[caspio(pk)]
    pub pk_id: i64,
    /// Unique text.
    pub code: String,
    /// Text that may be null.
    pub status: Option<String>,
    /// Money.
    pub amount: Option<Decimal>,
    /// A list of texts.
    pub tags: List<String>,
}

/// The columns of a new record.
#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Item)]
pub struct NewItem {
    /// Unique text.
    pub code: String,
    /// Text that may be null.
    pub status: Option<String>,
}

/// Creates `count` new records, each with its own code.
pub fn items(count: usize) -> Vec<NewItem> {
    (0..count).map(item).collect()
}

/// Creates the new record with a number.
pub fn item(number: usize) -> NewItem {
    NewItem {
        code: format!("C-{number}"),
        status: Some(format!("new {}", number % 7)),
    }
}

fn field(name: &str, ty: DataType) -> FieldDef {
    FieldDef::new(name, ty)
}

/// Starts an emulator with the empty table, and a client of it for a version of the API.
pub async fn items_env(version: ApiVersion) -> TestEnv {
    items_env_with(version, |service| service).await
}

/// Starts an emulator with the empty table, and a client of it whose calls go through a layer.
pub async fn items_env_with<S: HttpService + 'static>(
    version: ApiVersion,
    layer: impl FnOnce(ReqwestService) -> S,
) -> TestEnv {
    let emulator = Emulator::builder()
        .empty()
        .start()
        .await
        .expect("the emulator starts");
    let table = TableDef::new("Items")
        .field(field("Code", DataType::Text255).unique())
        .field(field("Status", DataType::Text255))
        .field(field("Amount", DataType::Currency))
        .field(field("Tags", DataType::ListText).list(["red", "green", "blue"]));
    emulator.create_table(table).expect("a table");
    let account = caspio::Account::new(&emulator.url()).expect("an account");
    let service = ReqwestService::for_account(&account).expect("a service");
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .http_service(Arc::new(layer(service)))
        .build()
        .expect("a client");
    TestEnv { emulator, caspio }
}

/// Responds to every call of v4 with 404.
#[derive(Debug)]
pub struct WithoutV4(pub ReqwestService);

impl HttpService for WithoutV4 {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if !request.uri().path().contains("/v4/") {
            return self.0.call(request);
        }
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        async move { Ok(response) }.boxed()
    }
}

/// Counts the calls in progress, and can refuse those of v4.
#[derive(Debug)]
pub struct Watched {
    service: ReqwestService,
    v4: bool,
    now: AtomicUsize,
    most: Arc<AtomicUsize>,
}

impl Watched {
    /// Watches a service; `most` becomes the most calls in progress at once. Without `v4`, its calls are refused.
    pub fn new(service: ReqwestService, v4: bool, most: Arc<AtomicUsize>) -> Self {
        Self {
            service,
            v4,
            now: AtomicUsize::new(0),
            most,
        }
    }
}

impl HttpService for Watched {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            if request.uri().path().contains("/v4/") && !self.v4 {
                let mut response = http::Response::new(Body::empty());
                *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
                return Ok(response);
            }
            let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
            self.most.fetch_max(now, Ordering::Relaxed);
            let response = self.service.call(request).await;
            self.now.fetch_sub(1, Ordering::Relaxed);
            response
        }
        .boxed()
    }
}

/// Returns the number of calls so far, without those for tokens.
pub fn calls(env: &TestEnv) -> u64 {
    let meter = env.caspio.meter().snapshot();
    meter.calls - meter.token_calls
}

/// Returns the number of rows that large tests write: `CASPIO_TEST_ROWS`, or 20,000.
pub fn many() -> usize {
    let rows = std::env::var("CASPIO_TEST_ROWS").ok();
    rows.and_then(|rows| rows.parse().ok()).unwrap_or(20_000)
}

/// Returns the codes in the table by the keys of their records.
pub async fn codes(env: &TestEnv) -> BTreeMap<i64, String> {
    let items = env
        .caspio
        .table::<Item>()
        .collect()
        .await
        .expect("the items");
    items
        .into_iter()
        .map(|item| (item.pk_id, item.code))
        .collect()
}
