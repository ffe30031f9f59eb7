//! Reads the files of facts.

#[cfg(test)]
mod tests;

use crate::fact::{Body, Fact, Known, Needs, Probe, Request, Sender, Step};
use crate::parse_expect::{captures, expect};
use crate::section::{FactError, Section};
use crate::{spelling, template};
use caspio::ApiVersion;
use caspio::raw::{HeaderName, HeaderValue, Method};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The placeholders that only scratch tables have.
const OF_SCRATCH: [&str; 4] = ["scratch", "unique", "scratch_name", "mark"];

/// Reads a file of facts; `subject` is its name.
pub(crate) fn facts(subject: &'static str, text: &str) -> Result<Vec<Fact>, FactError> {
    let file = format!("facts/{subject}.toml");
    let members: Table = text
        .parse()
        .map_err(|error: toml::de::Error| FactError::new(&file, error.to_string()))?;
    let mut section = Section::new(&file, members);
    let facts = match section.take("fact") {
        Some(Value::Array(facts)) => facts,
        _ => return Err(section.error("there is no `[[fact]]`")),
    };
    section.finish()?;
    let facts = facts.into_iter().map(|fact| match fact {
        Value::Table(members) => one(subject, &file, members),
        _ => Err(FactError::new(&file, "`fact` is not a table")),
    });
    facts.collect()
}

fn one(subject: &'static str, file: &str, members: Table) -> Result<Fact, FactError> {
    let mut section = Section::new(file, members);
    let id = section.required("id")?;
    section.place = format!("{file}: fact `{id}`");
    if !is_id(&id) {
        return Err(section.error("the id is not of lower-case words joined by hyphens"));
    }
    let statement = section.required("statement")?;
    let source = section.required("source")?;
    let known = known(&mut section)?;
    let versions = versions(&mut section)?;
    let (needs, probe) = probe(&mut section, &versions)?;
    section.finish()?;
    Ok(Fact {
        id,
        subject,
        statement,
        versions,
        known,
        source,
        needs,
        probe,
    })
}

fn is_id(id: &str) -> bool {
    let is_word = |word: &str| {
        let mut letters = word.bytes();
        !word.is_empty() && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    id.split('-').all(is_word)
}

fn known(section: &mut Section) -> Result<Known, FactError> {
    match section.required("known")?.as_str() {
        "documented" => Ok(Known::Documented),
        "observed" => Ok(Known::Observed),
        "inferred" => Ok(Known::Inferred),
        _ => Err(section.error("`known` is not documented, observed or inferred")),
    }
}

fn versions(section: &mut Section) -> Result<Vec<ApiVersion>, FactError> {
    let names = section.texts("versions")?;
    let versions = names.iter().map(|name| version(section, name));
    let versions = versions.collect::<Result<Vec<_>, _>>()?;
    match versions.is_empty() {
        true => Err(section.error("`versions` is missing")),
        false => Ok(versions),
    }
}

fn version(section: &Section, name: &str) -> Result<ApiVersion, FactError> {
    let mut known = spelling::VERSIONS.into_iter();
    known
        .find(|version| version.as_str() == name)
        .ok_or_else(|| section.error(format!("{name:?} is not a version: v2, v3 or v4")))
}

fn probe(section: &mut Section, versions: &[ApiVersion]) -> Result<(Needs, Probe), FactError> {
    let steps = match section.take("step") {
        None => Vec::new(),
        Some(Value::Array(steps)) => steps,
        Some(_) => return Err(section.error("`step` is not a list of tables")),
    };
    let needs = section.text("needs")?;
    match (section.text("unprobed")?, needs, steps.is_empty()) {
        (Some(reason), None, true) => Ok((Needs::Account, Probe::Impossible(reason))),
        (None, Some(needs), false) => {
            let needs = match needs.as_str() {
                "account" => Needs::Account,
                "table" => Needs::Table,
                "view" => Needs::View,
                "scratch" => Needs::Scratch,
                _ => {
                    return Err(section.error("`needs` is not account, table, view or scratch"));
                }
            };
            let probe = Probe::Steps(steps_of(section, steps, versions, needs)?);
            Ok((needs, probe))
        }
        _ => Err(section.error("it has neither `needs` with steps, nor `unprobed` alone")),
    }
}

fn steps_of(
    section: &Section,
    steps: Vec<Value>,
    versions: &[ApiVersion],
    needs: Needs,
) -> Result<BTreeMap<ApiVersion, Vec<Step>>, FactError> {
    let mut all: BTreeMap<ApiVersion, Vec<Step>> = BTreeMap::new();
    for (index, members) in steps.into_iter().enumerate() {
        let place = format!("{}, step {}", section.place, index + 1);
        let Value::Table(members) = members else {
            return Err(FactError::new(&place, "it is not a table"));
        };
        for version in versions {
            if let Some(members) = of_version(&place, members.clone(), *version)? {
                let place = format!("{place} in {version}");
                all.entry(*version)
                    .or_default()
                    .push(step(&place, members)?);
            }
        }
    }
    for version in versions {
        let steps = all.get(version).map_or(&[][..], Vec::as_slice);
        if steps.is_empty() {
            return Err(section.error(format!("it has no step in {version}")));
        }
        check_placeholders(section, steps, needs)?;
    }
    Ok(all)
}

/// Returns a step as it is in a version: members of its own table, such as `v4`, replace those of all versions. `None`
/// if the step is only for others.
fn of_version(
    place: &str,
    mut members: Table,
    version: ApiVersion,
) -> Result<Option<Table>, FactError> {
    let mut only = Section::new(place, Table::new());
    if let Some(names) = members.remove("only") {
        only = Section::new(place, Table::from_iter([("only".to_owned(), names)]));
    }
    let names = only.texts("only")?;
    let versions = names.iter().map(|name| self::version(&only, name));
    let versions = versions.collect::<Result<Vec<_>, _>>()?;
    if !versions.is_empty() && !versions.contains(&version) {
        return Ok(None);
    }
    for known in spelling::VERSIONS {
        let own = match members.remove(known.as_str()) {
            None => continue,
            Some(Value::Table(own)) => own,
            Some(_) => {
                return Err(FactError::new(place, format!("`{known}` is not a table")));
            }
        };
        if known == version {
            replace(place, &mut members, own)?;
        }
    }
    Ok(Some(members))
}

/// Replaces the members of the request one by one, and the other tables as a whole.
fn replace(place: &str, members: &mut Table, own: Table) -> Result<(), FactError> {
    for (name, value) in own {
        if !matches!(name.as_str(), "request" | "expect" | "capture") {
            let problem = format!("`{name}` cannot differ between versions");
            return Err(FactError::new(place, problem));
        }
        let of_all = members.remove(&name);
        let merged = match (name.as_str(), of_all, value) {
            ("request", Some(Value::Table(mut request)), Value::Table(own)) => {
                request.extend(own);
                Value::Table(request)
            }
            (_, _, value) => value,
        };
        members.insert(name, merged);
    }
    Ok(())
}

fn step(place: &str, members: Table) -> Result<Step, FactError> {
    let mut section = Section::new(place, members);
    let wanted = section.table("request")?;
    let expected = section.table("expect")?;
    let captured = section.pairs("capture")?;
    if expected.is_empty() {
        return Err(section.error("`expect` is missing"));
    }
    let step = Step {
        request: request(place, wanted)?,
        expect: expect(place, expected)?,
        captures: captures(captured),
    };
    section.finish()?;
    Ok(step)
}

fn request(place: &str, members: Table) -> Result<Request, FactError> {
    let mut section = Section::new(format!("{place}, `request`"), members);
    let sender = match section.text("as")?.as_deref() {
        None => Sender::Account,
        Some("nobody") => Sender::Nobody,
        Some("stranger") => Sender::Stranger,
        Some("recorded") => Sender::Recorded,
        Some(_) => return Err(section.error("`as` is not nobody, stranger or recorded")),
    };
    let path = section.required("path")?;
    if path.starts_with('/') && sender == Sender::Account {
        return Err(section.error("the account's token is sent only below a version's URL"));
    }
    let method = section.text("method")?.unwrap_or_else(|| "GET".to_owned());
    let method = Method::from_bytes(method.as_bytes());
    let method = method.map_err(|_| section.error("`method` is not a method of HTTP"))?;
    let request = Request {
        method,
        path,
        query: section.pairs("query")?,
        body: body(&mut section)?,
        headers: headers(&mut section)?,
        sender,
        url_length: section.number("url_length")?,
    };
    let has_more = !request.query.is_empty() || request.path.contains('{');
    if has_more && request.url_length.is_some() {
        return Err(section.error("`url_length` needs a path alone"));
    }
    section.finish()?;
    Ok(request)
}

fn body(section: &mut Section) -> Result<Option<Body>, FactError> {
    let form = section.pairs("form")?;
    match section.text("json")? {
        Some(_) if !form.is_empty() => Err(section.error("it has both `json` and `form`")),
        Some(json) => {
            let filled = template::filled(&json, &template::Values::new());
            match serde_json::from_str::<serde_json::Value>(&filled) {
                Ok(_) => Ok(Some(Body::Json(json))),
                Err(error) => Err(section.error(format!("`json` is not JSON: {error}"))),
            }
        }
        None if form.is_empty() => Ok(None),
        None => Ok(Some(Body::Form(form))),
    }
}

fn headers(section: &mut Section) -> Result<Vec<(HeaderName, HeaderValue)>, FactError> {
    let pairs = section.pairs("headers")?;
    let headers = pairs.into_iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::try_from(value);
        match (name, value) {
            (Ok(name), Ok(value)) => Ok((name, value)),
            _ => Err(section.error("`headers` has an invalid name or value")),
        }
    });
    headers.collect()
}

/// Checks that every placeholder has a value where it is used.
fn check_placeholders(section: &Section, steps: &[Step], needs: Needs) -> Result<(), FactError> {
    let mut known: BTreeSet<&str> = spelling::PLACEHOLDERS.into_iter().collect();
    match needs {
        Needs::Account => {}
        Needs::Table => known.extend(["table"]),
        Needs::View => known.extend(["view"]),
        Needs::Scratch => known.extend(OF_SCRATCH),
    }
    for step in steps {
        let request = &step.request;
        let (keys, values): (Vec<_>, Vec<_>) = match &request.body {
            Some(Body::Form(pairs)) => pairs.iter().map(|(k, v)| (k, v)).unzip(),
            _ => (Vec::new(), Vec::new()),
        };
        let json = match &request.body {
            Some(Body::Json(json)) => Some(json),
            _ => None,
        };
        let query = request.query.iter().flat_map(|(name, value)| [name, value]);
        let json_checks = step.expect.json.iter().map(|(pointer, _)| pointer);
        let texts = [&request.path].into_iter().chain(query).chain(json);
        let texts = texts.chain(keys).chain(values).chain(json_checks);
        let used = texts.flat_map(|text| template::names(text));
        if let Some(unknown) = used.into_iter().find(|name| !known.contains(name)) {
            return Err(section.error(format!("the placeholder `{{{unknown}}}` has no value")));
        }
        known.extend(step.captures.iter().map(|(name, _)| name.as_str()));
    }
    Ok(())
}
