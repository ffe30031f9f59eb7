//! How a response of the emulator differs from a recorded one.

use super::request::is_stand_in;
use caspio::__private::recording::{ErrorText, Exchange, Order, Shape};
use std::collections::BTreeSet;

/// The headers that are compared.
const HEADERS: [&str; 4] = [
    "content-type",
    "location",
    "www-authenticate",
    "x-caspio-request-id",
];

/// Returns the differences. What depends on the records is not one: how many there are, nulls and blanks, and which
/// digits numbers and times have.
pub(super) fn differences(recorded: &Exchange, emulated: &Exchange) -> Vec<String> {
    let mut found = Vec::new();
    let (status, other) = (recorded.status, emulated.status);
    if status != other {
        let outcome = |exchange: &Exchange| {
            let status = exchange
                .status
                .map_or("none".to_owned(), |status| status.to_string());
            let code = exchange.errors.first().and_then(|error| error.code.clone());
            code.map_or(status.clone(), |code| format!("{status} {code}"))
        };
        found.push(format!(
            "status: recorded {}, emulator {}",
            outcome(recorded),
            outcome(emulated)
        ));
        return found;
    }
    for (recorded, emulated) in recorded.errors.iter().zip(&emulated.errors) {
        errors(recorded, emulated, &mut found);
    }
    if recorded.errors.is_empty() != emulated.errors.is_empty() {
        found.push("only one of the responses has an error that can be read".to_owned());
    }
    for name in HEADERS {
        let of = |exchange: &Exchange| exchange.headers.get(name).map(|value| without_keys(value));
        push_if_different(name, of(recorded), of(emulated), &mut found);
    }
    if (recorded.order, emulated.order) == (Some(Order::Broken), Some(Order::Kept)) {
        found.push("order: recorded records are not in the order of the request".to_owned());
    }
    let shape = |exchange: &Exchange| {
        exchange.response.as_ref().map(|content| match &content.is {
            Some(is) => Err(is.clone()),
            None => Ok(content.json.clone().unwrap_or_default()),
        })
    };
    match (shape(recorded), shape(emulated)) {
        (Some(Ok(recorded)), Some(Ok(emulated))) => shapes("", &recorded, &emulated, &mut found),
        (recorded, emulated) => {
            let word = |shape: Option<Result<Shape, String>>| match shape {
                None => "empty".to_owned(),
                Some(Ok(_)) => "JSON".to_owned(),
                Some(Err(is)) => is,
            };
            push_if_different(
                "body",
                Some(word(recorded)),
                Some(word(emulated)),
                &mut found,
            );
        }
    }
    found
}

fn push_if_different(
    what: &str,
    recorded: Option<String>,
    emulated: Option<String>,
    found: &mut Vec<String>,
) {
    if recorded != emulated {
        let word = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        found.push(format!(
            "{what}: recorded {}, emulator {}",
            word(recorded),
            word(emulated)
        ));
    }
}

fn errors(recorded: &ErrorText, emulated: &ErrorText, found: &mut Vec<String>) {
    let (code, other) = (recorded.code.clone(), emulated.code.clone());
    push_if_different("code", code, other, found);
    let text = |error: &ErrorText| error.message.as_deref().map(without_names);
    push_if_different("text", text(recorded), text(emulated), found);
}

/// Replaces the keys of records, which differ in every account.
fn without_keys(text: &str) -> String {
    let parts = text.split('/').map(|part| match is_stand_in(part, "Key") {
        true => "Key",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Replaces what is in quotes, and how many such there are.
fn without_names(text: &str) -> String {
    let mut parts: Vec<&str> = text.split(' ').collect();
    for part in &mut parts {
        if part.starts_with(['\'', '"']) {
            *part = "'...'";
        }
    }
    parts.dedup();
    parts.join(" ")
}

/// Compares what two places have, `place` for the message.
fn shapes(place: &str, recorded: &Shape, emulated: &Shape, found: &mut Vec<String>) {
    let (kinds, others) = (kinds(recorded), kinds(emulated));
    if !kinds.is_empty() && !others.is_empty() && kinds.is_disjoint(&others) {
        let word = |kinds: BTreeSet<&str>| kinds.into_iter().collect::<Vec<_>>().join(" or ");
        let place = if place.is_empty() { "body" } else { place };
        found.push(format!(
            "{place}: recorded {}, emulator {}",
            word(kinds),
            word(others)
        ));
        return;
    }
    if let (Some(recorded), Some(emulated)) = (&recorded.array, &emulated.array)
        && recorded.most > 0
        && emulated.most > 0
    {
        shapes(&format!("{place}[]"), &recorded.of, &emulated.of, found);
    }
    let (Some(recorded), Some(emulated)) = (&recorded.object, &emulated.object) else {
        return;
    };
    for (name, shape) in recorded {
        let place = if place.is_empty() {
            name.clone()
        } else {
            format!("{place}.{name}")
        };
        match emulated.get(name) {
            Some(other) => shapes(&place, shape, other, found),
            None if name.starts_with('{') || is_absent(shape) => {}
            None => found.push(format!("{place}: recorded, not in the emulator's response")),
        }
    }
    for (name, shape) in emulated {
        let is_unknown = name.starts_with('{') || is_stand_in(name, "Field");
        if !recorded.contains_key(name) && !is_unknown && !is_absent(shape) {
            found.push(format!(
                "{place}.{name}: not recorded, in the emulator's response"
            ));
        }
    }
}

/// Returns whether some objects do not have a member.
fn is_absent(shape: &Shape) -> bool {
    shape.is.contains("absent")
}

/// Returns the kinds that do not depend on the values. A field that is always null has none.
fn kinds(shape: &Shape) -> BTreeSet<&'static str> {
    let scalars = shape.is.iter().filter_map(|kind| {
        Some(match kind.as_str() {
            "null" | "absent" | "blank" => return None,
            "boolean" => "boolean",
            kind if kind.starts_with("date-time") => "date-time",
            "US date-time" => "US date-time",
            kind if kind.contains("integer")
                || kind.contains("decimal")
                || kind.starts_with("number") =>
            {
                "number"
            }
            _ => "text",
        })
    });
    let mut kinds: BTreeSet<_> = scalars.collect();
    kinds.extend(shape.array.is_some().then_some("array"));
    kinds.extend(shape.object.is_some().then_some("object"));
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn exchange(json: Value) -> Exchange {
        serde_json::from_value(json).expect("an exchange")
    }

    fn with(kind: &str, name: &str) -> Exchange {
        exchange(json!({
            "status": 200,
            "headers": { "content-type": "application/json" },
            "response": { "kib": 1, "json": { "object": { "Result": { "array": {
                "least": 1, "most": 1, "of": { "object": { name: { "is": [kind] } } },
            } } } } },
        }))
    }

    #[test]
    fn what_depends_on_the_records_is_no_difference() {
        for (one, other) in [
            ("text", "blank"),
            ("integer", "decimal"),
            ("date-time", "date-time with fraction"),
            ("null", "boolean"),
        ] {
            let found = differences(&with(one, "PK_ID"), &with(other, "PK_ID"));
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn each_difference_is_named() {
        let integer = with("integer", "PK_ID");
        let empty =
            exchange(json!({ "status": 200, "headers": { "content-type": "application/json" } }));
        let refused = |code: &str, message: &str| {
            exchange(json!({ "status": 400, "errors": [{ "code": code, "message": message }] }))
        };
        let mut located = integer.clone();
        located
            .headers
            .insert("location".into(), "/v3/tables/Table1/records/Key3".into());
        let mut broken = integer.clone();
        broken.order = Some(Order::Broken);
        let mut kept = integer.clone();
        kept.order = Some(Order::Kept);
        for (recorded, emulated, expected) in [
            (
                &with("text", "PK_ID"),
                &integer,
                "Result[].PK_ID: recorded text, emulator number",
            ),
            (
                &integer,
                &with("integer", "Name"),
                "Result[].PK_ID: recorded, not in the emulator's response",
            ),
            (
                &with("integer", "Field1"),
                &integer,
                "Result[].PK_ID: not recorded, in the emulator's response",
            ),
            (&empty, &integer, "body: recorded empty, emulator JSON"),
            (
                &located,
                &integer,
                "location: recorded /v3/tables/Table1/records/Key, emulator none",
            ),
            (
                &broken,
                &kept,
                "order: recorded records are not in the order of the request",
            ),
            (
                &refused("A", "x"),
                &integer,
                "status: recorded 400 A, emulator 200",
            ),
            (
                &refused("A", "x"),
                &refused("B", "x"),
                "code: recorded A, emulator B",
            ),
            (
                &refused("A", "field 'Field1'"),
                &refused("A", "column 'Field2'"),
                "text: recorded field '...', emulator column '...'",
            ),
        ] {
            let found = differences(recorded, emulated);
            assert!(
                found.iter().any(|found| found == expected),
                "{expected}: {found:?}"
            );
        }
    }
}
