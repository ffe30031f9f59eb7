//! Texts of a probe with placeholders: `{table}`, `{repeat 256 x}`.

use std::collections::BTreeMap;

/// What placeholders stand for.
pub(crate) type Values = BTreeMap<String, String>;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    Name(&'t str),
    Repeat(usize, &'t str),
}

/// Returns the names of the placeholders in a text.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let names = parts(text).into_iter().filter_map(|part| match part {
        Part::Name(name) => Some(name),
        _ => None,
    });
    names.collect()
}

/// Replaces the placeholders of a text. One without a value stays as it is.
pub(crate) fn filled(text: &str, values: &Values) -> String {
    let mut out = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Name(name) => match values.get(name) {
                Some(value) => out.push_str(value),
                None => out.extend(["{", name, "}"]),
            },
            Part::Repeat(times, text) => out.push_str(&text.repeat(times)),
        }
    }
    out
}

/// Splits a text at its placeholders. Braces around anything else, such as a JSON object, are text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let placeholder = from[1..].find('}').and_then(|end| {
            let part = placeholder(&from[1..=end])?;
            Some((part, &from[end + 2..]))
        });
        let (part, after) = placeholder.unwrap_or((Part::Text(&from[..1]), &from[1..]));
        parts.extend([Part::Text(before), part]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts
}

fn placeholder(inner: &str) -> Option<Part<'_>> {
    if let Some(repeated) = inner.strip_prefix("repeat ") {
        let (times, text) = repeated.split_once(' ')?;
        return Some(Part::Repeat(times.parse().ok()?, text));
    }
    let is_name = !inner.is_empty()
        && inner
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    is_name.then_some(Part::Name(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_and_json_is_not() {
        let values = Values::from([("mark".to_owned(), "m".to_owned())]);

        let filled = filled(
            r#"{"Mark":"{mark}","Text":"{repeat 3 é}","Pets":{}}"#,
            &values,
        );

        assert_eq!(filled, r#"{"Mark":"m","Text":"ééé","Pets":{}}"#);
        assert_eq!(names("/{rows}/0/{other}"), ["rows", "other"]);
    }
}
