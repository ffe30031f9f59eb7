//! Reads what must hold of a response.

use crate::check::{ABSENT, Check, Count};
use crate::expect::{Capture, Expect, HeaderCheck};
use crate::section::{FactError, Section, to_json};
use toml::{Table, Value};

/// The types of values, and `absent`.
const KINDS: [&str; 7] = [
    "text", "number", "boolean", "null", "array", "object", ABSENT,
];

/// Reads the table `expect` of a step.
pub(crate) fn expect(place: &str, members: Table) -> Result<Expect, FactError> {
    let mut section = Section::new(format!("{place}, `expect`"), members);
    let status = statuses(&mut section)?;
    let is_empty = match section.text("body")?.as_deref() {
        None => false,
        Some("empty") => true,
        Some(_) => return Err(section.error("`body` is not \"empty\"")),
    };
    let mut expect = Expect {
        status,
        is_empty,
        code: section.texts("code")?,
        message: section.texts("message")?,
        raw: section.texts("raw")?,
        ..Expect::default()
    };
    for (name, check) in section.table("headers")? {
        expect.headers.push((name, header(&section, check)?));
    }
    for (pointer, wanted) in section.table("json")? {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(section.error(format!("{pointer:?} is not a JSON pointer")));
        }
        let place = format!("{}, `{pointer}`", section.place);
        let found = checks(&place, wanted)?;
        expect
            .json
            .extend(found.into_iter().map(|check| (pointer.clone(), check)));
    }
    section.finish()?;
    Ok(expect)
}

fn statuses(section: &mut Section) -> Result<Vec<u16>, FactError> {
    let items = match section.take("status") {
        None => return Err(section.error("`status` is missing")),
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
    };
    let statuses = items.into_iter().map(|item| {
        let status = item
            .as_integer()
            .and_then(|status| u16::try_from(status).ok());
        status.filter(|status| (100..600).contains(status))
    });
    let statuses: Option<Vec<u16>> = statuses.collect();
    statuses.ok_or_else(|| section.error("`status` has something that is not a status of HTTP"))
}

fn header(section: &Section, check: Value) -> Result<HeaderCheck, FactError> {
    let place = format!("{}, `headers`", section.place);
    let mut members = match check {
        Value::String(word) if word == "present" => return Ok(HeaderCheck::Present),
        Value::String(word) if word == ABSENT => return Ok(HeaderCheck::Absent),
        Value::Table(members) => Section::new(place, members),
        _ => {
            return Err(FactError::new(
                &place,
                "it is not present, absent or a table",
            ));
        }
    };
    let contains = members.text("contains")?;
    let differs = members.text("differs_from")?;
    let same_as = members.text("same_as")?;
    let check = match (contains, differs, same_as) {
        (Some(part), None, None) => HeaderCheck::Contains(part),
        (None, Some(other), None) => HeaderCheck::Differs(other),
        (None, None, Some(pointer)) => HeaderCheck::SameAs(pointer),
        _ => return Err(members.error("it has not one of contains, differs_from and same_as")),
    };
    members.finish()?;
    Ok(check)
}

/// Reads the conditions on one value: the value itself, or a table of conditions.
fn checks(place: &str, wanted: Value) -> Result<Vec<Check>, FactError> {
    let mut section = match wanted {
        Value::Table(members) => Section::new(place, members),
        value => return Ok(vec![Check::Equals(to_json(value))]),
    };
    let mut found = Vec::new();
    let kinds = section.texts("is")?;
    if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        let kinds = KINDS.join(", ");
        return Err(section.error(format!("`{unknown}` is not a type: {kinds}")));
    }
    if !kinds.is_empty() {
        found.push(Check::Is(kinds));
    }
    if let Some(value) = section.take("equals") {
        found.push(Check::Equals(to_json(value)));
    }
    if let Some(json) = section.text("json")? {
        let value = serde_json::from_str(&json);
        let value = value.map_err(|error| section.error(format!("`json` is not JSON: {error}")))?;
        found.push(Check::Equals(value));
    }
    if let Some(value) = section.take("one_of") {
        let values = value.as_array().cloned().unwrap_or_default();
        found.push(Check::OneOf(values.into_iter().map(to_json).collect()));
    }
    found.extend(section.text("contains")?.map(Check::Contains));
    match section.take("count") {
        None => {}
        Some(Value::String(filled)) => found.push(Check::Count(Count::Filled(filled))),
        Some(number) => {
            let count = number.as_integer().and_then(|n| usize::try_from(n).ok());
            let count = count.ok_or_else(|| section.error("`count` is not a number"))?;
            found.push(Check::Count(Count::Exactly(count)));
        }
    }
    let counts = [
        ("at_least", Count::AtLeast as fn(usize) -> Count),
        ("at_most", Count::AtMost),
    ];
    for (name, count) in counts {
        found.extend(section.number(name)?.map(|n| Check::Count(count(n))));
    }
    let members = section.texts("members")?;
    if !members.is_empty() {
        found.push(Check::Members(members));
    }
    found.extend(
        section
            .take("lacks")
            .map(|value| Check::Lacks(to_json(value))),
    );
    if section.flag("ascending")? {
        found.push(Check::Ascending);
    }
    if let Some(member) = section.text("pluck")? {
        let of_all = |check| Check::Pluck(member.clone(), Box::new(check));
        found = found.into_iter().map(of_all).collect();
    }
    let nothing = section.error("there is no condition");
    section.finish()?;
    match found.is_empty() {
        true => Err(nothing),
        false => Ok(found),
    }
}

/// Reads what later steps use: a JSON pointer, or `header NAME`.
pub(crate) fn captures(pairs: Vec<(String, String)>) -> Vec<(String, Capture)> {
    let captures = pairs.into_iter().map(|(name, from)| {
        let capture = match from.strip_prefix("header ") {
            Some(header) => Capture::Header(header.to_owned()),
            None => Capture::Json(from),
        };
        (name, capture)
    });
    captures.collect()
}
