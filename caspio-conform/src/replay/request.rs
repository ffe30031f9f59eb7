//! A request of the form of a recorded one.

use super::values::{sql, value};
use crate::spelling::VERSIONS;
use caspio::__private::recording::{Exchange, Shape};
use caspio::ApiVersion;
use caspio::raw::Method;
use serde_json::{Map, Value};

/// A request for the emulator.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) version: ApiVersion,
    /// The path below the version.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Option<Value>,
}

/// The most elements of an array that is sent, unless it had more than a bulk write may have.
const FEW: usize = 5;
const MOST: usize = 1_000;

/// The most values of a body, of which a long text counts as many.
const MOST_VALUES: usize = 100_000;
const LONG: usize = 1_000;

/// Returns a request of the same form, or why it cannot be compared.
pub(super) fn request(exchange: &Exchange, number: &mut u32) -> Result<Request, &'static str> {
    check_outcome(exchange)?;
    let (version, path) = path(&exchange.path).ok_or("it is not a call of the API")?;
    check_path(&path, &exchange.method)?;
    let mut query = Vec::new();
    for (name, text) in &exchange.query {
        if name.starts_with('{') {
            return Err("it has a parameter that is not known");
        }
        query.push((
            name.clone(),
            sql(text).ok_or("a condition has a part that is not known")?,
        ));
    }
    let method = exchange.method.parse::<Method>();
    let method = method.map_err(|_| "its method is not known")?;
    Ok(Request {
        method,
        version,
        path,
        query,
        body: body(exchange, number)?,
    })
}

fn check_outcome(exchange: &Exchange) -> Result<(), &'static str> {
    let error = exchange.errors.first();
    let code = error.and_then(|error| error.code.as_deref());
    match exchange.status {
        None => Err("it has no response"),
        Some(_) if exchange.failure.is_some() => Err("its response was not read to its end"),
        Some(401 | 403) => Err("it depends on the credentials"),
        Some(414) => Err("it depends on the length of the values"),
        Some(429) => Err("a rate limit refused it"),
        Some(502..=504) => Err("a gateway or the service failed"),
        Some(207) => Err("it depends on the records"),
        _ if code == Some("api-calls-rate") => Err("a rate limit refused it"),
        _ if code == Some("SqlServerError") => Err("it depends on the records"),
        _ => Ok(()),
    }
}

/// Returns the version and the path below it.
fn path(path: &str) -> Option<(ApiVersion, Vec<String>)> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let version = segments.find_map(|segment| {
        let mut versions = VERSIONS.into_iter();
        versions.find(|version| version.as_str() == segment)
    })?;
    let path: Vec<String> = segments.map(str::to_owned).collect();
    (!path.is_empty()).then_some((version, path))
}

fn check_path(path: &[String], method: &str) -> Result<(), &'static str> {
    if path.iter().any(|segment| segment.starts_with('{')) {
        return Err("a part of its path is not known");
    }
    let has = |word: &str| path.iter().any(|segment| segment == word);
    let of_records = has("records");
    if has("attachments") || has("passwordFields") || has("files") || has("fileAssets") {
        return Err("files and passwords are not compared");
    }
    if method != "GET" && !of_records {
        return Err("only writes of records are compared");
    }
    let others = [
        "Directory",
        "User",
        "Webhook",
        "Event",
        "Task",
        "Application",
        "Page",
        "Folder",
    ];
    let is_other = |segment: &String| others.iter().any(|kind| is_stand_in(segment, kind));
    match path.iter().any(is_other) {
        true => Err("the emulator has no such object"),
        false => Ok(()),
    }
}

/// Returns whether a text is a stand-in of a kind.
pub(super) fn is_stand_in(text: &str, kind: &str) -> bool {
    let digits = text.strip_prefix(kind);
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn body(exchange: &Exchange, number: &mut u32) -> Result<Option<Value>, &'static str> {
    let Some(content) = &exchange.request else {
        return Ok(None);
    };
    let unknown = "its body is not JSON, or was too large to be described";
    let shape = content.json.as_ref().filter(|_| content.is.is_none());
    let mut room = MOST_VALUES;
    let body = fill(shape.ok_or(unknown)?, number, &mut room);
    let mut body = body.ok_or("its body has too many values")?;
    if let (Some(condition), Some(members)) = (&content.condition, body.as_object_mut()) {
        let condition = sql(condition).ok_or("a condition has a part that is not known")?;
        members.insert("where".to_owned(), condition.into());
    }
    Ok(Some(body))
}

/// Returns JSON of a shape; `None` if it has no room.
fn fill(shape: &Shape, number: &mut u32, room: &mut usize) -> Option<Value> {
    *number = number.wrapping_add(1);
    if let Some(array) = &shape.array {
        let count = match array.most {
            most if most > MOST => most.min(2 * MOST),
            most => most.min(FEW),
        };
        let items = (0..count).map(|_| fill(&array.of, number, room));
        return items.collect();
    }
    if let Some(members) = &shape.object {
        let mut filled = Map::new();
        for (name, shape) in members.iter().filter(|(name, _)| !name.starts_with('{')) {
            filled.insert(name.clone(), fill(shape, number, room)?);
        }
        *room = room.checked_sub(1)?;
        return Some(Value::Object(filled));
    }
    let mut kinds = shape
        .is
        .iter()
        .filter(|kind| *kind != "absent" && *kind != "null");
    let kind = kinds.next().map_or("null", String::as_str);
    let size = if kind == "text over 64000" { LONG } else { 1 };
    *room = room.checked_sub(size)?;
    Some(value(kind, *number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(shape: Value) -> Option<Value> {
        let shape: Shape = serde_json::from_value(shape).expect("a shape");
        fill(&shape, &mut 0, &mut { MOST_VALUES })
    }

    #[test]
    fn a_body_has_the_members_and_kinds_of_its_shape() {
        let member = |kinds: &[&str]| json!({ "is": kinds });
        let shape = json!({ "object": {
            "Field1": member(&["text"]), "Field2": member(&["absent", "boolean", "null"]), "Field3": member(&["null"]),
            "{member}": member(&["text"]),
            "Field4": { "array": { "least": 1, "most": 2, "of": member(&["integer"]) } },
        } });

        let filled = filled(shape).expect("a body");

        assert_eq!(
            filled,
            json!({ "Field1": "text 2", "Field2": true, "Field3": null, "Field4": [6, 7] })
        );
    }

    #[test]
    fn a_recording_of_a_stranger_does_not_fill_the_memory() {
        let mut nested = json!({ "is": ["text"] });
        for _ in 0..20 {
            nested = json!({ "array": { "least": 0, "most": 4_000_000_000_u32, "of": nested } });
        }
        assert_eq!(filled(nested), None);

        let conditions = "Field1 = {text over 64000} ".repeat(1_000);
        assert_eq!(sql(&conditions), None);
    }
}
