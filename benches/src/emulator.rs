//! The emulator: its start, its speed, its memory.

use crate::metric::{Target, metric};
use caspio_emulator::Emulator;
use reqwest::Client;
use serde_json::json;
use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const ORDERS: u64 = 1_000_000;
const PAGE: u64 = 1_000;
const CLIENTS: usize = 200;

/// Measures and prints every metric of the emulator.
pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if let Err(error) = runtime.block_on(measure()) {
        eprintln!("the emulator was not measured: {error}");
        std::process::exit(1);
    }
}

async fn measure() -> Outcome<()> {
    metric("emulator.start", start().await?, "ms", Target::AtMost(50.0));
    let rate = rate().await?;
    metric(
        "emulator.read.rate",
        rate,
        "records/s",
        Target::AtLeast(100_000.0),
    );
    let errors = clients().await? as f64;
    metric("emulator.clients", errors, "errors", Target::AtMost(0.0));
    metric(
        "emulator.slow_query",
        delay_by_a_slow_query().await?,
        "ms",
        Target::AtMost(50.0),
    );
    metric(
        "emulator.snapshots",
        snapshots().await?,
        "s",
        Target::AtMost(2.0),
    );
    metric(
        "emulator.memory",
        memory().await?,
        "MiB",
        Target::AtMost(150.0),
    );
    Ok(())
}

/// Returns the time until the first response, with the sample data: the median of five.
async fn start() -> Outcome<f64> {
    let http = Client::new();
    let mut times = Vec::new();
    for _ in 0..5 {
        let begin = Instant::now();
        let emulator = Emulator::builder().start().await?;
        Caller::new(&http, &emulator.url()).await?.page(0).await?;
        times.push(begin.elapsed());
    }
    times.sort();
    Ok(times[2].as_secs_f64() * 1_000.0)
}

/// Returns the records per second for one caller in pages of 1,000: the best of three reads of 100,000.
async fn rate() -> Outcome<f64> {
    let emulator = Emulator::builder().sample_orders(100_000).start().await?;
    let caller = Caller::new(&Client::new(), &emulator.url()).await?;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begin = Instant::now();
        emulator.reset_calls();
        for page in 0..100 {
            caller.page(page * PAGE).await?;
        }
        if emulator.calls().rows_sent() != 100_000 {
            return Err("records are missing".into());
        }
        best = best.min(begin.elapsed());
    }
    Ok(100_000.0 / best.as_secs_f64())
}

/// Returns how many of 200 clients, each with its own connection and token, do not get all of their five pages when
/// they read at once.
async fn clients() -> Outcome<usize> {
    let emulator = Emulator::builder().start().await?;
    let mut readers = JoinSet::new();
    for _ in 0..CLIENTS {
        let url = emulator.url();
        readers.spawn(async move {
            let caller = Caller::new(&Client::new(), &url).await?;
            for page in 0..5 {
                caller.page(page * PAGE).await?;
            }
            Outcome::Ok(())
        });
    }
    let outcomes = readers.join_all().await;
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        eprintln!("  {error}");
    }
    Ok(outcomes.iter().filter(|outcome| outcome.is_err()).count())
}

/// Returns how much longer the longest of 200 reads takes, while another query runs for seconds, than the median of
/// 200 without it.
async fn delay_by_a_slow_query() -> Outcome<f64> {
    let emulator = Emulator::builder().start().await?;
    let caller = Caller::new(&Client::new(), &emulator.url()).await?;
    let usual = sorted_times(&caller).await?[100];
    let slow =
        caller.get("q.select=(SELECT+COUNT(*)+FROM+Orders+a,Orders+b,Orders+c)+AS+N&q.limit=1");
    let slow = tokio::spawn(slow.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let longest = sorted_times(&caller).await?[199];
    if slow.is_finished() {
        return Err("the slow query ended first".into());
    }
    slow.abort();
    Ok(longest.saturating_sub(usual).as_secs_f64() * 1_000.0)
}

/// Returns how long 1,000 tests take that each insert a record into the sample data and then return to a snapshot.
async fn snapshots() -> Outcome<f64> {
    let emulator = Emulator::builder().start().await?;
    let begin = Instant::now();
    let snapshot = emulator.snapshot()?;
    for _ in 0..1_000 {
        emulator.insert("City", json!({ "Name": "Lima" }))?;
        emulator.reset_to(&snapshot)?;
    }
    Ok(begin.elapsed().as_secs_f64())
}

/// Reads one page 200 times, and returns how long each took, the shortest first.
async fn sorted_times(caller: &Caller) -> Outcome<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..200 {
        let begin = Instant::now();
        caller.page(0).await?;
        times.push(begin.elapsed());
    }
    times.sort();
    Ok(times)
}

/// Returns the peak memory of the program while it served 1,000,000 orders from a data folder.
async fn memory() -> Outcome<f64> {
    let program = build()?;
    let folder = tempfile::tempdir()?;
    // The first start creates the file; the second, which finds it, is measured.
    drop(Program::start(&program, folder.path())?);
    let running = Program::start(&program, folder.path())?;
    let caller = Caller::new(&Client::new(), &running.url).await?;
    for page in 0..ORDERS / PAGE {
        caller.page(page * PAGE).await?;
    }
    let status = fs::read_to_string(format!("/proc/{}/status", running.child.id()))?;
    let most = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim_end_matches("kB").trim().parse::<f64>().ok())
        .ok_or("no VmHWM in /proc")?;
    Ok(most / 1_024.0)
}

/// Builds the program for release and returns its path.
fn build() -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--package", "caspio-emulator"])
        .args(["--bin", "caspio-emulator", "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .filter_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next())
        .next_back()
        .map(PathBuf::from)
        .ok_or_else(|| "cargo built no program".into())
}

/// A running program; it is killed when dropped, which its data survives.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(program: &Path, data: &Path) -> Outcome<Self> {
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0"])
            .args(["--sample-rows", &ORDERS.to_string()])
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut ready = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut ready)?;
        }
        let url = ready
            .split_whitespace()
            .find(|word| word.starts_with("http"))
            .ok_or("the program did not start")?
            .to_owned();
        Ok(Self { child, url })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One client with a token.
struct Caller {
    http: Client,
    url: String,
    token: String,
}

impl Caller {
    async fn new(http: &Client, url: &str) -> Outcome<Self> {
        let response = http
            .post(format!("{url}/oauth/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials&client_id=demo&client_secret=demo-secret")
            .send()
            .await?
            .error_for_status()?
            .text()
            .await?;
        let token = response
            .split_once("\"access_token\":\"")
            .and_then(|(_, rest)| rest.split('"').next())
            .ok_or("no token in the response")?;
        Ok(Self {
            http: http.clone(),
            url: format!("{url}/integrations/rest/v3/tables/Orders/records"),
            token: token.to_owned(),
        })
    }

    /// Reads the page of orders that follow a key.
    async fn page(&self, after: u64) -> Outcome<usize> {
        let query = format!("q.where=PK_ID%3E{after}&q.orderBy=PK_ID&q.limit={PAGE}");
        let response = self.get(&query).send().await?.error_for_status()?;
        Ok(response.bytes().await?.len())
    }

    /// Returns the request for orders by these parameters.
    fn get(&self, query: &str) -> reqwest::RequestBuilder {
        let request = self.http.get(format!("{}?{query}", self.url));
        request.header("Authorization", format!("Bearer {}", self.token))
    }
}
