//! A server that responds from memory, as fast as a socket allows.

use crate::table::{FIELDS, PAGE, Table};
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server in a thread of its own.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    table: Table,
    latency_ms: AtomicU64,
    calls: AtomicU64,
    refused: AtomicU64,
    /// The number of inserted rows, whose keys go on from it.
    inserted: AtomicU64,
    limits: Mutex<Limits>,
}

/// Which calls are refused.
#[derive(Debug, Default)]
struct Limits {
    /// At most so many calls within any such period.
    rates: Vec<(usize, Duration)>,
    refuse_until: Option<Instant>,
    taken: Vec<Instant>,
}

impl Limits {
    fn takes(&mut self, now: Instant) -> bool {
        let is_free = self.rates.iter().all(|(calls, per)| {
            let first = self.taken.len().checked_sub(*calls);
            first.is_none_or(|first| now - self.taken[first] >= *per)
        });
        let takes = is_free && self.refuse_until.is_none_or(|until| now >= until);
        if takes {
            self.taken.push(now);
        }
        takes
    }
}

impl Server {
    /// Starts serving a table.
    pub(crate) fn start(table: Table) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener
            .set_nonblocking(true)
            .expect("a listener that does not block");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            table,
            latency_ms: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            inserted: AtomicU64::new(0),
            limits: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime
                .expect("a runtime")
                .block_on(serve(listener, serving));
        });
        Self { address, shared }
    }

    /// Returns its URL, to be used as an account.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Delays every response.
    pub(crate) fn set_latency(&self, latency: Duration) {
        let millis = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self.shared.latency_ms.store(millis, Ordering::Relaxed);
    }

    /// Refuses calls beyond these limits, each of so many calls within any such period. Calls for tokens do not count.
    pub(crate) fn set_limits(&self, rates: &[(usize, Duration)]) {
        self.limits().rates = rates.to_vec();
    }

    /// Refuses all calls until then.
    pub(crate) fn refuse_until(&self, time: Instant) {
        self.limits().refuse_until = Some(time);
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.shared.limits.lock().expect("no panic")
    }

    /// Returns the number of refused calls since the last time.
    pub(crate) fn take_refused(&self) -> u64 {
        self.shared.refused.swap(0, Ordering::Relaxed)
    }

    /// Returns the number of calls since the last time, including those for tokens.
    pub(crate) fn take_calls(&self) -> u64 {
        self.shared.calls.swap(0, Ordering::Relaxed)
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(stream, Arc::clone(&shared)));
    }
}

async fn connection(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut received = Vec::new();
    loop {
        let Some((request, sent, rest)) = next_request(&mut stream, received).await else {
            return;
        };
        received = rest;
        shared.calls.fetch_add(1, Ordering::Relaxed);
        let is_refused = !is_for_token(&request)
            && !shared
                .limits
                .lock()
                .expect("no panic")
                .takes(Instant::now());
        let latency = shared.latency_ms.load(Ordering::Relaxed);
        if latency > 0 {
            tokio::time::sleep(Duration::from_millis(latency)).await;
        }
        let sent = match is_refused {
            true => refuse(&mut stream, &shared).await,
            false => respond(&mut stream, &request, &sent, &shared).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Returns the head and the body of the next request, and the bytes received after it.
async fn next_request(
    stream: &mut TcpStream,
    mut received: Vec<u8>,
) -> Option<(String, Vec<u8>, Vec<u8>)> {
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let body = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            while received.len() < end + 4 + body {
                read_more(stream, &mut received).await?;
            }
            let rest = received.split_off(end + 4 + body);
            return Some((head, received.split_off(end + 4), rest));
        }
        read_more(stream, &mut received).await?;
    }
}

async fn read_more(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(received).await.ok()?;
    (count > 0).then_some(())
}

fn is_for_token(head: &str) -> bool {
    head.starts_with("POST /oauth/token")
}

async fn refuse(stream: &mut TcpStream, shared: &Shared) -> std::io::Result<()> {
    shared.refused.fetch_add(1, Ordering::Relaxed);
    let body =
        r#"[{"message":"You have exceeded your API call rate limits.","name":"api-calls-rate"}]"#;
    let head = "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json";
    let response = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(response.as_bytes()).await
}

async fn respond(
    stream: &mut TcpStream,
    head: &str,
    sent: &[u8],
    shared: &Shared,
) -> std::io::Result<()> {
    let body = body(head, sent, shared);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

fn body(head: &str, sent: &[u8], shared: &Shared) -> Cow<'static, str> {
    let line = head.lines().next().unwrap_or_default();
    if is_for_token(line) {
        return r#"{"access_token":"token","token_type":"bearer","expires_in":86399}"#.into();
    }
    if line.contains("/fields") {
        return FIELDS.into();
    }
    if line.contains("/records/bulk") {
        return keys(sent, &shared.inserted).into();
    }
    if line.contains("/v4/tables?") {
        return r#"{"data":[{"tableId":"q4y4zp","name":"Contacts"}]}"#.into();
    }
    if line.contains("COUNT") {
        return shared.table.range().into();
    }
    let after = number_after(line, "PK_ID%20%3E%20").unwrap_or(0);
    let until = number_after(line, "PK_ID%20%3C%3D%20").unwrap_or(usize::MAX);
    let limit = number_after(line, "limit=").unwrap_or(PAGE);
    let with_total = line.contains("getPaginationInfo=true");
    shared.table.page((after, until), limit, with_total).into()
}

/// Returns the response to a bulk insert: a new key for each row. Rows hold no objects, so braces count rows.
fn keys(sent: &[u8], inserted: &AtomicU64) -> String {
    let rows = sent.iter().filter(|byte| **byte == b'{').count() as u64;
    let first = inserted.fetch_add(rows, Ordering::Relaxed) + 1;
    let keys = (first..first + rows).map(|key| format!("\"{key}\""));
    let keys: Vec<String> = keys.collect();
    format!("{{\"PK_ID\":[{}]}}", keys.join(","))
}

/// Returns the number after a text of the request line.
fn number_after(line: &str, text: &str) -> Option<usize> {
    let (_, rest) = line.split_once(text)?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}
