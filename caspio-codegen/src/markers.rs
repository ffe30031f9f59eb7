//! Markers in a generated file: where generated code begins and ends, and how the columns were defined.
//!
//! ```text
//! // caspio:begin table "Contacts" insert
//! ...
//! // caspio:column "First_Name" "STRING" unset docs=3f2a91bc
//! // caspio:end
//! ```
//!
//! They are comments of one line, which rustfmt does not change.

use crate::field_spec::FieldSpec;
use crate::text::literal;
use syn::LitStr;
use syn::parse::{ParseStream, Parser};

pub(crate) const BEGIN: &str = "// caspio:begin ";
pub(crate) const COLUMN: &str = "// caspio:column ";
pub(crate) const END: &str = "// caspio:end";
pub(crate) const BEGIN_MODULES: &str = "// caspio:begin modules";

/// A table or a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    View,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
        }
    }

    pub(crate) fn derive(self) -> &'static str {
        match self {
            Self::Table => "CaspioTable",
            Self::View => "CaspioView",
        }
    }
}

/// The marker at the beginning of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BeginMarker {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// Whether a struct for inserts was generated.
    pub(crate) insert: bool,
    /// The hash of the record's documentation.
    pub(crate) docs: Option<String>,
}

/// The marker of a column: its definition when its field was generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnMarker {
    pub(crate) name: String,
    pub(crate) spec: FieldSpec,
    pub(crate) docs: Option<String>,
}

impl BeginMarker {
    pub(crate) fn write(&self) -> String {
        let insert = if self.insert { " insert" } else { "" };
        let docs = write_docs(self.docs.as_deref());
        let (kind, name) = (self.kind.word(), literal(&self.name));
        format!("{BEGIN}{kind} {name}{insert}{docs}")
    }

    /// Parses a line; `None` if it is not the begin marker of a table or view.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let rest = line.trim().strip_prefix(BEGIN.trim_end())?.trim_start();
        let (kind, rest) = match rest.strip_prefix("table ") {
            Some(rest) => (Kind::Table, rest),
            None => (Kind::View, rest.strip_prefix("view ")?),
        };
        let (texts, words) = split(rest);
        let [name] = <[String; 1]>::try_from(texts).ok()?;
        Some(Self {
            kind,
            name,
            insert: words.contains(&"insert"),
            docs: read_docs(&words),
        })
    }
}

impl ColumnMarker {
    pub(crate) fn write(&self) -> String {
        let docs = write_docs(self.docs.as_deref());
        let (name, spec) = (literal(&self.name), self.spec.write());
        format!("{COLUMN}{name} {spec}{docs}")
    }

    /// Parses a line; `None` if it is not a column marker.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let (texts, words) = split(line.trim().strip_prefix(COLUMN)?);
        let [name, data_type] = <[String; 2]>::try_from(texts).ok()?;
        Some(Self {
            name,
            spec: FieldSpec::read(&data_type, &words),
            docs: read_docs(&words),
        })
    }
}

/// Returns the quoted texts that a marker begins with, and the words after them.
fn split(marker: &str) -> (Vec<String>, Vec<&str>) {
    let mut texts = Vec::new();
    let mut rest = marker.trim();
    while let Some(end) = text_end(rest) {
        let read = |input: ParseStream<'_>| input.parse::<LitStr>();
        match read.parse_str(&rest[..end]) {
            Ok(text) => texts.push(text.value()),
            Err(_) => break,
        }
        rest = rest[end..].trim_start();
    }
    (texts, rest.split_whitespace().collect())
}

/// Returns the end of the quoted text at the beginning of `rest`, including its quotes.
fn text_end(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (index, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(index + 2),
            _ => {}
        }
    }
    None
}

fn write_docs(docs: Option<&str>) -> String {
    docs.map_or_else(String::new, |docs| format!(" docs={docs}"))
}

fn read_docs(words: &[&str]) -> Option<String> {
    let docs = words.iter().find_map(|word| word.strip_prefix("docs="));
    docs.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_read_as_they_were_written() {
        for name in ["Contacts", "a \"b\" \\", "*/\n\"", "docs=1 insert", ""] {
            let begin = BeginMarker {
                kind: Kind::View,
                name: name.to_owned(),
                insert: true,
                docs: Some("e40c292c".to_owned()),
            };
            let column = ColumnMarker {
                name: name.to_owned(),
                spec: FieldSpec::read(name, &["null", "read_only"]),
                docs: None,
            };

            assert_eq!(BeginMarker::read(&begin.write()), Some(begin.clone()));
            assert_eq!(ColumnMarker::read(&column.write()), Some(column.clone()));
            assert_eq!(begin.write().lines().count(), 1);
        }
    }

    #[test]
    fn other_lines_are_not_markers() {
        for line in [
            "// caspio:begin modules",
            "// caspio:begin table",
            "fn a() {}",
            "",
        ] {
            assert_eq!(BeginMarker::read(line), None);
        }
    }
}
