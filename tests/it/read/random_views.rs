//! Random reads of a view that repeats a `PK_ID`, while its records change between the calls: every record that is not
//! changed is read once, or the read ends with an error.

use caspio::filter::Order;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio::read::{Collected, Position};
use caspio::{ApiVersion, Error, ErrorKind, RateLimiter};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use fastrand::Rng;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "V")]
struct Row {
    #[caspio(pk)]
    pk_id: String,
    name: Option<String>,
    value: Option<f64>,
    /// No two records have the same.
    number: i64,
}

const NAMES: [Option<&str>; 6] = [None, Some(""), Some("a"), Some("A "), Some("b"), Some("c")];
const VALUES: [Option<f64>; 4] = [None, Some(0.1), Some(0.5), Some(-2.0)];

/// A service whose view shows its column `K`, which repeats texts, as the key.
#[derive(Debug)]
struct Service {
    emulator: Emulator,
    changes: Mutex<Changes>,
}

/// What happens before calls.
#[derive(Debug)]
struct Changes {
    random: Rng,
    /// How many of a hundred calls a change precedes.
    percent: u32,
    /// The numbers of the records that were changed, deleted or inserted.
    touched: BTreeSet<i64>,
    numbers: Vec<i64>,
}

impl Service {
    fn change(&self) {
        let mut changes = self.changes.lock().expect("changes");
        let Changes {
            random,
            percent,
            touched,
            numbers,
        } = &mut *changes;
        if random.u32(0..100) >= *percent {
            return;
        }
        let Some(number) = random.choice(numbers.clone()) else {
            return;
        };
        let condition = format!("Number = {number}");
        match random.u32(0..4) {
            0 => {
                self.emulator.delete("T", &condition).expect("a delete");
                touched.insert(number);
            }
            1 => {
                let number = 1_000 + touched.len() as i64;
                insert(&self.emulator, random, number);
                touched.insert(number);
                numbers.push(number);
            }
            _ => {
                let change =
                    json!({ "Name": random.choice(NAMES), "Value": random.choice(VALUES) });
                self.emulator
                    .update("T", &condition, change)
                    .expect("a change");
                touched.insert(number);
            }
        }
    }
}

fn insert(emulator: &Emulator, random: &mut Rng, number: i64) {
    let key = format!("1,{}", random.u32(1..8));
    let record = json!({
        "K": key,
        "Name": random.choice(NAMES),
        "Value": random.choice(VALUES),
        "Number": number,
    });
    emulator.insert("T", record).expect("a record");
}

impl HttpService for Service {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let (mut head, body) = request.into_parts();
            let body = body.bytes(usize::MAX).await?;
            let is_read = head.uri.path().ends_with("/records");
            if is_read {
                self.change();
                let uri = head.uri.to_string().replace("PK_ID", "K");
                head.uri = uri.parse().expect("a URI");
            }
            let response = self
                .emulator
                .respond(http::Request::from_parts(head, body))
                .await;
            let response = response.ok_or_else(|| HttpError::new(HttpErrorKind::Interrupted))?;
            let (mut head, body) = response.into_parts();
            head.headers.remove(http::header::CONTENT_LENGTH);
            let body = String::from_utf8(body.to_vec()).expect("JSON");
            let body = body.replace("\"K\":", "\"PK_ID\":");
            Ok(http::Response::from_parts(
                head,
                Body::from(body.into_bytes()),
            ))
        }
        .boxed()
    }
}

async fn service(random: &mut Rng) -> Arc<Service> {
    let emulator = Emulator::builder()
        .empty()
        .start()
        .await
        .expect("an emulator");
    let table = TableDef::new("T")
        .field(FieldDef::new("K", DataType::Text255))
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Value", DataType::Number))
        .field(FieldDef::new("Number", DataType::Integer));
    emulator.create_table(table).expect("a table");
    let columns = ["T.K", "T.Name", "T.Value", "T.Number"].into_iter();
    let view = columns.fold(ViewDef::new("V", "T"), |view, column| view.field(column));
    emulator.create_view(view).expect("a view");
    let numbers: Vec<i64> = (0..random.i64(1..30)).collect();
    for number in &numbers {
        insert(&emulator, random, *number);
    }
    let changes = Changes {
        random: Rng::with_seed(random.u64(..)),
        percent: 0,
        touched: BTreeSet::new(),
        numbers,
    };
    Arc::new(Service {
        emulator,
        changes: Mutex::new(changes),
    })
}

fn order(random: &mut Rng) -> Vec<Order<Row>> {
    let v = Row::COLUMNS;
    let direct = |random: &mut Rng, asc, desc| if random.bool() { desc } else { asc };
    let name = direct(random, v.name.asc(), v.name.desc());
    let value = direct(random, v.value.asc(), v.value.desc());
    match random.u32(0..5) {
        0 => Vec::new(),
        1 => vec![name],
        2 => vec![value],
        3 => vec![name, value],
        _ => vec![value, direct(random, v.number.asc(), v.number.desc())],
    }
}

/// The names that a query lists; null and empty texts are in it, too.
const LISTED: [&str; 3] = ["a", "b", ""];

fn query(client: &Client, is_listed: bool) -> Query<Row> {
    let query = client.view::<Row>().query();
    match is_listed {
        true => query.filter(|v| v.name.in_(LISTED) | v.name.is_null()),
        false => query,
    }
}

/// Reads all records in one of the ways.
async fn read(client: &Client, random: &mut Rng, is_listed: bool) -> Result<Vec<Row>, Error> {
    let order = order(random);
    let size = random.u16(1..7);
    let query = || {
        let query = query(client, is_listed).order_by(|_| order.clone());
        query.page_size(size)
    };
    let mut all = Vec::new();
    let mut position: Option<Position> = None;
    let from = |position: &Option<Position>| match position {
        Some(position) => query().resume_from(position),
        None => query(),
    };
    let way = random.u32(0..4);
    if way == 0 {
        return query().collect().await;
    }
    loop {
        let calls = random.u64(3..9);
        let (rows, next) = match way {
            1 => {
                let page = query().page(size, position.as_ref()).await?;
                (page.records, page.next)
            }
            2 => {
                let mut stream = from(&position).stream();
                let (most, mut rows) = (random.usize(1..12), Vec::new());
                while rows.len() < most
                    && let Some(row) = stream.try_next().await?
                {
                    rows.push(row);
                }
                let next = (rows.len() == most).then(|| stream.position());
                (rows, next)
            }
            _ => match from(&position).max_calls(calls).collect_partial().await? {
                Collected::Complete(rows) => (rows, None),
                Collected::Partial(part) if part.reason.to_string().contains("max_calls") => {
                    (part.records, Some(part.resume))
                }
                Collected::Partial(part) => return Err(part.reason),
            },
        };
        all.extend(rows);
        if next.is_none() {
            return Ok(all);
        }
        position = next;
    }
}

/// Returns a client of the service.
fn client(service: &Arc<Service>, seed: u64) -> Client {
    let versions = [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4];
    let emulator = &service.emulator;
    Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(versions[seed as usize % 3])
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::clone(service) as Arc<dyn HttpService>)
        .build()
        .expect("a client")
}

/// How many cases run, and from which seed on.
const CASES: u64 = 300;
const START: u64 = 1_000;

/// Makes the read of a seed. Returns whether it was complete.
async fn run(seed: u64) -> bool {
    let random = &mut Rng::with_seed(seed);
    let percent = random.choice([0, 0, 20, 60]).expect("one");
    let service = service(random).await;
    let client = client(&service, seed);
    let is_listed = random.u32(0..3) == 0;
    let wanted = query(&client, is_listed).collect().await;
    let wanted: Vec<i64> = wanted
        .expect("one page")
        .iter()
        .map(|row| row.number)
        .collect();
    service.changes.lock().expect("changes").percent = percent;

    let rows = match read(&client, random, is_listed).await {
        Ok(rows) => rows,
        Err(error) => {
            let is_known = matches!(error.kind(), ErrorKind::Incomplete | ErrorKind::Protocol);
            assert!(is_known, "seed {seed}: {error}");
            return false;
        }
    };

    let touched = &service.changes.lock().expect("changes").touched;
    for number in wanted.iter().filter(|number| !touched.contains(number)) {
        let times = rows.iter().filter(|row| row.number == *number).count();
        assert_eq!(times, 1, "seed {seed}: record {number}");
    }
    assert!(percent > 0 || rows.len() == wanted.len(), "seed {seed}");
    true
}

#[tokio::test]
async fn every_record_of_a_view_is_read_once_or_the_read_fails() {
    let mut complete = 0;
    for seed in START..START + CASES {
        complete += u64::from(run(seed).await);
    }
    assert!(complete > CASES / 3, "{complete} of {CASES}");
}

/// Counts the records after every position of a read of a seed, while nothing is changed. Returns how many counts were
/// right, and how many were errors.
async fn count_after_all(seed: u64) -> (usize, usize) {
    let random = &mut Rng::with_seed(seed);
    let service = service(random).await;
    let client = client(&service, seed);
    let order = order(random);
    let query = || client.view::<Row>().query().order_by(|_| order.clone());
    let all = query().collect().await.expect("one page");
    let mut stream = query().stream();
    let (mut right, mut errors) = (0, 0);
    for delivered in 1..=all.len() {
        stream
            .try_next()
            .await
            .expect("one page")
            .expect("a record");
        let left = &all[delivered..];
        let rest = || query().resume_from(&stream.position());
        let sum = left
            .iter()
            .map(|row| row.number)
            .reduce(|sum, number| sum + number);
        match rest().count().await {
            Ok(count) => {
                assert_eq!(count, left.len() as u64, "seed {seed} after {delivered}");
                assert_eq!(rest().exists().await.expect("a probe"), !left.is_empty());
                assert_eq!(rest().sum(|v| v.number).await.expect("a sum"), sum);
                right += 1;
            }
            Err(error) => {
                let is_known = matches!(error.kind(), ErrorKind::Incomplete | ErrorKind::Protocol);
                assert!(is_known, "seed {seed}: {error}");
                errors += 1;
            }
        }
    }
    (right, errors)
}

#[tokio::test]
async fn a_count_after_a_position_of_a_view_is_right_or_fails() {
    let (mut right, mut errors) = (0, 0);
    for seed in START..START + CASES / 10 {
        let counted = count_after_all(seed).await;
        right += counted.0;
        errors += counted.1;
    }
    assert!(
        right > errors / 2 && errors > 0,
        "{right} right, {errors} errors"
    );
}
