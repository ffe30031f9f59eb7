//! Calls operations by their names in the document, and checks every response against it.

use crate::common::{Caspio, encode};
use crate::document::{Document, Operation};
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::BTreeMap;

const BOUNDARY: &str = "boundary-of-the-test";

/// The body of a call.
pub(crate) enum Body<'a> {
    Nothing,
    Json(Value),
    /// A multipart form: the name of its part and of the file.
    File(&'a str, &'a str),
}

/// A caller that records its calls and all violations.
pub(crate) struct Driver {
    pub(crate) caspio: Caspio,
    document: Document,
    driven: BTreeMap<String, u64>,
    mistakes: Vec<String>,
}

impl Driver {
    pub(crate) fn new(caspio: Caspio, document: Document) -> Self {
        Self {
            caspio,
            document,
            driven: BTreeMap::new(),
            mistakes: Vec::new(),
        }
    }

    /// Calls an operation without a body.
    pub(crate) async fn get(&mut self, name: &str, path: &[&str], query: &[(&str, &str)]) -> Value {
        self.call(name, path, query, Body::Nothing).await
    }

    /// Calls an operation and returns its response; null for an empty body.
    pub(crate) async fn call(
        &mut self,
        name: &str,
        path: &[&str],
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Value {
        let operation = self.document.operation(name);
        let mut mistakes = self.of_body(operation, &body);
        let url = url(operation, path, query);
        let request = self.caspio.request(operation.method.clone(), &url);
        let request = match body.bytes() {
            Some((kind, bytes)) => request.header("Content-Type", kind).body(bytes),
            None => request,
        };
        let response = request.send().await.expect("a response");
        let status = response.status();
        let text = response.text().await.expect("a body");
        let response = match text.as_str() {
            "" => Value::Null,
            // A download consists of the bytes of the file.
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        };
        mistakes.extend(self.of_response(operation, status, &text, &response));
        let mistakes = mistakes
            .into_iter()
            .map(|mistake| format!("{name} {status} {url}: {mistake}"));
        self.mistakes.extend(mistakes);
        *self.driven.entry(name.to_owned()).or_default() += 1;
        response
    }

    /// Fails with a report if an operation was not called or a response violates its schema.
    pub(crate) fn finish(mut self) {
        for operation in self.document.operations() {
            let name = &operation.name;
            let driven = self.driven.get(name).copied().unwrap_or(0);
            let counted = self.caspio.emulator.calls().operation(name);
            if driven == 0 {
                self.mistakes.push(format!("{name} was not called"));
            } else if driven != counted {
                self.mistakes.push(format!(
                    "{name} was called {driven} times and counted {counted}"
                ));
            }
        }
        assert!(self.mistakes.is_empty(), "\n{}", self.mistakes.join("\n"));
    }

    fn of_body(&self, operation: &Operation, body: &Body<'_>) -> Vec<String> {
        match (operation.body(), body) {
            (Some(schema), Body::Json(value)) => self.document.mistakes(schema, value),
            _ => Vec::new(),
        }
    }

    fn of_response(
        &self,
        operation: &Operation,
        status: StatusCode,
        text: &str,
        response: &Value,
    ) -> Vec<String> {
        if !operation.succeeds_with(status.as_u16()) {
            return vec![format!("no documented success: {text}")];
        }
        match operation.response(status.as_u16()) {
            Some(schema) => self.document.mistakes(schema, response),
            None if text.is_empty() => Vec::new(),
            None => vec![format!("a body that is not documented: {text}")],
        }
    }
}

impl Body<'_> {
    /// Returns the content type and the bytes.
    fn bytes(&self) -> Option<(String, String)> {
        match self {
            Self::Nothing => None,
            Self::Json(value) => Some(("application/json".into(), value.to_string())),
            Self::File(part, name) => Some((
                format!("multipart/form-data; boundary={BOUNDARY}"),
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{part}\"; \
                     filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\nbytes of {name}\r\n\
                     --{BOUNDARY}--\r\n"
                ),
            )),
        }
    }
}

/// Puts values into the `{...}` of an operation's path.
fn url(operation: &Operation, values: &[&str], query: &[(&str, &str)]) -> String {
    let mut values = values.iter();
    let path: Vec<_> = operation
        .path
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => encode(values.next().expect("a value for each segment")),
            false => segment.to_owned(),
        })
        .collect();
    assert!(
        values.next().is_none(),
        "too many values for {}",
        operation.path
    );
    let query: Vec<_> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if query.is_empty() {
        path.join("/")
    } else {
        format!("{}?{}", path.join("/"), query.join("&"))
    }
}
