//! Inserts of many rows by a unique column while calls are lost before, after and in the middle of their execution.

use bytes::Bytes;
use caspio::ApiVersion;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio_emulator::Emulator;
use caspio_tests::items::{Item, NewItem, items_env};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Loses calls at random; of a call that inserts rows, a part may have been executed.
#[derive(Debug)]
struct Losing {
    emulator: Arc<Emulator>,
    random: Mutex<fastrand::Rng>,
    lost: AtomicU64,
    is_over: Mutex<bool>,
}

impl Losing {
    fn random(&self, end: usize) -> usize {
        self.random.lock().expect("no panic").usize(..end)
    }

    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await?;
        let inserted: Option<Vec<Value>> = match head.method == http::Method::POST {
            true => serde_json::from_slice(&body).ok(),
            false => None,
        };
        let is_token = head.uri.path().ends_with("/token");
        let is_over = *self.is_over.lock().expect("no panic");
        let fate = match (is_over || is_token, &inserted) {
            (true, _) => 9,
            (_, Some(_)) => self.random(6),
            (_, None) => self.random(40),
        };
        let body = match inserted {
            Some(rows) if fate == 1 => {
                let rows = &rows[..self.random(rows.len() + 1)];
                Bytes::from(serde_json::to_vec(rows).expect("JSON"))
            }
            _ => body,
        };
        let lost = || HttpError::new(HttpErrorKind::Interrupted);
        if fate <= 2 {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        if fate == 0 {
            return Err(lost());
        }
        let response = self
            .emulator
            .respond(http::Request::from_parts(head, body))
            .await;
        let response = response.ok_or_else(lost)?;
        if fate <= 2 {
            return Err(lost());
        }
        Ok(response.map(Body::from))
    }
}

impl HttpService for Losing {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        self.answer(request).boxed()
    }
}

/// Rows of which some exist before, with the same or another status, and some are refused.
fn rows(random: &mut fastrand::Rng, emulator: &Emulator) -> Vec<NewItem> {
    let count = random.usize(1..1_500);
    let long = "x".repeat(random.usize(0..60));
    let old = random.usize(0..30);
    let row = |number: usize| NewItem {
        code: match random.usize(0..200) {
            0 => "y".repeat(300),
            _ => format!("{long} C-{number}"),
        },
        status: Some("new".to_owned()),
    };
    let rows: Vec<NewItem> = (0..count).map(row).collect();
    for row in rows.iter().filter(|row| row.code.len() < 256) {
        let status = match random.usize(0..100) {
            at if at < old / 2 => "new",
            at if at < old => "old",
            _ => continue,
        };
        let record = json!({ "Code": row.code, "Status": status });
        emulator.insert("Items", record).expect("a record");
    }
    rows
}

async fn check(version: ApiVersion, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let env = items_env(version).await;
    let emulator = Arc::new(env.emulator);
    let rows = rows(&mut random, &emulator);
    let old = emulator.count("Items").expect("a count");
    let service = Arc::new(Losing {
        emulator: Arc::clone(&emulator),
        random: Mutex::new(random.fork()),
        lost: AtomicU64::new(0),
        is_over: Mutex::new(false),
    });
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .http_service(Arc::clone(&service) as _)
        .build()
        .expect("a client");
    let table = caspio.table::<Item>();
    let insert = table.insert_many(&rows).unique_by(|i| i.code);
    let report = insert.concurrency(random.usize(1..5)).await;
    let Ok(report) = report else {
        // The fields or the ids could not be read.
        assert_eq!(
            emulator.count("Items").expect("a count"),
            old,
            "{version:?}, seed {seed}"
        );
        return;
    };

    *service.is_over.lock().expect("no panic") = true;
    let records = table.collect().await.expect("all records");
    let by_key: BTreeMap<i64, &Item> = records.iter().map(|item| (item.pk_id, item)).collect();
    let by_code: BTreeMap<&str, &Item> = records.iter().map(|item| (&*item.code, item)).collect();
    assert_eq!(by_code.len(), records.len());
    for (number, (row, result)) in rows.iter().zip(report.results()).enumerate() {
        let case = || format!("{version:?}, seed {seed}, row {number}: {result:?}");
        match result {
            Ok(key) => {
                assert_eq!(by_key[key].code, row.code, "{}", case());
                assert_eq!(by_key[key].status, row.status, "{}", case());
            }
            Err(error) if error.maybe_applied() => {}
            Err(_) => {
                let record = by_code.get(&*row.code);
                let is_older = record.is_some_and(|item| item.pk_id <= old as i64);
                assert!(record.is_none() || is_older, "{}", case());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rows_of_lost_calls_are_reported_as_what_happened_to_them() {
    let cases =
        std::env::var("CASPIO_TEST_CASES").map_or(40, |cases| cases.parse().expect("a number"));
    for seed in 0..cases {
        for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
            check(version, seed).await;
        }
    }
}
