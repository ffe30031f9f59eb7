//! The account's rate limit: how much of it is used, how many calls are refused, and what the transport costs.

use crate::metric::{Target, metric};
use crate::server::Server;
use crate::table::Table;
use crate::write::{Contact, row};
use caspio::RateLimiter;
use caspio::prelude::*;
use caspio_core::auth::BearerToken;
use caspio_core::http::{Request, Response};
use caspio_core::{Account, Body, HttpError, HttpService, Operation, Transport, Url};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const RECORDS: usize = 200_000;
const PROCESSES: usize = 4;
/// What the service takes, and how long it takes to respond.
const CALLS: usize = 8;
const PER: Duration = Duration::from_secs(1);
const CALLS_OF_WINDOW: usize = 2_000;
const WINDOW: Duration = Duration::from_secs(300);
const LATENCY: Duration = Duration::from_millis(200);
const STORM: Duration = Duration::from_secs(20);
/// The argument that starts a process which reads or writes.
pub(crate) const CHILD: &str = "transport-child";

/// Prints the metrics of calls within a rate limit, and of the transport itself.
pub(crate) fn run() {
    overhead();
    fairness();
    for work in [Work::Read, Work::Insert] {
        used_by_one(work);
        used_by_processes(work);
    }
    after_a_storm();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Read,
    Insert,
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Insert => "insert",
        }
    }

    async fn run(self, caspio: &Client, records: usize) {
        let contacts = caspio.table::<Contact>();
        match self {
            Self::Read => {
                let read = contacts.query().limit(records as u64).concurrency(CALLS);
                let count = read.stream().count().await.expect("all records");
                assert_eq!(count, records as u64);
            }
            Self::Insert => {
                let report = contacts
                    .insert_many((0..records).map(row))
                    .concurrency(CALLS)
                    .await;
                assert_eq!(report.expect("a report").inserted, records as u64);
            }
        }
    }
}

fn server() -> Server {
    let server = Server::start(Table::even(RECORDS));
    server.set_latency(LATENCY);
    server.set_limits(&[(CALLS, PER), (CALLS_OF_WINDOW, WINDOW)]);
    server
}

/// Returns the time in which the service takes this many calls.
fn shortest(calls: usize) -> Duration {
    PER * (calls.div_ceil(CALLS) as u32 - 1) + LATENCY
}

fn client(url: &str, limiter: RateLimiter) -> Client {
    Client::builder()
        .account(url)
        .credentials("id", "secret")
        .rate_limiter(limiter)
        .build()
        .expect("settings")
}

fn used_by_one(work: Work) {
    let server = server();
    let caspio = client(&server.url(), RateLimiter::caspio());
    let start = Instant::now();
    runtime().block_on(work.run(&caspio, RECORDS));
    print_used(
        &format!("transport.{}.used", work.name()),
        &server,
        start.elapsed(),
    );
}

fn used_by_processes(work: Work) {
    let server = server();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("calls").display().to_string();
    let start = Instant::now();
    let children: Vec<Child> = (0..PROCESSES)
        .map(|_| {
            let program = std::env::current_exe().expect("this program");
            let mut command = Command::new(program);
            command.args([CHILD, &server.url(), &file, work.name()]);
            command.stdout(Stdio::null()).spawn().expect("a process")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success(), "no error");
    }
    print_used(
        &format!("transport.{}.used.processes", work.name()),
        &server,
        start.elapsed(),
    );
}

fn print_used(name: &str, server: &Server, took: Duration) {
    let (calls, refused) = (server.take_calls() as usize, server.take_refused() as usize);
    let used = shortest(calls - refused).as_secs_f64() / took.as_secs_f64();
    metric(name, used, "of the limit", Target::AtLeast(0.95));
    let share = 100.0 * refused as f64 / calls as f64;
    metric(&format!("{name}.refused"), share, "%", Target::AtMost(1.0));
}

/// Reads or writes its part of the records.
pub(crate) fn child(mut arguments: impl Iterator<Item = String>) {
    let mut argument = || arguments.next().expect("an argument");
    let (url, file, work) = (argument(), argument(), argument());
    let work = match &*work {
        "read" => Work::Read,
        _ => Work::Insert,
    };
    let caspio = client(&url, RateLimiter::caspio().shared_by_file(file));
    runtime().block_on(work.run(&caspio, RECORDS / PROCESSES));
}

/// Calls that the service refuses for a while all succeed, and the rate is back soon after.
fn after_a_storm() {
    let server = server();
    let caspio = client(&server.url(), RateLimiter::caspio());
    let start = Instant::now();
    server.refuse_until(start + STORM);
    let calls = (STORM.as_secs() as usize + 20) * CALLS;
    let mut ends: Vec<Duration> = runtime().block_on(async {
        let calls = (0..calls).map(|_| async {
            let contacts = caspio.table::<Contact>();
            contacts.query().limit(5).collect().await.expect("records");
            start.elapsed()
        });
        join_all(calls).await
    });
    ends.sort();
    // Two seconds at 95 % of the full rate.
    let full = 2 * CALLS * 95 / 100;
    let back = ends
        .windows(full)
        .find(|ends| ends[full - 1] - ends[0] <= 2 * PER);
    let back = back.map_or(f64::INFINITY, |ends| {
        (ends[0].saturating_sub(STORM)).as_secs_f64()
    });
    metric("transport.storm.rate_back", back, "s", Target::AtMost(10.0));
    println!("transport.storm.refused {} calls", server.take_refused());
}

/// Responds at once, or after a time.
#[derive(Debug)]
struct Memory(Option<Duration>);

impl HttpService for Memory {
    fn call(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        async {
            if let Some(time) = self.0 {
                tokio::time::sleep(time).await;
            }
            Ok(Response::new(Body::from(r#"{"Result":[]}"#)))
        }
        .boxed()
    }
}

fn transport(service: Memory, limiter: RateLimiter) -> (Transport, Url) {
    let account = Account::new("b3poa").expect("an account");
    let url = account.api_url(caspio::ApiVersion::V3);
    let transport = Transport::builder()
        .account(&account)
        .service(Arc::new(service))
        .auth(Arc::new(BearerToken::new("token").expect("a token")))
        .rate_limiter(limiter)
        .build();
    (transport.expect("settings"), url)
}

/// The time of a call in the transport alone: the service is in memory, and called by hand as well.
fn overhead() {
    const TIMES: usize = 50_000;
    let (transport, url) = transport(Memory(None), RateLimiter::unlimited());
    let service = Memory(None);
    let runtime = runtime();
    let ours = median(TIMES, || {
        let request = caspio_core::Request::get(url.clone(), Operation::new("records.list"));
        runtime
            .block_on(transport.send(request))
            .expect("a response");
    });
    let by_hand = median(TIMES, || {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = url.as_str().parse().expect("a URI");
        let response = runtime.block_on(service.call(request)).expect("a response");
        runtime
            .block_on(response.into_body().bytes(usize::MAX))
            .expect("a body");
    });
    let more = (ours.as_nanos() as f64 - by_hand.as_nanos() as f64) / 1_000.0;
    metric("transport.overhead", more, "us", Target::AtMost(2.0));
}

fn median(times: usize, mut work: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    took.sort();
    took[times / 2]
}

/// Of many tasks that start at once, none waits much longer than the others.
fn fairness() {
    const TASKS: usize = 10_000;
    let service = Memory(Some(Duration::from_millis(5)));
    let (transport, url) = transport(service, RateLimiter::unlimited().concurrency(100));
    let mut took: Vec<Duration> = runtime().block_on(async {
        let start = Instant::now();
        let tasks = (0..TASKS).map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            tokio::spawn(async move {
                let request = caspio_core::Request::get(url, Operation::new("records.list"));
                transport.send(request).await.expect("a response");
                start.elapsed()
            })
        });
        let took = join_all(tasks).await;
        took.into_iter()
            .map(|took| took.expect("no panic"))
            .collect()
    });
    took.sort();
    let ratio = took[TASKS - 1].as_secs_f64() / took[TASKS / 2].as_secs_f64();
    metric(
        "transport.slowest_task",
        ratio,
        "x median",
        Target::AtMost(3.0),
    );
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
