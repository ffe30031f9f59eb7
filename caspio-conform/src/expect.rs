//! What must hold of a response, and what of it later steps use.

use crate::answer::{Answer, kind};
use crate::check::Check;
use crate::template::{Values, filled};
use serde_json::Value;

/// What must hold of a response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expect {
    /// The statuses that are right; any, if empty.
    pub(crate) status: Vec<u16>,
    /// The codes that are right: any code for `*`, any or none if empty.
    pub(crate) code: Vec<String>,
    /// What the error's text contains.
    pub(crate) message: Vec<String>,
    /// Whether there is no body.
    pub(crate) is_empty: bool,
    /// What the body contains, byte by byte.
    pub(crate) raw: Vec<String>,
    pub(crate) headers: Vec<(String, HeaderCheck)>,
    /// Conditions on values, by their JSON pointers.
    pub(crate) json: Vec<(String, Check)>,
}

/// A condition on a header.
#[derive(Clone, Debug)]
pub(crate) enum HeaderCheck {
    Present,
    Absent,
    Contains(String),
    /// It is not this text.
    Differs(String),
    /// It is the text at this pointer of the body.
    SameAs(String),
}

/// What a later step uses of a response.
#[derive(Clone, Debug)]
pub(crate) enum Capture {
    /// The value at a JSON pointer.
    Json(String),
    Header(String),
}

/// What does not hold of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// What was expected, without any value of the account.
    pub(crate) expected: String,
    /// What came, without any value of the account.
    pub(crate) got: String,
    /// The value that came.
    pub(crate) value: Option<String>,
}

impl Mismatch {
    fn new(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            got: got.into(),
            value: None,
        }
    }
}

impl Expect {
    /// Returns the first condition that does not hold.
    pub(crate) fn check(&self, answer: &Answer, values: &Values) -> Result<(), Mismatch> {
        self.check_status(answer)?;
        self.check_error(answer, values)?;
        self.check_body(answer, values)?;
        for (name, check) in &self.headers {
            check_header(name, check, answer, values)?;
        }
        for (pointer, check) in &self.json {
            check_json(pointer, check, answer, values)?;
        }
        Ok(())
    }

    fn check_status(&self, answer: &Answer) -> Result<(), Mismatch> {
        if self.status.is_empty() || self.status.contains(&answer.status) {
            return Ok(());
        }
        let statuses: Vec<_> = self.status.iter().map(u16::to_string).collect();
        let mut got = format!("status {}", answer.status);
        if let Some(code) = answer.shown_code() {
            got.push_str(&format!(", code {code}"));
        }
        Err(Mismatch::new(
            format!("status {}", statuses.join(" or ")),
            got,
        ))
    }

    fn check_error(&self, answer: &Answer, values: &Values) -> Result<(), Mismatch> {
        let code = answer.code();
        let is_right = |wanted: &String| code.is_some_and(|code| wanted == "*" || wanted == code);
        if !self.code.is_empty() && !self.code.iter().any(is_right) {
            let got = answer.shown_code();
            let got = got.map_or_else(|| "no code".to_owned(), |code| format!("code {code}"));
            let expected = match self.code.join(" or ") {
                any if any == "*" => "a code".to_owned(),
                codes => format!("code {codes}"),
            };
            return Err(Mismatch::new(expected, got));
        }
        let message = answer.message().unwrap_or_default();
        match missing(&self.message, message, values) {
            None => Ok(()),
            Some(part) => Err(Mismatch {
                value: Some(message.to_owned()),
                ..Mismatch::new(format!("a message with {part:?}"), "another message")
            }),
        }
    }

    fn check_body(&self, answer: &Answer, values: &Values) -> Result<(), Mismatch> {
        if self.is_empty && !answer.body.is_empty() {
            return Err(Mismatch::new("no body", "a body"));
        }
        let body = String::from_utf8_lossy(&answer.body);
        match missing(&self.raw, &body, values) {
            None => Ok(()),
            Some(part) => Err(Mismatch {
                value: Some(body.into_owned()),
                ..Mismatch::new(format!("{part:?} in the body"), "a body without it")
            }),
        }
    }
}

/// Returns the first part that a text does not contain.
fn missing<'p>(parts: &'p [String], text: &str, values: &Values) -> Option<&'p String> {
    let mut parts = parts.iter();
    parts.find(|part| !text.contains(&filled(part, values)))
}

fn check_header(
    name: &str,
    check: &HeaderCheck,
    answer: &Answer,
    values: &Values,
) -> Result<(), Mismatch> {
    let header = answer.header(name);
    let (holds, expected) = match check {
        HeaderCheck::Present => (header.is_some(), format!("header {name}")),
        HeaderCheck::Absent => (header.is_none(), format!("no header {name}")),
        HeaderCheck::Contains(part) => (
            header.is_some_and(|header| header.contains(&filled(part, values))),
            format!("header {name} with {part:?}"),
        ),
        HeaderCheck::Differs(other) => (
            header.is_some_and(|header| header != filled(other, values)),
            format!("another header {name} than before"),
        ),
        HeaderCheck::SameAs(pointer) => {
            let json = answer.json.as_ref();
            let value = json.and_then(|json| json.pointer(pointer));
            let is_same = header.is_some() && value.and_then(Value::as_str) == header;
            (is_same, format!("header {name} as `{pointer}`"))
        }
    };
    if holds {
        return Ok(());
    }
    let got = header.map_or("no such header", |_| "another header");
    Err(Mismatch::new(expected, got))
}

fn check_json(
    pointer: &str,
    check: &Check,
    answer: &Answer,
    values: &Values,
) -> Result<(), Mismatch> {
    let json = answer.json.as_ref();
    let value = json.and_then(|json| json.pointer(&filled(pointer, values)));
    if check.holds(value, values) {
        return Ok(());
    }
    let got = match value {
        None => "nothing".to_owned(),
        Some(Value::Array(items)) => format!("an array of {}", items.len()),
        Some(Value::Object(members)) => format!("an object of {}", members.len()),
        Some(scalar) => format!("another {}", kind(scalar)),
    };
    let got = match check {
        // Only the type is wrong, so that it says all.
        Check::Is(_) => got.replace("another ", ""),
        _ => got,
    };
    Err(Mismatch {
        value: value.map(Value::to_string),
        ..Mismatch::new(format!("`{pointer}` {check}"), got)
    })
}

impl Capture {
    /// Returns the value; `None` if the response does not have it.
    pub(crate) fn of(&self, answer: &Answer, values: &Values) -> Option<String> {
        match self {
            Self::Header(name) => answer.header(name).map(str::to_owned),
            Self::Json(pointer) => {
                let json = answer.json.as_ref()?;
                match json.pointer(&filled(pointer, values))? {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                }
            }
        }
    }
}
