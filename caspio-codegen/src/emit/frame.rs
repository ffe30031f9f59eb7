//! Emits structs without columns, which merging then adds.

use super::{attribute, doc_comment, plain_key};
use crate::markers::{BeginMarker, END};
use crate::text::{doc_lines, literal};

/// Returns a block whose record has only its key.
pub(crate) fn record_frame(
    begin: &BeginMarker,
    docs: &[String],
    record: &str,
    rule: &str,
) -> String {
    let (derive, kind) = (begin.kind.derive(), begin.kind.word());
    let key = plain_key(begin.kind);
    let mut items = vec![format!("{kind} = {}", literal(&begin.name))];
    if !rule.is_empty() {
        items.push(format!("rename_all = {}", literal(rule)));
    }
    let begin = begin.write();
    let used = use_line(&[derive.to_owned()]);
    let docs = doc_comment(docs, "");
    let attribute = attribute(&items, "");
    format!(
        "{begin}\n{used}\n\n{docs}#[derive(Debug, Clone, PartialEq, {derive})]\n{attribute}\n\
         pub struct {record} {{\n    #[caspio(pk)]\n    pub pk_id: {key},\n}}\n\n{END}"
    )
}

/// Returns a struct for inserts without fields.
pub(crate) fn insert_frame(table: &str, record: &str, insert: &str) -> String {
    let about = doc_lines(&format!(
        "A record to insert into the table {}.",
        literal(table)
    ));
    let docs = doc_comment(&about, "");
    format!(
        "{docs}#[derive(Debug, Clone, Default, PartialEq, CaspioInsert)]\n\
         #[caspio(table = {record})]\npub struct {insert} {{\n}}\n"
    )
}

/// Returns the import of names of the SDK, in the order that rustfmt uses.
pub(crate) fn use_line(names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    match names.as_slice() {
        [name] => format!("use caspio::{name};"),
        names => format!("use caspio::{{{}}};", names.join(", ")),
    }
}
