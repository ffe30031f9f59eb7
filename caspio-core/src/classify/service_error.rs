//! Parses the error bodies of all versions, regardless of the case of their member names.

use serde_json::{Map, Value};

/// The content of an error body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) resource: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) remedy: Option<String>,
    /// Whether it has Caspio's own form: a `Code` and a `Message` at the top. Gateways send other forms.
    pub(crate) is_caspio_form: bool,
    /// Whether it is the array form `[{"name":"api-calls-rate","message":".."}]`, which may come with
    /// status 400.
    pub(crate) rate_limited: bool,
}

impl ServiceError {
    /// Parses a body; `None` if it is not JSON or reports nothing.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        Self::of_value(&serde_json::from_slice(without_bom(body)).ok()?)
    }

    /// Returns what a text, an error body or an array of them reports; `None` if it reports nothing.
    pub(crate) fn of_value(value: &Value) -> Option<Self> {
        let error = match value {
            Value::Object(object) => Self::of_object(object),
            Value::Array(items) => Self::of_array(items),
            Value::String(text) => Self {
                message: Some(cleaned(text)),
                ..Self::default()
            },
            _ => return None,
        };
        (error != Self::default()).then_some(error)
    }

    fn of_object(object: &Map<String, Value>) -> Self {
        if let Some(Value::Object(inner)) = member(object, "error") {
            return Self {
                is_caspio_form: false,
                ..Self::of_object(inner)
            };
        }
        let hint = member(object, "hint");
        let is_caspio_form =
            code(object, &["code"]).is_some() && text(object, &["message"]).is_some();
        Self {
            code: code(object, &["code", "error", "name"]),
            message: text(object, &["message", "error_description", "detail", "title"]),
            resource: text(object, &["resource"]),
            request_id: text(object, &["requestid"]),
            remedy: hint.and_then(remedy),
            is_caspio_form,
            rate_limited: false,
        }
        .mark_rate_limit()
    }

    fn of_array(items: &[Value]) -> Self {
        match items.iter().find_map(Value::as_object) {
            Some(first) => Self::of_object(first),
            None => Self::default(),
        }
    }

    fn mark_rate_limit(mut self) -> Self {
        self.rate_limited = match &self.code {
            Some(code) => code == "api-calls-rate",
            // Only without a code: the message of an error with a code may quote a user's text.
            None => self
                .message
                .as_deref()
                .is_some_and(|message| message.contains("API call rate limit")),
        };
        self
    }

    /// Returns whether the message reports a value that a unique field holds already. Caspio sends it as
    /// `SqlServerError`, a code that has many causes.
    pub(crate) fn is_duplicate(&self) -> bool {
        let message = self.own_words();
        DUPLICATE_TEXTS.iter().any(|text| message.contains(text))
    }

    /// Returns whether SQL Server reports that it did not finish, which does not show what was executed.
    pub(crate) fn is_unfinished(&self) -> bool {
        let message = self.own_words();
        let is_sql = self.code.as_deref() == Some("SqlServerError");
        is_sql && UNFINISHED_TEXTS.iter().any(|text| message.contains(text))
    }

    /// Returns the message in lower case, without what it quotes: a value may contain any text.
    fn own_words(&self) -> String {
        let message = self.message.as_deref().unwrap_or_default();
        let unquoted: Vec<&str> = message.split('\'').step_by(2).collect();
        unquoted.join("''").to_ascii_lowercase()
    }

    /// Returns the fields that a message names: `...following field(s): A, B`, `...field(s) do not exist: 'A', 'B'.`
    /// or `...in field 'A'.`
    pub(crate) fn fields(&self) -> Option<String> {
        let message = self.message.as_deref()?;
        listed_fields(message).or_else(|| quoted_field(message))
    }
}

/// Texts for a value that a unique field holds already: Caspio's, and SQL Server's for a unique index.
const DUPLICATE_TEXTS: [&str; 3] = [
    "duplicate or blank values are not allowed",
    "must have unique values",
    "cannot insert duplicate key",
];

/// Texts of SQL Server and its client for a statement that timed out, and for a lost connection.
const UNFINISHED_TEXTS: [&str; 3] = [
    "timeout expired",
    "transport-level error",
    "a severe error occurred on the current command",
];

/// The field in `...in field 'A'.`
fn quoted_field(message: &str) -> Option<String> {
    let (_, after) = message.split_once("in field '")?;
    // A name may contain an apostrophe, which is not escaped.
    let (name, _) = after.rsplit_once('\'')?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The fields in `...field(s)...: A, B`.
fn listed_fields(message: &str) -> Option<String> {
    let (_, after) = message.split_once("field(s)")?;
    let (_, list) = after.split_once(':')?;
    let names: Vec<&str> = list
        .trim()
        .trim_end_matches('.')
        .split(',')
        .map(|name| name.trim().trim_matches('\''))
        .filter(|name| !name.is_empty())
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn text(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match member(object, name)? {
        Value::String(text) if !text.trim().is_empty() => Some(cleaned(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A code that is a word: a number is the status of a gateway.
fn code(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let is_word = |code: &String| code.parse::<f64>().is_err();
    names
        .iter()
        .find_map(|name| text(object, &[*name]).filter(is_word))
}

fn remedy(hint: &Value) -> Option<String> {
    match hint {
        Value::Object(hint) => text(hint, &["remediation", "note"]),
        Value::String(hint) if !hint.trim().is_empty() => Some(cleaned(hint)),
        _ => None,
    }
}

/// Removes the byte order mark that some servers send before JSON.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Makes text from outside safe for one line of a log: no control characters.
///
/// It may still contain a secret, which a shorter text could contain in part: it is redacted first and shortened then.
pub(crate) fn cleaned(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().map(visible).collect()
}

/// Like [`cleaned`], with at most `max` characters.
pub(crate) fn clean(text: &str, max: usize) -> String {
    let mut out: String = cleaned(text).chars().take(max).collect();
    if text.trim().chars().nth(max).is_some() {
        out.push('…');
    }
    out
}
