//! Merges the block of a table or view with its current definition.

use super::attributes::Docs;
use super::edits::{Edits, line_start, lines_at};
use super::syntax::{Parsed, Struct};
use super::{derives, imports, insert, list_enum, new, record};
use crate::emit;
use crate::error::Error;
use crate::markers::{BeginMarker, COLUMN, ColumnMarker, END};
use crate::naming::best_rule;
use crate::source::Source;
use crate::text::doc_hash;
use caspio_schema::is_same_name;
use std::collections::BTreeMap;

/// The names of types that do not exist yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) record: String,
    /// The enum of each list column, by the column's name.
    pub(crate) values: BTreeMap<String, String>,
}

/// A merged block, and the reasons for its changes.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) text: String,
    pub(crate) reasons: Vec<String>,
    /// Findings that need attention and changed nothing.
    pub(crate) notes: Vec<String>,
}

/// The state that the steps of a merge share.
pub(super) struct MergeContext<'a> {
    pub(super) source: &'a Source,
    pub(super) names: &'a Names,
    /// The markers before the merge.
    pub(super) markers: Vec<ColumnMarker>,
    pub(super) reasons: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl MergeContext<'_> {
    /// Returns the column's marker: its definition when its field was generated.
    pub(super) fn marker(&self, column: &str) -> Option<&ColumnMarker> {
        self.markers
            .iter()
            .find(|marker| is_same_name(&marker.name, column))
    }

    /// Returns the enum of a list column.
    pub(super) fn values(&self, column: &str) -> Option<&str> {
        self.names.values.get(column).map(String::as_str)
    }
}

/// Merges a block that starts at a line of the file, or creates one.
pub(crate) fn merge(
    existing: Option<(&str, usize)>,
    source: &Source,
    names: &Names,
) -> Result<Merged, Error> {
    let (text, line) = match existing {
        Some((text, line)) => (text.replace("\r\n", "\n"), line),
        None => (frame(source, names), 1),
    };
    let parsed = Parsed::of(&text, line)?;
    let was = text.lines().next().and_then(BeginMarker::read);
    let mut context = MergeContext {
        source,
        names,
        markers: parsed.columns.clone(),
        reasons: Vec::new(),
        notes: Vec::new(),
    };
    let code = steps(Code { text, parsed }, was.as_ref(), &mut context)?;
    if existing.is_none() {
        context.reasons.clear();
    }
    let windows = existing.is_some_and(|(text, _)| text.contains("\r\n"));
    Ok(Merged {
        text: if windows {
            code.text.replace('\n', "\r\n")
        } else {
            code.text
        },
        reasons: context.reasons,
        notes: context.notes,
    })
}

/// A block's text and its parsed form.
struct Code {
    text: String,
    parsed: Parsed,
}

impl Code {
    /// Replaces the text by the result of a step.
    fn set(&mut self, text: String) -> Result<(), Error> {
        if text != self.text {
            self.parsed = again(&text)?;
            self.text = text;
        }
        Ok(())
    }
}

fn steps(
    mut code: Code,
    was: Option<&BeginMarker>,
    context: &mut MergeContext<'_>,
) -> Result<Code, Error> {
    let record = code.parsed.record();
    let used = imports::used(&code.parsed);
    let had_insert = was.is_some_and(|begin| begin.insert) || code.parsed.insert().is_some();

    code.set(record_docs(&code.text, &code.parsed, was, context))?;
    code.set(record::merge(&code.text, &code.parsed, context))?;
    if context.source.insert && !had_insert {
        code.set(with_insert(&code.text, &code.parsed, context))?;
    }
    let insert = code.parsed.insert();
    code.set(insert::merge(
        &code.text,
        &code.parsed,
        record.as_deref(),
        context,
    ))?;
    code.set(new::merge(
        &code.text,
        &code.parsed,
        insert.as_deref(),
        context,
    ))?;
    code.set(derives::merge(
        &code.text,
        &code.parsed,
        record.as_deref(),
        insert.as_deref(),
    ))?;
    code.set(list_enum::merge(&code.text, &code.parsed, context))?;
    code.set(imports::merge(&code.text, &code.parsed, &used))?;
    code.set(markers(&code.text, context))?;
    Ok(code)
}

/// Parses the result of a step.
fn again(text: &str) -> Result<Parsed, Error> {
    Parsed::of(text, 1).map_err(|error| {
        Error::new(format!(
            "the merged code would not be Rust, so nothing was written; delete what you changed \
             in this file between the markers, or report it ({error})"
        ))
    })
}

fn frame(source: &Source, names: &Names) -> String {
    let begin = BeginMarker {
        kind: source.kind,
        name: source.name.clone(),
        insert: false,
        docs: doc_hash(&source.docs),
    };
    let rule = best_rule(source.columns.iter().map(|column| column.name.as_str()));
    emit::record_frame(&begin, &source.docs, &names.record, rule)
}

/// Updates the documentation of the record, unless the user changed it.
fn record_docs(
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
            let end = super::edits::after_line(text, range.end);
            edits.replace(line_start(text, range.start)..end, lines);
        }
        None => edits.insert(start, format!("{}{indent}", lines.trim_start())),
    }
    true
}

/// Adds a struct for inserts, without fields, after the record.
fn with_insert(text: &str, parsed: &Parsed, context: &MergeContext<'_>) -> String {
    let Some(record) = parsed.record() else {
        return text.to_owned();
    };
    let insert = format!("New{}", record.ident);
    let code = emit::insert_frame(&context.source.name, &record.ident, &insert);
    let at = super::edits::after_line(text, record.range.end);
    let mut edits = Edits::default();
    edits.insert(at, lines_at(text, at, &format!("\n{code}")));
    edits.apply(text)
}

/// Writes the current markers: one at the beginning, those of the columns at the end in their order.
fn markers(text: &str, context: &MergeContext<'_>) -> String {
    let begin = BeginMarker {
        kind: context.source.kind,
        name: context.source.name.clone(),
        insert: context.source.insert,
        docs: doc_hash(&context.source.docs),
    };
    let is_marker = |line: &&str| line.trim().starts_with(COLUMN) || line.trim() == END;
    // In a module, rustfmt indents the markers.
    let first = text.lines().next().unwrap_or_default();
    let indent = &first[..first.len() - first.trim_start().len()];
    let mut lines: Vec<String> = vec![format!("{indent}{}", begin.write())];
    lines.extend(
        text.lines()
            .skip(1)
            .filter(|line| !is_marker(line))
            .map(str::to_owned),
    );
    lines.extend(context.source.columns.iter().map(|column| {
        let marker = ColumnMarker {
            name: column.name.clone(),
            spec: column.spec.clone(),
            docs: doc_hash(&column.docs),
        };
        format!("{indent}{}", marker.write())
    }));
    lines.push(format!("{indent}{END}"));
    lines.join("\n")
}
