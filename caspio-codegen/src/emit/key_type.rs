//! Emits the type of a table's or view's keys.

use super::doc_comment;
use crate::markers::Kind;
use crate::text::{doc_lines, literal};

/// Returns the type of a key that has no type of its own.
pub(crate) fn plain_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "i64",
        Kind::View => "String",
    }
}

/// Returns the struct that is the key of a record.
pub(crate) fn key_struct(name: &str, kind: Kind, source: &str) -> String {
    let about = doc_lines(&format!(
        "The key of a record of the {} {}.",
        kind.word(),
        literal(source)
    ));
    let docs = doc_comment(&about, "");
    let copy = match kind {
        Kind::Table => "Copy, ",
        Kind::View => "",
    };
    let inner = plain_key(kind);
    format!(
        "{docs}#[derive(Debug, Clone, {copy}PartialEq, Eq, PartialOrd, Ord, Hash, CaspioValue)]\n\
         pub struct {name}(pub {inner});"
    )
}
