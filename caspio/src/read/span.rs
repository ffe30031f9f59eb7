//! The tracing span of a read.

use crate::target::Target;
use tracing::Span;
use tracing::field::Empty;

/// The span of a read with all its calls, which are spans within it. It is created when the read is polled first.
#[derive(Debug, Default)]
pub(super) struct ReadSpan {
    span: Option<Span>,
    records: u64,
}

impl ReadSpan {
    /// Returns the span, with the names of OpenTelemetry's conventions for database clients.
    pub(super) fn of(&mut self, target: &Target) -> Span {
        let span = self.span.get_or_insert_with(|| {
            tracing::info_span!(
                "caspio.read",
                otel.name = format!("read {}", target.name),
                db.system.name = "caspio",
                db.operation.name = "read",
                db.collection.name = &*target.name,
                db.response.returned_rows = Empty,
            )
        });
        span.clone()
    }

    /// Adds the records of a page.
    pub(super) fn count(&mut self, records: usize) {
        self.records += records as u64;
    }
}

impl Drop for ReadSpan {
    /// Records the number of records. Only once, because subscribers append a value that is recorded again.
    fn drop(&mut self) {
        if let Some(span) = &self.span {
            span.record("db.response.returned_rows", self.records);
        }
    }
}
