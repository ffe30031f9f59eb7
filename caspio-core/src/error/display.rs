//! The text of an error.

use super::{Error, Inner};
use caspio_support::line::OneLine;
use std::fmt::{self, Write};

impl fmt::Display for Error {
    /// Writes one line: the service's report or the mistake, the facts in parentheses, the hint. Texts of the service
    /// are in each of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inner, mut f) = (&*self.0, OneLine(f));
        report(inner, &mut f)?;
        f.write_str(&inner.message)?;
        let facts = facts(inner);
        if !facts.is_empty() {
            write!(f, " ({facts})")?;
        }
        if inner.maybe_applied {
            f.write_str(effect(inner))?;
        }
        match &inner.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// What is known about the effect of a write whose response cannot be used.
fn effect(inner: &Inner) -> &'static str {
    match inner.status {
        Some(201) => "; the status shows that the record was inserted",
        _ => "; the write may have been applied",
    }
}

/// Writes the service's report, unless the message contains it already.
fn report(inner: &Inner, f: &mut impl Write) -> fmt::Result {
    let missing = |text: &&str| !inner.message.contains(*text);
    let code = inner.code.as_deref().filter(missing);
    let message = inner.service_message.as_deref().filter(missing);
    match (code, message) {
        (Some(code), Some(message)) => write!(f, "{code}: {message}; "),
        (Some(code), None) => write!(f, "{code}: "),
        (None, Some(message)) => write!(f, "{message}; "),
        (None, None) => Ok(()),
    }
}

fn facts(inner: &Inner) -> String {
    let mut facts = Facts(String::new());
    if let Some(status) = inner.status {
        facts.add(&status.to_string());
    }
    facts.add(&call(inner));
    if let Some(field) = &inner.field {
        facts.add(&format!("field {field}"));
    }
    if let Some(key) = &inner.key {
        facts.add(&format!("record {key}"));
    }
    if let Some(id) = &inner.request_id {
        facts.add(&format!("request id {id}"));
    }
    if let Some(wait) = inner.retry_after {
        facts.add(&format!("try again in {} s", wait.as_secs_f64().ceil()));
    }
    if inner.attempts > 1 {
        facts.add(&format!("after {} attempts", inner.attempts));
    }
    facts.0
}

fn call(inner: &Inner) -> String {
    match (inner.operation, inner.resource.as_deref()) {
        (Some(operation), Some(resource)) => format!("{operation} on {resource}"),
        (Some(operation), None) => operation.to_owned(),
        (None, resource) => resource.unwrap_or_default().to_owned(),
    }
}

struct Facts(String);

impl Facts {
    fn add(&mut self, fact: &str) {
        if fact.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push_str(", ");
        }
        self.0.push_str(fact);
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind);
        out.field("message", &inner.message);
        optional(&mut out, "operation", &inner.operation);
        optional(&mut out, "resource", &inner.resource);
        optional(&mut out, "field", &inner.field);
        optional(&mut out, "key", &inner.key);
        optional(&mut out, "status", &inner.status);
        optional(&mut out, "code", &inner.code);
        optional(&mut out, "service_message", &inner.service_message);
        optional(&mut out, "request_id", &inner.request_id);
        optional(&mut out, "retry_after", &inner.retry_after);
        optional(&mut out, "elapsed", &inner.elapsed);
        optional(&mut out, "hint", &inner.hint);
        optional(&mut out, "source", &inner.source);
        out.field("attempts", &inner.attempts);
        out.field("maybe_applied", &inner.maybe_applied);
        out.finish()
    }
}

fn optional<T: fmt::Debug>(out: &mut fmt::DebugStruct<'_, '_>, name: &str, value: &Option<T>) {
    if let Some(value) = value {
        out.field(name, value);
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
