//! Merges the record's fields.

use super::attributes::value_of;
use super::context::MergeContext;
use super::docs::change_docs;
use super::edits::{Edits, after_line, dense, line_start, lines_at};
use super::syntax::{Field, Parsed, Role, Struct, list_of};
use crate::emit;
use crate::markers::ColumnMarker;
use crate::naming::{Distinct, member_name};
use crate::source::Column;
use crate::text::literal;
use caspio_schema::is_same_name;
use std::collections::BTreeMap;

/// Adapts the record's fields to the current columns.
pub(super) fn merge(text: &str, parsed: &Parsed, context: &mut MergeContext<'_>) -> String {
    let Some(record) = parsed.record() else {
        return text.to_owned();
    };
    let mut edits = Edits::default();
    let members = members(&record, context);
    let mut added = NewFields::after(&record, text);
    for column in &context.source.columns {
        if let Some(field) = record.field(&column.name) {
            let marker = context.marker(&column.name).cloned();
            if let Some(marker) = marker {
                change(&mut edits, text, field, &marker, column, context);
            }
            added.after_field(text, field);
        } else if let Some(member) = members.get(&column.name) {
            let lines = new_field(&record, column, member, context.values(&column.name));
            added.add(&lines);
            context
                .reasons
                .push(format!("column {} is new", column.name));
        }
    }
    for field in &record.fields {
        let Role::Column(name) = &field.role else {
            continue;
        };
        let is_there = context
            .source
            .columns
            .iter()
            .any(|column| is_same_name(&column.name, name));
        if let (false, Some(marker)) = (is_there, context.marker(name).cloned()) {
            remove(&mut edits, text, field, &is_own(field, &marker), name);
            context
                .reasons
                .push(format!("column {name} no longer exists"));
        }
    }
    added.into_edits(&mut edits, text, &record);
    edits.apply(text)
}

/// Returns names for the columns that have no field and never had one.
fn members(record: &Struct, context: &MergeContext<'_>) -> BTreeMap<String, String> {
    let new: Vec<&Column> = context
        .source
        .columns
        .iter()
        .filter(|column| {
            record.field(&column.name).is_none() && context.marker(&column.name).is_none()
        })
        .collect();
    let wanted: Vec<Option<String>> = new.iter().map(|column| member_name(&column.name)).collect();
    let taken = record.fields.iter().map(|field| field.name.clone());
    let names = Distinct::taken(taken).name_all(&wanted, "field");
    new.iter()
        .map(|column| column.name.clone())
        .zip(names)
        .collect()
}

fn new_field(record: &Struct, column: &Column, member: &str, values: Option<&str>) -> String {
    let mut items = Vec::new();
    if !is_same_name(&record.rule.apply(member), &column.name) {
        items.push(format!("rename = {}", literal(&column.name)));
    }
    items.extend(column.spec.attributes().into_iter().map(str::to_owned));
    let ty = column.spec.field_type(values_of(column, values));
    emit::record_field(&column.docs, &items, member, &ty)
}

fn values_of<'a>(column: &Column, values: Option<&'a str>) -> Option<&'a str> {
    values.filter(|_| column.spec.values)
}

/// Returns the type that was generated for a field.
fn generated(field: &Field, marker: &ColumnMarker) -> String {
    let values = list_of(&field.ty).filter(|_| marker.spec.values);
    marker.spec.field_type(values.as_deref())
}

/// Adapts one field to its column.
fn change(
    edits: &mut Edits,
    text: &str,
    field: &Field,
    was: &ColumnMarker,
    now: &Column,
    context: &mut MergeContext<'_>,
) {
    change_docs(
        edits,
        text,
        &field.docs,
        was.docs.as_deref(),
        &now.docs,
        field.range.start,
    );
    let old = generated(field, was);
    let new = now
        .spec
        .field_type(values_of(now, context.values(&now.name)));
    let own = is_own_type(field, &old);
    let is_other_kind = was.spec.is_of_other_kind(&now.spec);
    if !own && old != new {
        edits.replace(field.ty_range.clone(), new.clone());
        let (name, ty) = (&now.name, &field.ty);
        context
            .reasons
            .push(format!("column {name} is `{new}` now, was `{ty}`"));
    } else if own && (is_other_kind || was.spec.null != now.spec.null) {
        let (name, ty) = (&now.name, &field.ty);
        context.notes.push(format!(
            "column {name} would be `{new}` now; its field keeps your own type `{ty}`"
        ));
    }
    let is: Vec<String> = field
        .words
        .iter()
        .flat_map(|(_, words)| words)
        .cloned()
        .collect();
    // They belong to the user's type.
    if own && is_other_kind {
        return;
    }
    let words = words(&is, was, now, own);
    if words != is {
        change_words(edits, text, field, &words);
        context
            .reasons
            .push(format!("the attributes of column {} changed", now.name));
    }
}

/// Returns the words of a field's attributes, with those added or removed that the account added or removed.
fn words(is: &[String], was: &ColumnMarker, now: &Column, own: bool) -> Vec<String> {
    let (old, new) = (was.spec.attributes(), now.spec.attributes());
    let stays = |word: &&String| new.contains(&word.as_str()) || !old.contains(&word.as_str());
    let mut words: Vec<String> = is.iter().filter(stays).cloned().collect();
    for word in new {
        let key = |other: &String| other == word || value_of(other, word).is_some();
        // A type of the user's may have no default.
        let fits = !(own && word == "default");
        if !old.contains(&word) && fits && !words.iter().any(key) {
            words.push(word.to_owned());
        }
    }
    words
}

fn change_words(edits: &mut Edits, text: &str, field: &Field, words: &[String]) {
    let mut places = field.words.iter().map(|(range, _)| range.clone());
    match places.next() {
        Some(first) if !words.is_empty() => {
            let indent = &text[line_start(text, first.start)..first.start];
            edits.replace(first, emit::attribute(words, indent));
        }
        Some(first) => edits.remove(first.start..after_blanks(text, first.end)),
        None => {
            let start = after_docs(text, field);
            let indent = &text[line_start(text, start)..start];
            let attribute = emit::attribute(words, "    ");
            edits.insert(start, format!("{attribute}\n{indent}"));
        }
    }
    for place in places {
        edits.remove(place.start..after_blanks(text, place.end));
    }
}

fn after_docs(text: &str, field: &Field) -> usize {
    match &field.docs.range {
        Some(docs) if docs.start == field.range.start => after_blanks(text, docs.end),
        _ => field.range.start,
    }
}

fn after_blanks(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest.len() - rest.trim_start().len()
}

/// Returns whether the user changed a field's type or attributes.
pub(super) fn is_own(field: &Field, marker: &ColumnMarker) -> bool {
    let generated_words = marker.spec.attributes();
    let mut words = field.words.iter().flat_map(|(_, words)| words);
    field.other_attributes
        || dense(&field.ty) != dense(&generated(field, marker))
        || words.any(|word| {
            value_of(word, "rename").is_none() && !generated_words.contains(&word.as_str())
        })
}

/// Removes a field; one that the user changed stays as a comment.
pub(super) fn remove(edits: &mut Edits, text: &str, field: &Field, own: &bool, column: &str) {
    let line = line_start(text, field.range.start);
    let start = if text[line..field.range.start].trim().is_empty() {
        line
    } else {
        field.range.start
    };
    let end = after_line(text, field.end());
    let mut comment = String::new();
    if *own {
        if start > line {
            comment.push('\n');
        }
        let column = literal(column);
        comment.push_str(&format!(
            "    // The account has no column {column} any more:\n"
        ));
        for line in text[start..end].lines() {
            comment.push_str(&format!("    // {}\n", line.trim()));
        }
    }
    edits.replace(start..end, comment);
}

/// New fields, by the position to insert them at.
pub(super) struct NewFields {
    at: usize,
    lines: BTreeMap<usize, String>,
}

impl NewFields {
    /// Starts after the key, or before all fields if there is none.
    pub(super) fn after(item: &Struct, text: &str) -> Self {
        let key = item.fields.iter().find(|field| field.role == Role::Key);
        let at = key.map_or(item.open, Field::end);
        Self {
            at: after_line(text, at),
            lines: BTreeMap::new(),
        }
    }

    pub(super) fn after_field(&mut self, text: &str, field: &Field) {
        self.at = after_line(text, field.end());
    }

    pub(super) fn add(&mut self, lines: &str) {
        self.lines.entry(self.at).or_default().push_str(lines);
    }

    /// Adds the fields, and the trailing comma that the last existing field may lack.
    pub(super) fn into_edits(self, edits: &mut Edits, text: &str, item: &Struct) {
        if !self.lines.is_empty()
            && let Some(last) = item.fields.last()
            && last.comma.is_none()
        {
            edits.insert(last.range.end, ",");
        }
        for (at, lines) in self.lines {
            edits.insert(at, lines_at(text, at, &lines));
        }
    }
}

/// Returns whether the user chose a field's type: it is not the generated one, or the user converts its values.
pub(super) fn is_own_type(field: &Field, generated: &str) -> bool {
    let mut words = field.words.iter().flat_map(|(_, words)| words);
    dense(&field.ty) != dense(generated) || words.any(|word| value_of(word, "with").is_some())
}
