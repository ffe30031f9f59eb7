//! What a program can observe of its calls.

use caspio::Client;
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::TestEnv;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

/// A span: its name, the span it was created in, and the number of records that was recorded last.
#[derive(Clone, Debug, Default, PartialEq)]
struct SeenSpan {
    name: &'static str,
    parent: Option<&'static str>,
    records: Option<u64>,
}

/// Keeps the spans of one thread.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<(Vec<SeenSpan>, Vec<usize>)>>);

impl Recorder {
    /// The spans, and the indexes of those that are entered.
    fn state(&self) -> MutexGuard<'_, (Vec<SeenSpan>, Vec<usize>)> {
        self.0.lock().expect("no panic")
    }
}

impl Visit for SeenSpan {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "db.response.returned_rows" {
            self.records = Some(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name().starts_with("caspio.")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let (spans, entered) = &mut *self.state();
        spans.push(SeenSpan {
            name: span.metadata().name(),
            parent: entered.last().map(|index| spans[*index].name),
            records: None,
        });
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut self.state().0[span.into_u64() as usize - 1]);
    }

    fn enter(&self, span: &Id) {
        self.state().1.push(span.into_u64() as usize - 1);
    }

    fn exit(&self, _: &Id) {
        self.state().1.pop();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
}

#[tokio::test]
async fn a_read_is_a_span_with_its_calls_and_the_number_of_its_records() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table_named("Contacts");
    let count = contacts.count().await.expect("a count");
    let recorder = Recorder::default();
    let guard = subscriber::set_default(recorder.clone());

    let records = contacts.query().page_size(50).collect().await;

    drop(guard);
    assert_eq!(records.expect("the records").len() as u64, count);
    let spans = recorder.state().0.clone();
    let (read, calls) = spans.split_first().expect("a span");
    let expected = SeenSpan {
        name: "caspio.read",
        parent: None,
        records: Some(count),
    };
    assert_eq!(*read, expected);
    assert!(calls.len() >= 4, "{calls:?}");
    for pair in calls.chunks(2) {
        assert_eq!(
            (pair[0].name, pair[0].parent),
            ("caspio.call", Some("caspio.read"))
        );
        assert_eq!(
            (pair[1].name, pair[1].parent),
            ("caspio.attempt", Some("caspio.call"))
        );
    }
}

#[tokio::test]
async fn each_attempt_is_reported_to_the_function_of_the_builder() {
    let env = TestEnv::start().await;
    let fails = Rule::new(Fault::BadGateway).operation("ListTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(fails.calls(1..2)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let builder = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret());
    let caspio = builder.on_call(move |call| {
        let table = call.operation.table.clone();
        let status = call.status.map(|status| status.as_u16());
        kept.lock()
            .expect("no panic")
            .push((call.operation.name, table, call.attempt, status));
    });
    let caspio = caspio.build().expect("a client");

    caspio
        .table_named("Contacts")
        .count()
        .await
        .expect("a count");

    let table = || Some("Contacts".to_owned());
    assert_eq!(
        *seen.lock().expect("no panic"),
        [
            ("records.list", table(), 1, Some(502)),
            ("records.list", table(), 2, Some(200)),
        ]
    );
}
