//! A small OpenTelemetry collector in this process, which keeps the spans that it receives.

use caspio_core::Url;
use caspio_examples::mock_service::{self, MockRequest, MockResponse};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Receives OTLP over HTTP, as protobuf.
pub(crate) struct Collector {
    url: Url,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Collector {
    /// Starts the collector on a free port; it runs until the program ends.
    pub(crate) fn start() -> std::io::Result<Self> {
        let spans = Arc::<Mutex<Vec<Span>>>::default();
        let received = Arc::clone(&spans);
        let url = mock_service::start(move |request| match spans_of(request) {
            Some(mut spans) => {
                let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
                received.append(&mut spans);
                MockResponse::new(200, "")
            }
            None => MockResponse::new(400, ""),
        })?;
        Ok(Self { url, spans })
    }

    /// The URL that traces are sent to.
    pub(crate) fn traces_url(&self) -> String {
        format!("{}v1/traces", self.url)
    }

    /// The spans that were received, in the order in which they started.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let mut spans = spans.clone();
        spans.sort_by_key(|span| span.start_time_unix_nano);
        spans
    }
}

fn spans_of(request: &MockRequest) -> Option<Vec<Span>> {
    if request.url.path() != "/v1/traces" {
        return None;
    }
    let export = ExportTraceServiceRequest::decode(&*request.body).ok()?;
    let resources = export.resource_spans.into_iter();
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    Some(scopes.flat_map(|scope| scope.spans).collect())
}

/// The attributes of a span as texts.
pub(crate) fn attributes(span: &Span) -> BTreeMap<&str, String> {
    let attributes = span.attributes.iter();
    attributes.map(|of| (of.key.as_str(), text(of))).collect()
}

fn text(attribute: &KeyValue) -> String {
    let value = attribute.value.as_ref();
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}
