//! The lines that `--verbose` prints: one for each request.

use caspio::calls::{CallRecord, HttpErrorKind};
use std::fmt::Write as _;

/// From this level on, a line has the path and the clauses.
const PATHS: u8 = 2;

/// Returns the line of a request: what it was for, the response, and how long it took. It has no values of records and
/// no secrets.
pub(crate) fn line(call: &CallRecord<'_>, level: u8) -> String {
    let mut line = format!("{} {}", call.method, call.operation.name);
    if let Some(resource) = &call.operation.resource {
        let _ = write!(line, " on {resource}");
    }
    if level >= PATHS {
        let clauses: Vec<_> = call.clauses().collect();
        let _ = write!(line, " ({}", call.path);
        if !clauses.is_empty() {
            let _ = write!(line, "?{}", clauses.join("&"));
        }
        line.push(')');
    }
    let _ = match (call.status, call.failure) {
        (Some(status), None) => write!(line, ": {}", status.as_u16()),
        (Some(status), Some(failure)) => {
            write!(line, ": {}, {}", status.as_u16(), described(failure))
        }
        (None, Some(failure)) => write!(line, ": {}", described(failure)),
        (None, None) => write!(line, ": no response"),
    };
    let _ = write!(line, " after {} ms", call.elapsed.as_millis());
    if call.attempt > 1 {
        let _ = write!(line, ", attempt {}", call.attempt);
    }
    if let Some(id) = call.request_id {
        let _ = write!(line, ", request id {id}");
    }
    line
}

fn described(failure: HttpErrorKind) -> &'static str {
    match failure {
        HttpErrorKind::NeverSent => "not sent, there was no connection",
        HttpErrorKind::Timeout => "no response in time",
        HttpErrorKind::Interrupted => "the connection was lost",
        HttpErrorKind::Repeated => "the response of an earlier request arrived",
        HttpErrorKind::CutShort => "the response was cut short",
        HttpErrorKind::TooLarge => "the response was too large",
        HttpErrorKind::Encoded => "the response had an encoding that was not requested",
        _ => "it could not be sent",
    }
}
