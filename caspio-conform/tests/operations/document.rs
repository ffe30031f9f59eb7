//! Caspio's own document of v3, as far as it describes requests.
//!
//! It is read from `CASPIO_V3_OPENAPI`, or from `shared/` next to the workspace. Without it the tests that need it do
//! nothing, unless `CASPIO_REQUIRE_CONTRACT` is set.

use crate::list::{operations, pattern};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};

/// The document.
pub(crate) struct Document(Value);

/// A request, as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// The encoded path below the URL of v3.
    pub(crate) path: String,
    /// The names of the parameters.
    pub(crate) query: Vec<String>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// An operation of the document.
#[derive(Clone, Copy)]
pub(crate) struct Described<'d> {
    document: &'d Document,
    method: &'d str,
    path: &'d str,
    content: &'d Value,
}

impl Document {
    /// Reads the document; `None` if there is none and none is required.
    #[expect(clippy::print_stderr, reason = "it says that a test was skipped")]
    pub(crate) fn read() -> Option<Self> {
        let path = match env::var_os("CASPIO_V3_OPENAPI") {
            Some(path) => path.into(),
            None => PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../../shared/caspio-v3-openapi.json"),
        };
        match fs::read(&path) {
            Ok(text) => Some(Self(serde_json::from_slice(&text).expect("JSON"))),
            Err(error) => {
                let is_required = env::var_os("CASPIO_REQUIRE_CONTRACT").is_some();
                assert!(!is_required, "{}: {error}", path.display());
                eprintln!("skipped, without Caspio's document of v3: {error}");
                None
            }
        }
    }

    fn operations(&self) -> impl Iterator<Item = Described<'_>> {
        let paths = self.0["paths"].as_object().expect("paths").iter();
        paths.flat_map(move |(path, methods)| {
            let methods = methods.as_object().expect("methods").iter();
            methods.map(move |(method, content)| Described {
                document: self,
                method,
                path: path.trim_start_matches("/v3"),
                content,
            })
        })
    }

    /// Finds the operation of a request; one with more literal segments comes first.
    pub(crate) fn operation(&self, sent: &Sent) -> Option<Described<'_>> {
        let fitting = self.operations().filter(|one| one.fits(sent));
        fitting.min_by_key(|one| one.path.matches('{').count())
    }

    /// A schema, which may be that of another place of the document.
    fn schema<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(place) => self
                .0
                .pointer(place.trim_start_matches('#'))
                .expect("a schema"),
            None => schema,
        }
    }

    /// The violations of a schema by a value, which is at `place`.
    fn violations(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let schema = self.schema(schema);
        if value.is_null() && schema["nullable"] == true {
            return Vec::new();
        }
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(members)) => self.of_members(schema, members, place),
            (Some("array"), Value::Array(items)) => {
                let items = items.iter();
                items
                    .flat_map(|item| self.violations(&schema["items"], item, place))
                    .collect()
            }
            (Some("string"), Value::String(_)) | (Some("boolean"), Value::Bool(_)) | (None, _) => {
                Vec::new()
            }
            (Some("integer"), Value::Number(number)) if number.is_i64() => Vec::new(),
            (Some(kind), value) => vec![format!("{place} is no {kind}: {value}")],
        }
    }

    fn of_members(
        &self,
        schema: &Value,
        members: &serde_json::Map<String, Value>,
        place: &str,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().expect("a name")) {
                wrong.push(format!("{place} has no {name}"));
            }
        }
        let properties = schema["properties"].as_object();
        for (name, value) in members {
            let place = format!("{place}.{name}");
            match properties.and_then(|known| known.get(name)) {
                Some(property) => wrong.extend(self.violations(property, value, &place)),
                // The values of a record.
                None if schema["additionalProperties"] != false => {}
                None => wrong.push(format!("{place} is not documented")),
            }
        }
        wrong
    }
}

impl Described<'_> {
    pub(crate) fn name(&self) -> &str {
        self.content["operationId"].as_str().expect("a name")
    }

    fn fits(&self, sent: &Sent) -> bool {
        let steps = || self.path.split('/').zip(sent.path.split('/'));
        self.method.eq_ignore_ascii_case(&sent.method)
            && self.path.split('/').count() == sent.path.split('/').count()
            && steps().all(|(own, sent)| own.starts_with('{') || own == sent)
    }

    /// Returns what in a request differs from the document.
    pub(crate) fn mistakes(&self, sent: &Sent) -> Vec<String> {
        let mut mistakes = self.of_query(sent);
        let content = &self.content["requestBody"]["content"];
        if content.is_null() {
            if !sent.body.is_empty() {
                mistakes.push("a body that is not documented".to_owned());
            }
        } else if sent.content_type.starts_with("multipart/form-data;") {
            mistakes.extend(self.of_form(&content["multipart/form-data"]["schema"], sent));
        } else {
            mistakes.extend(self.of_json(&content["application/json"]["schema"], sent));
        }
        mistakes
    }

    fn of_query(&self, sent: &Sent) -> Vec<String> {
        let parameters = self.content["parameters"].as_array().into_iter().flatten();
        let known: Vec<_> = parameters.filter(|one| one["in"] == "query").collect();
        let name = |parameter: &Value| parameter["name"].as_str().unwrap_or_default().to_owned();
        let names: BTreeSet<String> = known.iter().map(|one| name(one)).collect();
        let unknown = sent.query.iter().filter(|one| !names.contains(*one));
        let mut mistakes: Vec<_> = unknown
            .map(|one| format!("the parameter {one} is not documented"))
            .collect();
        let required = known.iter().filter(|one| one["required"] == true);
        let missing = required
            .map(|one| name(one))
            .filter(|one| !sent.query.contains(one));
        mistakes.extend(missing.map(|one| format!("the parameter {one} is missing")));
        mistakes
    }

    fn of_form(&self, schema: &Value, sent: &Sent) -> Vec<String> {
        let schema = self.document.schema(schema);
        let text = String::from_utf8_lossy(&sent.body);
        let parts = text.split("form-data; name=\"").skip(1);
        let names = parts.filter_map(|part| part.split('"').next());
        let unknown = names.filter(|name| schema["properties"][name].is_null());
        unknown
            .map(|name| format!("the part {name} is not documented"))
            .collect()
    }

    fn of_json(&self, schema: &Value, sent: &Sent) -> Vec<String> {
        if schema.is_null() || sent.content_type != "application/json" {
            return vec![format!(
                "the content type {:?} is not documented",
                sent.content_type
            )];
        }
        match serde_json::from_slice(&sent.body) {
            Ok(body) => self.document.violations(schema, &body, "the body"),
            Err(error) => vec![format!("the body is no JSON: {error}")],
        }
    }
}

#[test]
fn the_list_has_the_operations_of_the_document() {
    let Some(document) = Document::read() else {
        return;
    };
    let documented: BTreeSet<_> = document
        .operations()
        .map(|one| {
            (
                one.name().to_owned(),
                one.method.to_uppercase(),
                pattern(one.path),
            )
        })
        .collect();
    let operations = operations();
    let listed: BTreeSet<_> = operations
        .iter()
        .filter_map(|one| {
            let (method, path) = one.call("v3")?;
            Some((one.name.clone(), method.to_owned(), pattern(path)))
        })
        .collect();

    assert_eq!(documented.len(), 70);
    assert_eq!(listed, documented);
}

#[test]
fn requests_that_differ_from_the_document_are_noticed() {
    let Some(document) = Document::read() else {
        return;
    };
    let sent = |method: &str, path: &str, query: &[&str], body: &str| Sent {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.iter().map(|&name| name.to_owned()).collect(),
        content_type: "application/json".to_owned(),
        body: body.into(),
    };
    let mistakes = |sent: &Sent| {
        document
            .operation(sent)
            .expect("an operation")
            .mistakes(sent)
    };
    let deploy = "/bridgeApplications/a/datapages/deployment";

    assert_eq!(
        mistakes(&sent("PUT", deploy, &[], r#"{"Deployed":true}"#)),
        [""; 0]
    );
    for body in [
        "{}",
        r#"{"Deployed":"yes"}"#,
        r#"{"Deployed":true,"A":1}"#,
        "",
        "[]",
    ] {
        assert_eq!(mistakes(&sent("PUT", deploy, &[], body)).len(), 1, "{body}");
    }
    let code = "/bridgeApplications/a/datapages/b/deployment";
    assert_eq!(mistakes(&sent("GET", code, &["method"], "")), [""; 0]);
    assert_eq!(mistakes(&sent("GET", code, &["Method"], "")).len(), 2);
    assert_eq!(
        mistakes(&sent("GET", "/tables", &["q.limit"], "x")).len(),
        2
    );
    assert!(
        document
            .operation(&sent("PATCH", "/tables", &[], ""))
            .is_none()
    );
    let path = document.operation(&sent("GET", "/files/path", &["filePath"], ""));
    assert_eq!(path.expect("an operation").name(), "DownloadFileByPath");
}
