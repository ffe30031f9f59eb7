//! Query parameters as Caspio binds them: names are case-insensitive, `q.` is optional.

use super::refusal::Refusal;
use percent_encoding::percent_decode_str;

/// The names that any operation reads, without `q.`.
const KNOWN: [&str; 18] = [
    "echo",
    "externalKey",
    "filePath",
    "folderId",
    "getPaginationInfo",
    "groupBy",
    "limit",
    "method",
    "name",
    "orderBy",
    "pageNumber",
    "pageSize",
    "response",
    "select",
    "sort",
    "sortDescending",
    "sortField",
    "where",
];

/// The parameters of one request. An empty value counts as absent.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Reads the query of a URL, or a form body.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name), decode(value))
            })
            .collect();
        Self { pairs }
    }

    /// Returns the parameter `name`, which is given without `q.`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| bare(key).eq_ignore_ascii_case(name) && !value.trim().is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Whether the parameter `name` is given, also with an empty value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs
            .iter()
            .any(|(key, _)| bare(key).eq_ignore_ascii_case(name))
    }

    /// Returns all values of exactly this name, also empty ones.
    #[cfg(feature = "page")]
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.pairs.iter().filter(move |(key, _)| key == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// Returns the names as they were given.
    #[cfg(feature = "page")]
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// Returns the names that no operation reads: like Caspio, the emulator ignores them.
    pub(crate) fn unknown(&self) -> Vec<&str> {
        let is_known = |key: &str| KNOWN.iter().any(|name| name.eq_ignore_ascii_case(key));
        self.pairs
            .iter()
            .map(|(key, _)| key.as_str())
            .filter(|key| !is_known(bare(key)))
            .collect()
    }

    /// Reads an integer of 32 bits, which all numbers of the document have; refuses anything else.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        match text.trim().parse::<i32>() {
            Ok(number) => Ok(Some(number.into())),
            Err(_) => Err(Refusal::incorrect_query()),
        }
    }

    /// Reads `true` or `false`; absent means false, anything else is refused.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Refusal::incorrect_query()),
        }
    }

    /// Whether the caller requested the written records (`response=rows`).
    pub(crate) fn wants_rows(&self) -> bool {
        self.get("response")
            .is_some_and(|value| value.eq_ignore_ascii_case("rows"))
    }
}

fn bare(key: &str) -> &str {
    match key.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("q.") => &key[2..],
        _ => key,
    }
}

/// Decodes percent escapes and `+`.
pub(crate) fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_names_ignore_case_and_prefix() {
        for query in [
            "q.where=A%3D1",
            "where=A%3D1",
            "Where=A%3D1",
            "Q.WHERE=A%3D1",
        ] {
            assert_eq!(Params::parse(query).get("where"), Some("A=1"));
        }
    }

    #[test]
    fn an_empty_parameter_is_absent() {
        let params = Params::parse("q.where=&q.limit=5&response=");

        assert_eq!(params.get("where"), None);
        assert_eq!(params.integer("limit"), Ok(Some(5)));
        assert!(!params.wants_rows());
    }

    #[test]
    fn invalid_number_is_refused() {
        for number in ["abc", "1.5", "2147483648"] {
            let query = format!("q.limit={number}");
            assert!(Params::parse(&query).integer("limit").is_err(), "{query}");
        }
    }
}
