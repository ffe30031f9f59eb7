//! The inputs that the targets in `fuzz` begin with, as far as they are responses of the service.

use crate::{client, emulator, responses};
use caspio::ApiVersion;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};
use std::{env, fs};

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds");

/// Columns of each type, without those that differ each time.
const COLUMNS: [&str; 12] = [
    "First_Name",
    "Email",
    "Balance",
    "Score",
    "Age",
    "Joined",
    "Active",
    "Guid",
    "Interests",
    "Lucky_Numbers",
    "Anniversaries",
    "Full_Name",
];

/// Keeps the bodies of an emulator's responses.
#[derive(Debug)]
struct Recording {
    emulator: Arc<Emulator>,
    bodies: Mutex<Vec<Vec<u8>>>,
}

impl HttpService for Recording {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async {
            let is_of_token = request.uri().path() == "/oauth/token";
            let (head, body) = request.into_parts();
            let request = http::Request::from_parts(head, body.bytes(usize::MAX).await?);
            let response = self.emulator.respond(request).await;
            let response = response.ok_or(HttpError::new(HttpErrorKind::Interrupted))?;
            if !is_of_token {
                let mut bodies = self.bodies.lock().expect("no panic");
                bodies.push(response.body().to_vec());
            }
            Ok(response.map(Body::from))
        }
        .boxed()
    }
}

/// Reads a few records, or the definitions of a table and a view. Returns the responses as an input: the number of the
/// version, and the bodies separated by a NUL.
async fn input(emulator: &Arc<Emulator>, version: ApiVersion, target: &str) -> Vec<u8> {
    let service = Arc::new(Recording {
        emulator: Arc::clone(emulator),
        bodies: Mutex::default(),
    });
    let caspio = client(emulator, version, Arc::clone(&service) as _);
    match target {
        "records" => {
            let contacts = caspio.table_named("Contacts");
            let read = contacts.query().columns(COLUMNS).page_size(3).limit(5);
            let read = read.collect();
            drop(read.await.expect("records"));
        }
        _ => {
            let schema = caspio
                .schema()
                .tables(["Contacts"])
                .views(["Active_Contacts"]);
            drop(schema.await.expect("a schema"));
        }
    }
    let bodies = service.bodies.lock().expect("no panic").join(&0);
    let number = match version {
        ApiVersion::V2 => b'2',
        ApiVersion::V3 => b'3',
        _ => b'4',
    };
    [&[number], &bodies[..]].concat()
}

/// `UPDATE_SEEDS=1` writes one for the target `positions`, whose settings are those of the client.
#[tokio::test]
async fn a_stored_position_is_a_seed() {
    if env::var_os("UPDATE_SEEDS").is_none() {
        return;
    }
    let client = responses::builder(&responses::Service::of(b""), ApiVersion::V3);
    let client = client.position_secret("of this target").build();
    let position = client
        .expect("a client")
        .table_named("Contacts")
        .stream()
        .position();
    fs::write(format!("{SEEDS}/positions/start"), position.to_string()).expect("a folder");
}

/// `UPDATE_SEEDS=1` writes them.
#[tokio::test]
async fn seeds_are_responses_of_the_emulator() {
    let emulator = emulator().await;
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        for target in ["records", "fields"] {
            let path = format!("{SEEDS}/{target}/{version}");

            let input = input(&emulator, version, target).await;

            if env::var_os("UPDATE_SEEDS").is_some() {
                fs::write(&path, &input).expect("a folder of seeds");
            }
            let seed = fs::read(&path).expect("a seed");
            assert_eq!(input, seed, "{path}: run this test with UPDATE_SEEDS=1");
        }
    }
}
