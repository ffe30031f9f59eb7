//! A table to write many records to, and clients whose calls go through a layer.

use crate::TestEnv;
use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A record of the table `Items`.
#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Items")]
pub struct Item {
    /// Its key.
    #[caspio(pk)]
    pub pk_id: i64,
    /// Text that no two share.
    pub code: String,
    /// Text that may be null.
    pub status: Option<String>,
    /// Money.
    pub amount: Option<Decimal>,
    /// A list of texts.
    pub tags: List<String>,
}

/// A record to be inserted, of some of its columns.
#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Item)]
pub struct NewItem {
    /// Text that no two share.
    pub code: String,
    /// Text that may be null.
    pub status: Option<String>,
}

/// So many records to be inserted, each with a code of its own.
pub fn items(count: usize) -> Vec<NewItem> {
    (0..count).map(item).collect()
}

/// One of them.
pub fn item(number: usize) -> NewItem {
    NewItem {
        code: format!("C-{number}"),
        status: Some(format!("new {}", number % 7)),
    }
}

fn field(name: &str, ty: DataType) -> FieldDef {
    FieldDef::new(name, ty)
}

/// An emulator with the empty table, and a client of it that speaks a version of the API.
pub async fn items_env(version: ApiVersion) -> TestEnv {
    items_env_with(version, |service| service).await
}

/// An emulator with an empty table, and a client of it whose calls go through a layer.
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

/// Answers 404 to every call of v4.
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
        let mut answer = http::Response::new(Body::empty());
        *answer.status_mut() = http::StatusCode::NOT_FOUND;
        async move { Ok(answer) }.boxed()
    }
}

/// The calls so far, those for tokens left out.
pub fn calls(env: &TestEnv) -> u64 {
    let meter = env.caspio.meter().snapshot();
    meter.calls - meter.token_calls
}

/// How many rows the large tests write: all 100,000 where that is asked for.
pub fn many() -> usize {
    let rows = std::env::var("CASPIO_TEST_ROWS").ok();
    rows.and_then(|rows| rows.parse().ok()).unwrap_or(20_000)
}

/// The codes that are there, by their records' keys.
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
