//! Calls that are hit on their way.

use super::case::Hit;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService, ReqwestService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

type Response = Result<http::Response<Body>, HttpError>;

/// The calls of one case.
#[derive(Debug)]
pub(super) struct Wire {
    service: Arc<ReqwestService>,
    emulator: Arc<Emulator>,
    table: String,
    state: Mutex<State>,
    pub(super) cancelled: Notify,
}

#[derive(Debug, Default)]
struct State {
    hits: HashMap<usize, Hit>,
    calls: usize,
    writes: usize,
    late: Vec<JoinHandle<()>>,
    inserted: Vec<i64>,
    deleted: Vec<i64>,
}

/// What happened during a step.
pub(super) struct Happened {
    pub(super) writes: usize,
    /// The records that another program inserted and deleted.
    pub(super) inserted: Vec<i64>,
    pub(super) deleted: Vec<i64>,
}

impl Wire {
    pub(super) fn new(service: ReqwestService, emulator: Arc<Emulator>, table: &str) -> Self {
        Self {
            service: Arc::new(service),
            emulator,
            table: table.to_owned(),
            state: Mutex::default(),
            cancelled: Notify::new(),
        }
    }

    pub(super) fn hit(&self, hits: &[(usize, Hit)]) {
        *self.state() = State {
            hits: hits.iter().copied().collect(),
            ..State::default()
        };
    }

    /// Waits for late calls, and stops hitting calls.
    pub(super) async fn settle(&self) -> Happened {
        let late = std::mem::take(&mut self.state().late);
        for call in late {
            let _ = call.await;
        }
        let state = std::mem::take(&mut *self.state());
        Happened {
            writes: state.writes,
            inserted: state.inserted,
            deleted: state.deleted,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    fn next_hit(&self, request: &http::Request<Body>) -> Option<Hit> {
        if !request.uri().path().contains("/records") {
            return None;
        }
        let mut state = self.state();
        state.writes += usize::from(request.method() != "GET");
        let call = state.calls;
        state.calls += 1;
        state.hits.remove(&call)
    }

    async fn deliver(&self, request: http::Request<Body>) -> Response {
        let is_read = request.method() == "GET";
        let path = request.uri().path().to_owned();
        let is_insert = request.method() == "POST";
        match self.next_hit(&request) {
            None => self.service.call(request).await,
            Some(Hit::LostBefore) => Err(HttpError::new(HttpErrorKind::Interrupted)),
            Some(Hit::LostAfter) => {
                let _ = self.service.call(request).await;
                Err(HttpError::new(HttpErrorKind::Interrupted))
            }
            Some(Hit::Late) => {
                let service = Arc::clone(&self.service);
                let call = tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    let _ = service.call(request).await;
                });
                self.state().late.push(call);
                Err(HttpError::new(HttpErrorKind::Interrupted))
            }
            Some(Hit::Cut) => {
                let (parts, body) = self.service.call(request).await?.into_parts();
                let body = body.bytes(usize::MAX).await?;
                let half = body.slice(..body.len() / 2);
                Ok(http::Response::from_parts(parts, Body::from(half)))
            }
            Some(Hit::Html) => Ok(response(200, "<!DOCTYPE html><html></html>", "text/html")),
            Some(Hit::Gateway) => Ok(response(502, "<html>bad gateway</html>", "text/html")),
            Some(Hit::GatewayAfter) => {
                let _ = self.service.call(request).await;
                Ok(response(504, "<html>timeout</html>", "text/html"))
            }
            Some(Hit::RateLimited) => Ok(response(429, "", "application/json")),
            Some(Hit::WithoutKey) if is_insert => {
                let rows = rows_of(&request);
                let sent = self.service.call(request).await?;
                match sent.status().as_u16() {
                    201 if path.ends_with("/bulk") => {
                        let each = vec![json!({ "status": 201 }); rows];
                        let body = json!({ "PK_ID": [], "data": each }).to_string();
                        Ok(response(201, body, "application/json"))
                    }
                    201 => Ok(response(201, "", "application/json")),
                    _ => Ok(sent),
                }
            }
            Some(Hit::WithoutKey) => self.service.call(request).await,
            Some(Hit::Hidden) if is_read => {
                let body = match path.contains("/v4/") {
                    true => {
                        r#"{"data":[],"pagination":{"totalCount":0,"pageNumber":1,"pageSize":1000}}"#
                    }
                    false => r#"{"Result":[]}"#,
                };
                Ok(response(200, body, "application/json"))
            }
            Some(Hit::Hidden) => self.service.call(request).await,
            Some(Hit::CancelBefore) => {
                self.cancelled.notify_one();
                futures::future::pending().await
            }
            Some(Hit::CancelAfter) => {
                let _ = self.service.call(request).await;
                self.cancelled.notify_one();
                futures::future::pending().await
            }
            Some(Hit::OtherInserts) => {
                // A key that no row has.
                if let Ok(key) = self.emulator.insert(&self.table, json!({ "N": 77 })) {
                    self.state().inserted.push(key);
                }
                self.service.call(request).await
            }
            Some(Hit::OtherDeletes) => {
                if self
                    .emulator
                    .delete(&self.table, "PK_ID = 1")
                    .is_ok_and(|deleted| deleted == 1)
                {
                    self.state().deleted.push(1);
                }
                self.service.call(request).await
            }
        }
    }
}

/// How many rows a call of many inserts.
fn rows_of(request: &http::Request<Body>) -> usize {
    let body = request.body().as_bytes();
    let rows = body.and_then(|body| serde_json::from_slice::<Vec<Value>>(body).ok());
    rows.map_or(1, |rows| rows.len())
}

fn response(status: u16, body: impl Into<Body>, content_type: &str) -> http::Response<Body> {
    let builder = http::Response::builder().status(status);
    let builder = builder.header("content-type", content_type);
    builder.body(body.into()).expect("a response")
}

/// The service of a case's client.
#[derive(Debug)]
pub(super) struct Faulty(pub(super) Arc<Wire>);

impl HttpService for Faulty {
    fn call(&self, request: http::Request<Body>) -> BoxFuture<'_, Response> {
        self.0.deliver(request).boxed()
    }
}
