use std::fmt::{self, Write as _};

use super::{Error, Inner};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        context(inner, f)?;
        f.write_str(&inner.message)?;
        let facts = facts(inner);
        if !facts.is_empty() {
            write!(f, " ({facts})")?;
        }
        if inner.maybe_applied {
            f.write_str("; the write may have been applied")?;
        }
        match &inner.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

fn context(inner: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (inner.operation, &inner.resource) {
        (Some(operation), Some(resource)) => write!(f, "{operation} on {resource}: "),
        (Some(operation), None) => write!(f, "{operation}: "),
        (None, Some(resource)) => write!(f, "{resource}: "),
        (None, None) => Ok(()),
    }
}

fn facts(inner: &Inner) -> String {
    let mut facts = Facts(String::new());
    facts.add(&answer(inner));
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

fn answer(inner: &Inner) -> String {
    let mut text = inner.status.map_or_else(String::new, |s| s.to_string());
    if let Some(code) = &inner.code {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(code);
    }
    if let Some(message) = &inner.service_message {
        if !text.is_empty() {
            text.push_str(": ");
        }
        let _ = write!(text, "{message:?}");
    }
    text
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
