//! The tracing spans of calls and attempts.

use caspio_core::auth::BearerToken;
use caspio_core::{
    Account, ApiVersion, Body, HttpError, HttpService, Operation, RateLimiter, Request, Transport,
    Url, http,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber, subscriber};

type Fields = BTreeMap<String, String>;

/// Keeps the fields of all spans, in the order in which they were created.
#[derive(Clone, Default)]
struct Recorder {
    spans: Arc<Mutex<Vec<(&'static str, Fields)>>>,
    /// The fields of all events, also of those at the level `TRACE`.
    events: Arc<Mutex<Vec<Fields>>>,
}

impl Recorder {
    fn spans(&self) -> MutexGuard<'_, Vec<(&'static str, Fields)>> {
        self.spans.lock().expect("no panic")
    }

    fn events(&self) -> MutexGuard<'_, Vec<Fields>> {
        self.events.lock().expect("no panic")
    }
}

struct Visitor<'f>(&'f mut Fields);

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() || *metadata.level() <= Level::DEBUG
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut Visitor(&mut fields));
        let mut spans = self.spans();
        spans.push((span.metadata().name(), fields));
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans();
        let index = span.into_u64() as usize - 1;
        values.record(&mut Visitor(&mut spans[index].1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Visitor(&mut fields));
        self.events().push(fields);
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn fields(of: &[(&str, &str)]) -> Fields {
    let owned = of
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    owned.collect()
}

/// Responds with these statuses, request ids and bodies, in order.
struct Script(Mutex<VecDeque<(u16, &'static str, &'static str)>>);

impl Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl HttpService for Script {
    fn call(
        &self,
        _: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let reply = self.0.lock().expect("no panic").pop_front();
        let (status, id, body) = reply.expect("a reply");
        let mut response = http::Response::new(Body::from(body.as_bytes().to_vec()));
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        if !id.is_empty() {
            let id = http::HeaderValue::from_static(id);
            response.headers_mut().insert("x-caspio-request-id", id);
        }
        async move { Ok(response) }.boxed()
    }
}

fn records() -> Url {
    let account = Account::new("b3poa").expect("an account");
    let mut url = account.api_url(ApiVersion::V3);
    url.set_path("/integrations/rest/v3/tables/Contacts/records");
    url
}

fn list() -> Operation {
    Operation::new("records.list").on("table \"Contacts\"")
}

async fn spans_of(
    request: Request,
    replies: impl Into<VecDeque<(u16, &'static str, &'static str)>>,
) -> Vec<(&'static str, Fields)> {
    recorded(request, replies).await.spans().clone()
}

async fn recorded(
    request: Request,
    replies: impl Into<VecDeque<(u16, &'static str, &'static str)>>,
) -> Recorder {
    let transport = Transport::builder()
        .account(&Account::new("b3poa").expect("an account"))
        .service(Arc::new(Script(Mutex::new(replies.into()))))
        .auth(Arc::new(BearerToken::new("s3cr3t").expect("a token")))
        .rate_limiter(RateLimiter::unlimited())
        .build()
        .expect("settings");
    let recorder = Recorder::default();
    let guard = subscriber::set_default(recorder.clone());
    let _ = transport.send(request).await;
    drop(guard);
    recorder
}

#[tokio::test(start_paused = true)]
async fn call_and_each_attempt_have_a_span_with_the_names_of_opentelemetry() {
    let request = Request::get(records(), list().table("Contacts"));
    let replies = [(500, "r-1", ""), (200, "", r#"{"Result":[]}"#)];

    let spans = spans_of(request, replies).await;

    let host = ("server.address", "b3poa.caspio.com");
    let call = fields(&[
        host,
        ("server.port", "443"),
        ("otel.name", "records.list Contacts"),
        ("otel.kind", "client"),
        ("db.system.name", "caspio"),
        ("db.operation.name", "records.list"),
        ("db.collection.name", "Contacts"),
        ("caspio.attempts", "2"),
    ]);
    let attempt = [
        host,
        ("server.port", "443"),
        ("otel.name", "GET"),
        ("otel.kind", "client"),
        ("http.request.method", "GET"),
        ("http.request.body.size", "0"),
        ("caspio.wait_ms", "0"),
    ];
    let mut first = fields(&attempt);
    first.extend(fields(&[
        ("caspio.request_id", "r-1"),
        ("http.response.status_code", "500"),
        ("http.response.body.size", "0"),
        ("otel.status_code", "ERROR"),
        ("error.type", "500"),
    ]));
    let mut second = fields(&attempt);
    second.extend(fields(&[
        ("http.request.resend_count", "1"),
        ("http.response.status_code", "200"),
        ("http.response.body.size", "13"),
    ]));
    let expected = [
        ("caspio.call", call),
        ("caspio.attempt", first),
        ("caspio.attempt", second),
    ];
    assert_eq!(spans, expected);
}

#[tokio::test(start_paused = true)]
async fn failed_call_has_the_kind_of_its_error() {
    let refused = (404, "", r#"{"Code":"TableNotFound","Message":"x"}"#);

    let spans = spans_of(Request::get(records(), list()), [refused]).await;

    assert_eq!(spans[0].1["error.type"], "NotFound");
    assert_eq!(spans[0].1["otel.status_code"], "ERROR");
    assert_eq!(spans[0].1["caspio.attempts"], "1");
    assert_eq!(spans[1].1["error.type"], "404");
}

#[tokio::test(start_paused = true)]
async fn an_event_has_the_path_and_the_clauses_without_their_values() {
    let mut url = records();
    url.set_query(Some("q.select=Email&q.where=Email%3DN'ann%40example.com'"));

    let recorder = recorded(Request::get(url, list()), [(200, "", r#"{"Result":[]}"#)]).await;

    let events = recorder.events().clone();
    let event = events.iter().find(|event| event.contains_key("path"));
    let event = event.expect("an event with the path");
    assert_eq!(
        event["path"],
        "/integrations/rest/v3/tables/Contacts/records"
    );
    assert_eq!(event["clauses"], r#"["q.select", "q.where"]"#);
    for secret in ["ann", "s3cr3t"] {
        assert!(
            !format!("{events:?}").contains(secret),
            "{secret} in {events:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn spans_contain_no_values_and_no_secrets() {
    let mut url = records();
    url.set_query(Some("q.where=Email%3DN'ann%40example.com'"));
    let request = Request::put(url, list().table("Contacts")).json(r#"{"Name":"Ann"}"#);
    let echo = (400, "", r#"{"Code":"X","Message":"Ann s3cr3t"}"#);

    let spans = spans_of(request, [echo]).await;

    let text = format!("{spans:?}");
    for secret in ["ann", "Ann", "s3cr3t", "where"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("records.list Contacts"), "{text}");
}
