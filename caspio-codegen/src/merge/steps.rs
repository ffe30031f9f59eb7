//! Merges the block of a table or view with its current definition, in steps.

use super::context::{MergeContext, Names};
use super::docs::record_docs;
use super::edits::{Edits, after_line, lines_at};
use super::syntax::Parsed;
use super::{derives, imports, insert, key_type, list_enum, new, record};
use crate::emit;
use crate::error::Error;
use crate::markers::{BeginMarker, COLUMN, ColumnMarker, END};
use crate::naming::best_rule;
use crate::source::Source;
use crate::text::doc_hash;

/// A merged block, and the reasons for its changes.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) text: String,
    pub(crate) reasons: Vec<String>,
    /// Findings that need attention and changed nothing.
    pub(crate) notes: Vec<String>,
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
    code.set(key_type::merge(&code.text, &code.parsed, context))?;
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

/// Adds a struct for inserts, without fields, after the record.
fn with_insert(text: &str, parsed: &Parsed, context: &MergeContext<'_>) -> String {
    let Some(record) = parsed.record() else {
        return text.to_owned();
    };
    let insert = format!("New{}", record.ident);
    let code = emit::insert_frame(&context.source.name, &record.ident, &insert);
    let at = after_line(text, record.range.end);
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
