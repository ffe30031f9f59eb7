//! The span of a read.

use caspio_tests::TestEnv;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

/// A span: its name, the span it was created in, and the number of its records.
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
            assert_eq!(self.records, None, "subscribers append a second value");
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
