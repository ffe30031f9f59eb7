//! Caspio's own document of v3, and the JSON Schemas of its responses.

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::env;
use std::fs;
use std::path::PathBuf;

const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// The document with its schemas converted to plain JSON Schema.
pub(crate) struct Document {
    operations: Vec<Operation>,
    components: Value,
}

/// One operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) method: Method,
    /// The path below the version's base, with `{...}` for values.
    pub(crate) path: String,
    responses: Value,
    body: Value,
}

impl Document {
    /// Reads the document; the error names the reason if that is impossible.
    pub(crate) fn read() -> Result<Self, String> {
        let path = place();
        let text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut document: Value = serde_json::from_slice(&text).expect("the document is JSON");
        plain(&mut document);
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for name in METHODS {
                let Some(operation) = methods.get(name) else {
                    continue;
                };
                operations.push(Operation {
                    name: operation["operationId"]
                        .as_str()
                        .expect("a name")
                        .to_owned(),
                    method: name.to_uppercase().parse().expect("a method"),
                    path: path.trim_start_matches("/v3/").to_owned(),
                    responses: operation["responses"].clone(),
                    body: operation["requestBody"]["content"]["application/json"]["schema"].clone(),
                });
            }
        }
        let components = document["components"].take();
        Ok(Self {
            operations,
            components,
        })
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    pub(crate) fn operation(&self, name: &str) -> &Operation {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
            .unwrap_or_else(|| panic!("the document has no {name}"))
    }

    /// Returns the violations of `schema` by `value`.
    pub(crate) fn mistakes(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut whole = schema.as_object().cloned().unwrap_or_default();
        whole.insert("components".into(), self.components.clone());
        let validator = Validator::new(&Value::Object(whole)).expect("a schema");
        validator
            .iter_errors(value)
            .map(|error| format!("{} at '{}'", error, error.instance_path()))
            .collect()
    }
}

impl Operation {
    /// Returns whether the document lists this status as a success.
    pub(crate) fn succeeds_with(&self, status: u16) -> bool {
        (200..300).contains(&status) && self.responses.get(status.to_string()).is_some()
    }

    /// Returns the schema of the response with this status, if it has a body.
    pub(crate) fn response(&self, status: u16) -> Option<&Value> {
        self.responses[status.to_string()]["content"]["application/json"].get("schema")
    }

    /// Returns the schema of the body that the operation accepts, if it accepts JSON.
    pub(crate) fn body(&self) -> Option<&Value> {
        self.body.is_object().then_some(&self.body)
    }
}

fn place() -> PathBuf {
    match env::var_os("CASPIO_V3_OPENAPI") {
        Some(path) => path.into(),
        None => {
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/caspio-v3-openapi.json")
        }
    }
}

/// OpenAPI 3.0 has `nullable` and `format: int32` where JSON Schema has other keywords.
fn plain(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(members) => {
            members.values_mut().for_each(plain);
            if let Some(schema) = reworded(members) {
                *value = schema;
            }
        }
        _ => {}
    }
}

fn reworded(schema: &mut Map<String, Value>) -> Option<Value> {
    if schema.get("format").and_then(Value::as_str) == Some("int32") {
        schema.insert("minimum".into(), i32::MIN.into());
        schema.insert("maximum".into(), i32::MAX.into());
    }
    // The document has "object" for a value of any type where it means the values of a record.
    if schema.get("additionalProperties") == Some(&json!({ "type": "object" })) {
        schema.insert("additionalProperties".into(), true.into());
    }
    match schema.remove("nullable") {
        Some(Value::Bool(true)) => {
            Some(json!({ "anyOf": [Value::Object(schema.clone()), { "type": "null" }] }))
        }
        // A property with that name, not the keyword.
        Some(other) if other.is_object() => {
            schema.insert("nullable".into(), other);
            None
        }
        _ => None,
    }
}
