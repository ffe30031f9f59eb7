//! Exports the spans of a client to an OpenTelemetry collector, by OTLP over HTTP.
//!
//! With OTEL_EXPORTER_OTLP_ENDPOINT in the environment, for example `http://localhost:4318`, the spans are sent there.
//! Without it, a small collector in this program receives and prints them.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

mod collector;
#[cfg(test)]
mod tests;

use caspio::prelude::*;
use collector::Collector;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{OTEL_EXPORTER_OTLP_ENDPOINT, SpanExporter, WithExportConfig as _};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::error::Error;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
}

/// Returns a provider that sends spans to a URL, or to the collector in the environment, in batches and on a thread of
/// its own.
fn provider(url: Option<String>) -> Result<SdkTracerProvider, Box<dyn Error>> {
    let mut exporter = SpanExporter::builder().with_http();
    if let Some(url) = url {
        exporter = exporter.with_endpoint(url);
    }
    let resource = Resource::builder().with_service_name("caspio-example");
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter.build()?)
        .with_resource(resource.build());
    Ok(provider.build())
}

/// Returns a subscriber that turns the SDK's spans and events into OpenTelemetry's. At `INFO` it leaves out the spans
/// of attempts.
fn subscriber(provider: &SdkTracerProvider) -> impl Subscriber + Send + Sync + use<> {
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("caspio"))
        .with_location(false)
        .with_threads(false);
    // All targets of the SDK begin with its name. The exporter's own requests are not exported.
    let targets = Targets::new().with_target("caspio", Level::DEBUG);
    tracing_subscriber::registry().with(spans.with_filter(targets))
}

/// What the program does: nothing in it mentions the spans.
async fn work(caspio: &Client) -> caspio::Result<()> {
    let orders = caspio.table::<Order>();
    let large = orders.filter(|o| o.total.gt(dec!(123.45)));
    let total: Decimal = large
        .limit(1500)
        .collect()
        .await?
        .iter()
        .map(|o| o.total)
        .sum();
    println!("the first orders amount to {total}");

    if let Err(error) = caspio.table_named("Invoices").count().await {
        println!("{error}");
    }
    Ok(())
}

/// Prints the spans as a tree.
fn print(spans: &[Span], parent: &[u8], depth: usize) {
    for span in spans.iter().filter(|span| span.parent_span_id == parent) {
        let nanoseconds = span.end_time_unix_nano - span.start_time_unix_nano;
        let milliseconds = nanoseconds as f64 / 1e6;
        println!("{:depth$}{} {milliseconds:.1} ms", "", span.name);
        for (name, value) in collector::attributes(span) {
            println!("{:depth$}    {name} = {value}", "");
        }
        print(spans, &span.span_id, depth + 2);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let collector = match std::env::var_os(OTEL_EXPORTER_OTLP_ENDPOINT) {
        Some(_) => None,
        None => Some(Collector::start()?),
    };
    let provider = provider(collector.as_ref().map(Collector::traces_url))?;
    tracing::subscriber::set_global_default(subscriber(&provider))?;

    let connection = caspio_examples::connect().await?;
    work(&connection.caspio).await?;

    // Sends the last batch, and fails if the collector does not take it.
    provider.shutdown()?;
    if let Some(collector) = collector {
        println!("\nthe collector received:");
        print(&collector.spans(), &[], 0);
    }
    Ok(())
}
