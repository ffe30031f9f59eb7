//! Shared by the end-to-end tests: an emulator with a client, and records of the sample tables.

pub mod items;
pub mod rewriting;
pub mod scripted;

use caspio::ApiVersion;
use caspio::prelude::*;
use caspio_emulator::{Emulator, EmulatorBuilder};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::future::IntoFuture;

/// An emulator and a client of it.
#[derive(Debug)]
pub struct TestEnv {
    /// The emulator; it stops when dropped.
    pub emulator: Emulator,
    /// A client of it.
    pub caspio: Client,
}

/// Starts a [`TestEnv`] when it is awaited.
#[derive(Debug)]
pub struct TestEnvBuilder {
    emulator: EmulatorBuilder,
    version: ApiVersion,
}

impl TestEnv {
    /// Starts an emulator with the sample data, and a client of it.
    pub fn start() -> TestEnvBuilder {
        Self::with(Emulator::builder())
    }

    /// Starts a configured emulator, and a client of it.
    pub fn with(emulator: EmulatorBuilder) -> TestEnvBuilder {
        TestEnvBuilder {
            emulator,
            version: ApiVersion::default(),
        }
    }

    /// Creates another client of the emulator, with its own token.
    pub fn new_client(&self) -> Client {
        client_of(&self.emulator, ApiVersion::default())
    }
}

/// Inserts records into a table.
pub fn insert_all(emulator: &Emulator, table: &str, records: impl IntoIterator<Item = Value>) {
    for record in records {
        emulator.insert(table, record).expect("a record");
    }
}

impl TestEnvBuilder {
    /// Sets the version of the API that the client uses; default: v3.
    pub fn version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }
}

impl IntoFuture for TestEnvBuilder {
    type Output = TestEnv;
    type IntoFuture = BoxFuture<'static, TestEnv>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let emulator = self.emulator.start().await.expect("the emulator starts");
            let caspio = client_of(&emulator, self.version);
            TestEnv { emulator, caspio }
        }
        .boxed()
    }
}

fn client_of(emulator: &Emulator, version: ApiVersion) -> Client {
    Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .build()
        .expect("a client of the emulator")
}

/// Runs each test on v2, v3 and v4 of the API.
#[macro_export]
macro_rules! on_every_version {
    ($(async fn $name:ident($version:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn on($version: ::caspio::ApiVersion) $body

            #[tokio::test]
            async fn v2() {
                on(::caspio::ApiVersion::V2).await;
            }

            #[tokio::test]
            async fn v3() {
                on(::caspio::ApiVersion::V3).await;
            }

            #[tokio::test]
            async fn v4() {
                on(::caspio::ApiVersion::V4).await;
            }
        }
    )*};
}

/// A record of the sample table `Orders`.
#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Orders")]
pub struct Order {
    /// Its key.
    #[caspio(pk)]
    pub pk_id: i64,
    /// The number of pieces.
    pub quantity: i32,
    /// The price of all.
    pub total: Decimal,
    /// When it was placed.
    pub placed: DateTime,
    /// Its state.
    pub status: String,
}

/// A record of the sample table `Contacts`, with fields of many types.
#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
pub struct Contact {
    /// Its key.
    #[caspio(pk)]
    pub pk_id: i64,
    /// Text.
    pub first_name: String,
    /// Text.
    pub last_name: String,
    /// Text that may be null.
    pub email: Option<String>,
    /// Money.
    pub balance: Option<Decimal>,
    /// A float.
    pub score: Option<f64>,
    /// A whole number.
    pub age: Option<i32>,
    /// A date and time.
    pub joined: Option<DateTime>,
    /// Yes or no.
    pub active: bool,
    /// A list of texts.
    pub interests: List<String>,
    /// Computed by Caspio.
    #[caspio(read_only)]
    pub full_name: Option<String>,
}

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
