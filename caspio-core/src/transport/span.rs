//! The tracing spans of a call and of its attempts.
//!
//! Their fields have the names of OpenTelemetry's conventions for database and HTTP clients, so that a layer such as
//! `tracing-opentelemetry` exports them as they are. None contains a value of a record or a secret: the URL is left
//! out, because conditions are part of it.

use super::call_record::CallRecord;
use crate::{Error, Request};
use tracing::Span;
use tracing::field::{Empty, Value, debug, display};

/// Returns the span of a call with all its attempts.
pub(super) fn of_call(request: &Request) -> Span {
    let operation = request.operation();
    let table = operation.table.as_deref();
    tracing::info_span!(
        "caspio.call",
        otel.name = table.map(|table| format!("{} {table}", operation.name)),
        otel.kind = "client",
        otel.status_code = Empty,
        db.system.name = "caspio",
        db.operation.name = operation.name,
        db.collection.name = table,
        server.address = request.url().host_str(),
        server.port = request.url().port_or_known_default(),
        caspio.attempts = Empty,
        "error.type" = Empty,
    )
}

/// Records how a call ended: the number of its attempts, or its error.
pub(super) fn record_end(span: &Span, result: Result<u32, &Error>) {
    let attempts = result.unwrap_or_else(Error::attempts);
    span.record("caspio.attempts", attempts);
    if let Err(error) = result {
        record_error(span, &debug(error.kind()));
    }
}

fn record_error(span: &Span, kind: &dyn Value) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", kind);
}

/// Returns the span of an attempt, `number` from 0.
pub(super) fn of_attempt(request: &Request, number: u32) -> Span {
    tracing::debug_span!(
        "caspio.attempt",
        otel.name = request.method().as_str(),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = request.method().as_str(),
        http.request.resend_count = (number > 0).then_some(number),
        http.request.body.size = request.body_len(),
        http.response.status_code = Empty,
        http.response.body.size = Empty,
        server.address = request.url().host_str(),
        server.port = request.url().port_or_known_default(),
        caspio.request_id = Empty,
        caspio.wait_ms = Empty,
        "error.type" = Empty,
    )
}

/// Records how an attempt ended.
pub(super) fn record_attempt(span: &Span, record: &CallRecord<'_>) {
    span.record("caspio.request_id", record.request_id);
    let status = record.status.map(|status| status.as_u16());
    span.record("http.response.status_code", status);
    match (record.failure, status) {
        (Some(failure), _) => record_error(span, &debug(failure)),
        (None, Some(400..)) => record_error(span, &status.map(display)),
        (None, _) => {}
    }
}
