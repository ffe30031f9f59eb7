//! Adding finished calls to the log, without secrets.

use crate::app::App;
use crate::http::params::{self, Params};
use crate::http::target::Target;
use crate::log::{LoggedBody, LoggedCall};
use axum::body::Bytes;
use axum::http::header;
use axum::http::request::Parts;
use caspio_schema::DataType;
use serde_json::Value;
use std::collections::HashSet;
use std::time::Instant;

/// Longer bodies are not kept.
const LONGEST_BODY: usize = 8 * 1024;
const MASK: &str = "***";

/// A request that is about to be handled.
#[derive(Debug)]
pub(super) struct Begun {
    begun: Instant,
    /// Set when the body was read.
    pub(super) body: Bytes,
}

impl Begun {
    pub(super) fn now() -> Self {
        Self {
            begun: Instant::now(),
            body: Bytes::new(),
        }
    }

    /// Adds the call to the log.
    pub(super) fn log(
        self,
        app: &App,
        head: &Parts,
        target: &Target,
        operation: &'static str,
        (status, rows): (u16, u64),
    ) {
        app.log.note(LoggedCall {
            at: app.clock.now(),
            method: head.method.to_string(),
            path: logged_path(target, operation),
            url: logged_url(target, operation),
            body: logged_body(app, head, operation, &self.body),
            ignored: ignored(target, operation),
            operation,
            status,
            taken: self.begun.elapsed(),
            rows,
        });
    }
}

/// Whether a request is no operation, so that its query and body may contain a secret.
fn is_unknown(operation: &str) -> bool {
    matches!(operation, "Token" | "Unknown")
}

fn logged_path(target: &Target, operation: &str) -> String {
    let path = format!("/{}", target.path.join("/"));
    if is_unknown(operation) || target.query.is_empty() {
        return path;
    }
    format!("{path}?{}", params::decode(&target.query))
}

fn logged_url(target: &Target, operation: &str) -> String {
    let url = &target.url;
    match url.split_once('?') {
        Some((path, _)) if is_unknown(operation) => path.to_owned(),
        _ => url.clone(),
    }
}

/// Returns the parameters of an operation that are ignored.
fn ignored(target: &Target, operation: &str) -> String {
    if is_unknown(operation) {
        return String::new();
    }
    Params::parse(&target.query).unknown().join(", ")
}

fn logged_body(app: &App, head: &Parts, operation: &str, body: &Bytes) -> LoggedBody {
    if body.is_empty() {
        return LoggedBody::None;
    }
    let size = body.len();
    if is_unknown(operation) || operation.contains("Password") {
        return LoggedBody::NotKept("may contain a secret".into());
    }
    let given = head.headers.get(header::CONTENT_TYPE);
    let given = given.map_or(&b""[..], |value| value.as_bytes());
    if given.to_ascii_lowercase().starts_with(b"multipart/") {
        return LoggedBody::NotKept(format!("a form of {size} bytes"));
    }
    if size > LONGEST_BODY {
        return LoggedBody::NotKept(format!("{size} bytes"));
    }
    let (Ok(text), Ok(mut json)) = (str::from_utf8(body), serde_json::from_slice(body)) else {
        return LoggedBody::NotKept(format!("{size} bytes that are not JSON"));
    };
    // What has no secret keeps the digits of its numbers.
    LoggedBody::Json(match mask(&mut json, &secret_names(app)) {
        true => json.to_string(),
        false => text.to_owned(),
    })
}

/// Returns the names of all password fields, in lower case.
fn secret_names(app: &App) -> HashSet<String> {
    let current = app.store.schema();
    let schema = current.as_ref();
    let tables = schema.tables.iter().flat_map(|table| &table.fields);
    let tables = tables.map(|field| (field, &field.name));
    let views = schema.views.iter().flat_map(|view| {
        view.fields.iter().filter_map(move |field| {
            let (_, origin) = schema.origin(view, field)?;
            Some((origin, &field.name))
        })
    });
    let all = tables.chain(views);
    all.filter(|(field, _)| field.ty == DataType::Password)
        .map(|(_, name)| name.to_lowercase())
        .collect()
}

/// Replaces the values of password fields, and of members that sound like a secret; returns whether there were any.
fn mask(json: &mut Value, names: &HashSet<String>) -> bool {
    match json {
        // Every member is looked at, so that all are replaced.
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |found, item| mask(item, names) | found),
        Value::Object(members) => members.iter_mut().fold(false, |found, (name, value)| {
            if !is_secret(&name.to_lowercase(), names) {
                return mask(value, names) | found;
            }
            *value = MASK.into();
            true
        }),
        _ => false,
    }
}

fn is_secret(name: &str, names: &HashSet<String>) -> bool {
    let parts = ["password", "secret", "token"];
    names.contains(name) || parts.iter().any(|part| name.contains(part))
}
