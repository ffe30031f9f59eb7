//! The parameters of a URL.

use super::names::Names;
use super::{sql, value};
use url::form_urlencoded;

/// What a parameter has.
#[derive(Clone, Copy)]
enum Has {
    Sql,
    Number,
    Words(&'static [&'static str]),
    Value,
}

const PARAMETERS: &[(&str, Has)] = &[
    ("select", Has::Sql),
    ("where", Has::Sql),
    ("groupBy", Has::Sql),
    ("orderBy", Has::Sql),
    ("limit", Has::Number),
    ("pageNumber", Has::Number),
    ("pageSize", Has::Number),
    ("getPaginationInfo", Has::Words(&["true", "false"])),
    ("response", Has::Words(&["rows"])),
    ("echo", Has::Words(&["true", "false"])),
    ("sortDescending", Has::Words(&["true", "false"])),
    ("sortField", Has::Value),
    ("externalKey", Has::Value),
    ("filePath", Has::Value),
    ("folderId", Has::Value),
    ("method", Has::Value),
    ("name", Has::Value),
    ("path", Has::Value),
];

const UNKNOWN: &str = "{parameter}";

/// The prefix of v2 and v3.
const PREFIX: &str = "q.";

/// Returns the parameters of a URL, with stand-ins for names, and kinds for values.
pub(super) fn parameters(query: &str, names: &mut Names) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .map(|(name, text)| parameter(&name, &text, names))
        .collect()
}

/// Returns the order of a request; empty if it names none.
pub(super) fn order_by(query: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let order = pairs.find(|(name, _)| without_prefix(name).1.eq_ignore_ascii_case("orderBy"));
    order
        .map(|(_, order)| order.into_owned())
        .unwrap_or_default()
}

fn parameter(name: &str, text: &str, names: &mut Names) -> (String, String) {
    let (prefix, bare) = without_prefix(name);
    let found = PARAMETERS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(bare));
    let Some((known, has)) = found else {
        return (UNKNOWN.to_owned(), kind(text));
    };
    let shown = match has {
        Has::Sql => sql::scrub(text, names),
        Has::Number if is_short_number(text) => text.to_owned(),
        Has::Words(words) => {
            let mut words = words.iter();
            let word = words.find(|word| word.eq_ignore_ascii_case(text));
            word.map_or_else(|| kind(text), |word| (*word).to_owned())
        }
        Has::Number | Has::Value => kind(text),
    };
    (format!("{prefix}{known}"), shown)
}

fn kind(text: &str) -> String {
    format!("{{{}}}", value::of_text(text))
}

fn without_prefix(name: &str) -> (&'static str, &str) {
    match name.split_at_checked(PREFIX.len()) {
        Some((prefix, bare)) if prefix.eq_ignore_ascii_case(PREFIX) => (PREFIX, bare),
        _ => ("", name),
    }
}

fn is_short_number(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_structure() {
        let query = "q.where=Name%3D%27Ann%27&Q.LIMIT=1000&where=A+%3E+1&q.limit=Ann&ann=salary&response=Ann\
                     &q.orderBy=PK_ID";

        let shown = parameters(query, &mut Names::default());

        let shown: Vec<_> = shown
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            shown,
            [
                "q.where=Field1={text}",
                "q.limit=1000",
                "where=Field2 > {integer}",
                "q.limit={text}",
                "{parameter}={text}",
                "response={text}",
                "q.orderBy=PK_ID",
            ]
        );
        assert_eq!(order_by(query), "PK_ID");
    }
}
