//! The metrics of an attempt, for the `metrics` crate.

use super::call_record::CallRecord;
use ::metrics::{Label, histogram};

/// The name of OpenTelemetry's convention for HTTP clients.
const DURATION: &str = "http.client.request.duration";

/// Records the duration of an attempt, in seconds. The labels have the names of OpenTelemetry's conventions and no
/// values of records.
pub(super) fn record(call: &CallRecord<'_>) {
    histogram!(DURATION, labels(call)).record(call.elapsed);
}

fn labels(call: &CallRecord<'_>) -> Vec<Label> {
    let mut labels = vec![
        Label::from_static_parts("db.system.name", "caspio"),
        Label::from_static_parts("db.operation.name", call.operation.name),
        Label::new("http.request.method", call.method.to_string()),
    ];
    if let Some(table) = &call.operation.table {
        labels.push(Label::new("db.collection.name", table.clone()));
    }
    if let Some(status) = call.status {
        let status = status.as_u16().to_string();
        labels.push(Label::new("http.response.status_code", status));
    }
    if let Some(failure) = call.failure {
        labels.push(Label::new("error.type", format!("{failure:?}")));
    }
    labels
}
