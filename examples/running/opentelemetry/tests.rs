//! What the collector receives of a client's work.

use super::*;
use caspio::token::{MemoryStore, TokenStore as _};
use caspio_core::secrecy::ExposeSecret as _;
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use collector::attributes;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use std::sync::{Arc, LazyLock};

/// What the collector received.
struct Received {
    spans: Vec<Span>,
    /// The client's secret and its token.
    secrets: [String; 2],
}

/// The example's work, in which one call is repeated and one fails.
///
/// Its spans are exported once: whether a span is enabled is kept for the whole process.
static RECEIVED: LazyLock<Received> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(received())
});

async fn received() -> Received {
    let collector = Collector::start().expect("a collector");
    let provider = provider(Some(collector.traces_url())).expect("a provider");
    tracing::subscriber::set_global_default(subscriber(&provider)).expect("no other subscriber");
    let emulator = Emulator::builder().start().await.expect("an emulator");
    let store = Arc::new(MemoryStore::new());
    let client = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .token_store(store.clone());
    let client = client.build().expect("a client");
    emulator.set_faults(
        Faults::none().rule(
            Rule::new(Fault::BadGateway)
                .operation("ListTableRecords")
                .calls([1]),
        ),
    );

    work(&client).await.expect("the work");

    provider.shutdown().expect("the collector takes all spans");
    let token = store.load().await.expect("a store").expect("a token");
    let token = token.access.expose_secret().to_owned();
    Received {
        spans: collector.spans(),
        secrets: [emulator.client_secret().to_owned(), token],
    }
}

fn children(parent: &Span) -> Vec<&'static Span> {
    let spans = RECEIVED.spans.iter();
    let children = spans.filter(|span| span.parent_span_id == parent.span_id);
    children.collect()
}

fn find(name: &str) -> &'static Span {
    let span = RECEIVED.spans.iter().find(|span| span.name == name);
    span.unwrap_or_else(|| panic!("no span {name} in {:#?}", RECEIVED.spans))
}

fn names(spans: &[&Span]) -> Vec<String> {
    spans.iter().map(|span| span.name.clone()).collect()
}

fn is_error(span: &Span) -> bool {
    let code = span.status.as_ref().map(|status| status.code());
    code == Some(StatusCode::Error)
}

/// Returns some attributes of a span.
fn some(span: &Span, names: &[&str]) -> Vec<Option<String>> {
    let mut all = attributes(span);
    names.iter().map(|name| all.remove(name)).collect()
}

fn given(values: &[&str]) -> Vec<Option<String>> {
    values
        .iter()
        .map(|value| Some((*value).to_owned()))
        .collect()
}

#[test]
fn the_calls_of_a_read_are_its_children_and_attempts_those_of_a_call() {
    let read = find("read Orders");

    let calls = children(read);

    assert!(read.parent_span_id.is_empty());
    assert_eq!(names(&calls), ["records.list Orders"; 2]);
    assert_eq!(names(&children(calls[0])), ["GET"; 2], "one is repeated");
    assert_eq!(names(&children(calls[1])), ["GET"]);
    assert!(
        RECEIVED
            .spans
            .iter()
            .filter(|span| span.trace_id == read.trace_id)
            .count()
            >= 6
    );
}

#[test]
fn a_read_has_its_table_and_the_number_of_its_records() {
    let names = [
        "db.system.name",
        "db.operation.name",
        "db.collection.name",
        "db.response.returned_rows",
    ];

    let read = find("read Orders");

    assert_eq!(
        some(read, &names),
        given(&["caspio", "read", "Orders", "1500"])
    );
    assert!(!is_error(read));
}

#[test]
fn a_call_has_its_operation_and_the_number_of_its_attempts() {
    let names = [
        "db.operation.name",
        "db.collection.name",
        "server.address",
        "caspio.attempts",
    ];

    let call = find("records.list Orders");

    let expected = given(&["records.list", "Orders", "127.0.0.1", "2"]);
    assert_eq!(some(call, &names), expected);
    assert_eq!(call.kind(), SpanKind::Client);
    assert!(!is_error(call), "the second attempt succeeds");
}

#[test]
fn an_attempt_has_its_method_status_and_number() {
    let names = [
        "http.request.method",
        "http.response.status_code",
        "http.request.resend_count",
        "error.type",
    ];

    let attempts = children(find("records.list Orders"));

    let mut failed = given(&["GET", "502"]);
    failed.extend([None, Some("502".to_owned())]);
    let mut repeated = given(&["GET", "200", "1"]);
    repeated.push(None);
    assert_eq!(some(attempts[0], &names), failed);
    assert_eq!(some(attempts[1], &names), repeated);
    assert!(is_error(attempts[0]) && !is_error(attempts[1]));
    assert_eq!(attempts[0].kind(), SpanKind::Client);
}

#[test]
fn a_call_that_fails_has_the_status_of_an_error() {
    let call = RECEIVED
        .spans
        .iter()
        .find(|span| span.name.ends_with("Invoices"));
    let call = call.expect("the call for a table that does not exist");

    assert!(is_error(call));
    assert_eq!(some(call, &["error.type"]), given(&["NotFound"]));
    let attempts = children(call);
    let status = some(attempts[0], &["http.response.status_code"]);
    assert_eq!(status, given(&["404"]));
    assert!(is_error(attempts[0]));
}

#[test]
fn neither_values_nor_secrets_are_exported() {
    let text = format!("{:?}", RECEIVED.spans);

    let secrets = RECEIVED.secrets.iter().map(String::as_str);
    for secret in secrets.chain(["123.45", "where", "Bearer"]) {
        assert!(
            !secret.is_empty() && !text.contains(secret),
            "{secret} in {text}"
        );
    }
}
