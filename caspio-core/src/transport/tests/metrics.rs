//! The histogram of the `metrics` crate.

use super::*;
use ::metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

/// Keeps each value of a histogram with its labels.
#[derive(Clone, Default)]
struct Values(Arc<Mutex<Vec<(String, f64)>>>);

struct Labelled(Values, String);

impl HistogramFn for Labelled {
    fn record(&self, value: f64) {
        let mut values = self.0.0.lock().expect("no panic");
        values.push((self.1.clone(), value));
    }
}

impl Recorder for Values {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let labels = key
            .labels()
            .map(|label| format!(" {}={}", label.key(), label.value()));
        let text = format!("{}{}", key.name(), labels.collect::<String>());
        Histogram::from_arc(Arc::new(Labelled(self.clone(), text)))
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_recorded_without_values() {
    let bench = bench([Reply::new(502, HTML), ok()]);
    let values = Values::default();
    let guard = ::metrics::set_default_local_recorder(&values);
    let mut url = records();
    url.set_query(Some("q.where=Name='Ann'"));

    let sent = bench
        .transport
        .send(Request::get(url, list().table("Contacts")))
        .await;

    sent.expect("a response");
    drop(guard);
    let values = values.0.lock().expect("no panic");
    let labels: Vec<_> = values.iter().map(|(labels, _)| &**labels).collect();
    let common = "http.client.request.duration db.system.name=caspio db.operation.name=records.list \
                  http.request.method=GET db.collection.name=Contacts";
    let expected = [502, 200].map(|status| format!("{common} http.response.status_code={status}"));
    assert_eq!(labels, expected);
}
