//! Merges the documentation of a record and of its fields.

use super::attributes::Docs;
use super::context::MergeContext;
use super::edits::{Edits, after_line, line_start};
use super::syntax::{Parsed, Struct};
use crate::emit;
use crate::markers::BeginMarker;
use crate::text::doc_hash;

/// Updates the documentation of the record, unless the user changed it.
pub(super) fn record_docs(
    text: &str,
    parsed: &Parsed,
    was: Option<&BeginMarker>,
    context: &mut MergeContext<'_>,
) -> String {
    let (Some(record), Some(was)) = (parsed.record(), was) else {
        return text.to_owned();
    };
    let mut edits = Edits::default();
    let Struct { docs, range, .. } = &*record;
    if change_docs(
        &mut edits,
        text,
        docs,
        was.docs.as_deref(),
        &context.source.docs,
        range.start,
    ) {
        context.reasons.push("the note changed".to_owned());
    }
    edits.apply(text)
}

/// Replaces documentation that the user did not change, if its text in the account changed. `start` is the
/// start of the documented item. Returns whether it was replaced.
pub(super) fn change_docs(
    edits: &mut Edits,
    text: &str,
    docs: &Docs,
    was: Option<&str>,
    now: &[String],
    start: usize,
) -> bool {
    let is = doc_hash(&docs.lines);
    let changed = doc_hash(now).as_deref() != was;
    if !changed || is.as_deref() != was {
        return false;
    }
    let line = line_start(text, start);
    let indent: String = text[line..start]
        .chars()
        .take_while(|c| c.is_whitespace())
        .collect();
    let lines = emit::doc_comment(now, &indent);
    match &docs.range {
        Some(range) => {
            let end = after_line(text, range.end);
            edits.replace(line_start(text, range.start)..end, lines);
        }
        None => edits.insert(start, format!("{}{indent}", lines.trim_start())),
    }
    true
}
