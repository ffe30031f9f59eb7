//! Calls that are hit on their way.

use super::case::Hit;
use super::in_process::{Response, answer};
use super::lag::{NewRecords, table_of};
use super::random::Random;
use super::server::CaseTable;
use caspio::Bytes;
use caspio::bulk::StopSignal;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_core::Operation;
use caspio_core::http_client::{RequestIds, Sighting};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How many milliseconds a request or a response is on its way.
const LATENCIES: [u64; 8] = [0, 0, 1, 1, 2, 3, 5, 12];

/// The calls of one case.
#[derive(Debug)]
pub(super) struct CaseCalls {
    emulator: Arc<Emulator>,
    table: CaseTable,
    latencies: Mutex<Random>,
    state: Mutex<State>,
    /// The last response to a call that was not hit.
    last: Mutex<Option<http::Response<Bytes>>>,
    request_ids: RequestIds,
    pub(super) cancelled: Notify,
}

#[derive(Debug, Default)]
struct State {
    hits: HashMap<usize, Hit>,
    calls: usize,
    other_hits: HashMap<usize, Hit>,
    other_calls: usize,
    sent: Vec<Sent>,
    /// The records that were inserted so far.
    new: Arc<Mutex<NewRecords>>,
    running: Vec<JoinHandle<()>>,
    others: Others,
    stop: StopSignal,
}

/// What another program did.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    pub(super) inserted: Vec<i64>,
    pub(super) updated: Vec<i64>,
    pub(super) deleted: Vec<i64>,
}

/// A write that was sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) operation: String,
    pub(super) path: String,
    pub(super) rows: usize,
    /// Whether the program cannot know that it had no effect.
    pub(super) may_be_executed: bool,
}

/// What happened during a step.
pub(super) struct Happened {
    pub(super) sent: Vec<Sent>,
    pub(super) others: Others,
}

impl CaseCalls {
    /// The calls to a table. The text of the case determines how long each is on its way, so that a case has one order
    /// of calls.
    pub(super) fn new(emulator: &Arc<Emulator>, table: &CaseTable, case: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        case.hash(&mut hasher);
        Self {
            emulator: Arc::clone(emulator),
            table: table.clone(),
            latencies: Mutex::new(Random::new(hasher.finish())),
            state: Mutex::default(),
            last: Mutex::default(),
            request_ids: RequestIds::default(),
            cancelled: Notify::new(),
        }
    }

    /// The signal that stops a sync of the step.
    pub(super) fn stop_signal(&self) -> StopSignal {
        self.state().stop.clone()
    }

    pub(super) fn hit(&self, hits: &[(usize, Hit)], other_hits: &[(usize, Hit)]) {
        let mut state = self.state();
        *state = State {
            hits: hits.iter().copied().collect(),
            other_hits: other_hits.iter().copied().collect(),
            new: Arc::clone(&state.new),
            ..State::default()
        };
    }

    /// The records that were inserted so far are seen by all reads.
    pub(super) fn show_all(&self) {
        self.state().new = Arc::default();
    }

    /// Hits no more calls. Those in progress go on.
    pub(super) fn hit_nothing(&self) {
        let mut state = self.state();
        state.hits.clear();
        state.other_hits.clear();
        state.stop = StopSignal::new();
        drop(state);
        let _ = self.cancelled.notified().now_or_never();
    }

    /// Waits for calls that nobody waits for any more, and stops hitting calls.
    pub(super) async fn settle(&self) -> Happened {
        loop {
            let running = std::mem::take(&mut self.state().running);
            if running.is_empty() {
                break;
            }
            for call in running {
                let _ = call.await;
            }
        }
        // A cancellation that came too late is not that of the next step.
        let _ = self.cancelled.notified().now_or_never();
        let mut state = self.state();
        let new = Arc::clone(&state.new);
        let ended = std::mem::take(&mut *state);
        state.new = new;
        Happened {
            sent: ended.sent,
            others: ended.others,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// Executes a call, also if nobody waits for it any more.
    async fn execute(&self, request: http::Request<Body>, delay: u64) -> Response {
        let emulator = Arc::clone(&self.emulator);
        let (there, back) = (self.latency(), self.latency());
        let (sender, response) = oneshot::channel();
        let inserted_into = self.inserted_into(&request);
        let new = Arc::clone(&self.state().new);
        let call = tokio::spawn(async move {
            sleep(Duration::from_millis(delay) + there).await;
            let mut response = answer(&emulator, request).await;
            if let Some(table) = inserted_into {
                response = add_new(&new, &table, response).await;
            }
            sleep(back).await;
            let _ = sender.send(response);
        });
        self.state().running.push(call);
        let lost = || HttpError::new(HttpErrorKind::Interrupted);
        response.await.unwrap_or_else(|_| Err(lost()))
    }

    fn latency(&self) -> Duration {
        let mut latencies = self.latencies.lock().expect("no panic");
        Duration::from_millis(latencies.pick(&LATENCIES))
    }

    async fn deliver(&self, request: http::Request<Body>) -> Response {
        let path = request.uri().path().to_owned();
        let operation = request.extensions().get::<Operation>();
        let operation = operation.map_or("", |operation| operation.name).to_owned();
        let writes_values = ["passwords.", "attachments."];
        let writes_values = writes_values.iter().any(|name| operation.starts_with(name));
        if !path.contains("/records") && !writes_values {
            let hit = {
                let mut state = self.state();
                let call = state.other_calls;
                state.other_calls += 1;
                state.other_hits.remove(&call)
            };
            return self.answer(request, hit).await;
        }
        let is_write = request.method() != "GET";
        let (hit, write) = {
            let mut state = self.state();
            let call = state.calls;
            state.calls += 1;
            let write = is_write.then(|| {
                state.sent.push(Sent {
                    operation,
                    path,
                    rows: rows_of(&request),
                    may_be_executed: true,
                });
                state.sent.len() - 1
            });
            (state.hits.remove(&call), write)
        };
        let response = self.answer(request, hit).await;
        let response = self.keep_last(response, hit).await;
        let refused = matches!(&response, Ok(response) if response.status().is_client_error());
        if let Some(write) = write.filter(|_| refused) {
            self.state().sent[write].may_be_executed = false;
        }
        response
    }

    /// Keeps a response that may come again.
    async fn keep_last(&self, response: Response, hit: Option<Hit>) -> Response {
        if hit.is_some() {
            return response;
        }
        let (parts, body) = response?.into_parts();
        let body = body.bytes(usize::MAX).await?;
        let response = http::Response::from_parts(parts, body);
        *self.last.lock().expect("no panic") = Some(response.clone());
        Ok(response.map(Body::from))
    }

    async fn answer(&self, request: http::Request<Body>, hit: Option<Hit>) -> Response {
        let lost = || Err(HttpError::new(HttpErrorKind::Interrupted));
        match hit {
            None => self.execute(request, 0).await,
            Some(Hit::LostBefore) => lost(),
            Some(Hit::LostAfter) => {
                let _ = self.execute(request, 0).await;
                lost()
            }
            Some(Hit::Late) => {
                // Nobody waits for it.
                let _ = self.execute(request, 30).now_or_never();
                lost()
            }
            Some(Hit::LateResponse) => {
                let response = self.execute(request, 0).await;
                sleep(Duration::from_millis(25)).await;
                response
            }
            Some(Hit::Cut) => {
                let response = self.execute(request, 0).await;
                changed(response, |body| body[..body.len() / 2].to_vec()).await
            }
            Some(Hit::Doubled) => {
                let response = self.execute(request, 0).await;
                changed(response, |body| [body, body].concat()).await
            }
            Some(Hit::OfEarlier) => {
                let own = self.execute(request, 0).await;
                let earlier = self.last.lock().expect("no panic").take();
                match earlier {
                    Some(earlier) => Ok(earlier.map(Body::from)),
                    None => own,
                }
            }
            Some(Hit::Strange) => {
                let sent = self.execute(request, 0).await?;
                match sent.status().is_success() {
                    true => Ok(response(
                        sent.status().as_u16(),
                        "{\"Done\":true}",
                        "application/json",
                    )),
                    false => Ok(sent),
                }
            }
            Some(Hit::Html) => Ok(response(200, "<!DOCTYPE html><html></html>", "text/html")),
            Some(Hit::Gateway) => Ok(response(502, "<html>bad gateway</html>", "text/html")),
            Some(Hit::GatewayAfter) => {
                let _ = self.execute(request, 0).await;
                Ok(response(504, "<html>timeout</html>", "text/html"))
            }
            Some(Hit::RateLimited) => Ok(response(429, "", "application/json")),
            Some(Hit::WithoutKey) => self.without_key(request).await,
            Some(hit @ (Hit::RepeatedKey | Hit::Undercounted)) => {
                let response = self.execute(request, 0).await;
                changed(response, |body| falsified(body, hit)).await
            }
            Some(Hit::Hidden) if request.method() == "GET" => {
                let table = self.table_of(&request);
                let query = request.uri().query().unwrap_or_default();
                let counts = query.contains("COUNT") && !query.contains("where");
                // Those that are inserted while the call is on its way are new as well.
                let response = self.execute(request, 0).await;
                let new = Arc::clone(&self.state().new);
                let new = new.lock().expect("no panic").clone();
                changed(response, |body| new.hidden_in(&table, body, counts)).await
            }
            Some(Hit::Hidden) => self.execute(request, 0).await,
            Some(Hit::CancelBefore) => {
                self.cancelled.notify_one();
                futures::future::pending().await
            }
            Some(Hit::CancelAfter) => {
                let _ = self.execute(request, 0).await;
                self.cancelled.notify_one();
                futures::future::pending().await
            }
            Some(Hit::Stop) => {
                self.stop_signal().stop();
                self.execute(request, 0).await
            }
            Some(hit @ (Hit::OtherInserts | Hit::OtherUpdates | Hit::OtherDeletes)) => {
                self.other_program(hit);
                self.execute(request, 0).await
            }
        }
    }

    /// The table that a call inserts into; `None` for any other call.
    fn inserted_into(&self, request: &http::Request<Body>) -> Option<String> {
        let operation = request.extensions().get::<Operation>()?;
        let is_insert = operation.name.starts_with("records.insert") && request.method() == "POST";
        is_insert.then(|| self.table_of(request))
    }

    fn table_of(&self, request: &http::Request<Body>) -> String {
        let operation = request.extensions().get::<Operation>();
        let resource = operation.and_then(|operation| operation.resource.as_deref());
        table_of(resource.unwrap_or_default(), &self.table)
    }

    async fn without_key(&self, request: http::Request<Body>) -> Response {
        let is_insert = request.method() == "POST";
        let is_bulk = request.uri().path().ends_with("/bulk");
        let rows = rows_of(&request);
        let sent = self.execute(request, 0).await?;
        if !is_insert || sent.status().as_u16() != 201 {
            return Ok(sent);
        }
        if !is_bulk {
            return Ok(response(201, "", "application/json"));
        }
        let each = vec![json!({ "status": 201 }); rows];
        let body = json!({ "PK_ID": [], "data": each }).to_string();
        Ok(response(201, body, "application/json"))
    }

    fn other_program(&self, hit: Hit) {
        let (emulator, table) = (&self.emulator, &*self.table.name);
        let first = self.table.base + 1;
        let condition = format!("PK_ID = {first}");
        let mut others = self.state().others.clone();
        match hit {
            Hit::OtherInserts => {
                // A key that no row has.
                others
                    .inserted
                    .extend(emulator.insert(table, json!({ "N": 77 })));
            }
            Hit::OtherUpdates => {
                let updated = emulator.update(table, &condition, json!({ "N": 78 }));
                others
                    .updated
                    .extend(updated.is_ok_and(|count| count == 1).then_some(first));
            }
            _ => {
                let deleted = emulator.delete(table, &condition);
                others
                    .deleted
                    .extend(deleted.is_ok_and(|count| count == 1).then_some(first));
            }
        }
        self.state().others = others;
    }
}

/// Remembers the records that an insert wrote.
async fn add_new(new: &Mutex<NewRecords>, table: &str, response: Response) -> Response {
    let (parts, body) = response?.into_parts();
    let body = body.bytes(usize::MAX).await?;
    if parts.status.is_success() {
        let location = parts.headers.get("location");
        let location = location.and_then(|location| location.to_str().ok());
        let mut new = new.lock().expect("no panic");
        new.add(table, &body, location);
    }
    Ok(http::Response::from_parts(parts, Body::from(body)))
}

/// The body of a response with the first key twice, or with a count that is too small.
fn falsified(body: &[u8], hit: Hit) -> Vec<u8> {
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
        return body.to_vec();
    };
    let keys = json.get_mut("PK_ID").and_then(Value::as_array_mut);
    if let (Hit::RepeatedKey, Some([first, second, ..])) = (hit, keys.map(Vec::as_mut_slice)) {
        *second = first.clone();
    }
    if let (Hit::Undercounted, Some(count)) = (hit, json["RecordsAffected"].as_u64())
        && count > 1
    {
        json["RecordsAffected"] = json!(count - 1);
    }
    json.to_string().into_bytes()
}

/// How many rows a call inserts.
fn rows_of(request: &http::Request<Body>) -> usize {
    let body = request.body().as_bytes();
    let rows = body.and_then(|body| serde_json::from_slice::<Vec<Value>>(body).ok());
    rows.map_or(1, |rows| rows.len())
}

async fn changed(response: Response, change: impl Fn(&[u8]) -> Vec<u8>) -> Response {
    let (parts, body) = response?.into_parts();
    let body = body.bytes(usize::MAX).await?;
    Ok(http::Response::from_parts(parts, Body::from(change(&body))))
}

fn response(status: u16, body: impl Into<Body>, content_type: &str) -> http::Response<Body> {
    let builder = http::Response::builder().status(status);
    let builder = builder.header("content-type", content_type);
    builder.body(body.into()).expect("a response")
}

/// The service of a case's client.
#[derive(Debug)]
pub(super) struct Faulty(pub(super) Arc<CaseCalls>);

impl HttpService for Faulty {
    fn call(&self, request: http::Request<Body>) -> BoxFuture<'_, Response> {
        async move {
            let response = self.0.deliver(request).await?;
            // As the HTTP client does it.
            match self.0.request_ids.see(response.headers()) {
                Sighting::Repeated => Err(HttpError::new(HttpErrorKind::Repeated)),
                _ => Ok(response),
            }
        }
        .boxed()
    }
}
