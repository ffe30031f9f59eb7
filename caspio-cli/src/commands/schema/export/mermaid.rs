//! A diagram of tables and views, in the language of Mermaid.

use super::returned::fields;
use caspio::record::ObjectKind;
use caspio::schema::{DataType, FieldDefinition, ObjectDefinition, Relationship, Schema};
use caspio_schema::PK_ID;
use serde_json::Value;
use std::collections::BTreeSet;

const UNKNOWN_NUMBERS: &str =
    "    %% The API does not report how many records of one belong to one of the other.\n";

pub(super) fn text(schema: &Schema) -> String {
    let mut out = "erDiagram\n".to_owned();
    for table in &schema.tables {
        entity(ObjectKind::Table, table, &mut out);
    }
    for view in &schema.views {
        entity(ObjectKind::View, view, &mut out);
    }
    let (related, unnamed) = related(schema);
    let reads = reads(schema);
    if !related.is_empty() || !reads.is_empty() {
        out.push_str(UNKNOWN_NUMBERS);
    }
    for (one, other) in related {
        out.push_str(&format!("    {one} }}o--o{{ {other} : \"related\"\n"));
    }
    for (view, table) in reads {
        out.push_str(&format!("    {view} }}o..o{{ {table} : \"reads\"\n"));
    }
    if unnamed > 0 {
        let line =
            format!("    %% Relationships that name no other table of the diagram: {unnamed}\n");
        out.push_str(&line);
    }
    out
}

fn entity(kind: ObjectKind, object: &ObjectDefinition, out: &mut String) {
    let key = match kind {
        ObjectKind::Table => DataType::Autonumber,
        ObjectKind::View => DataType::Text255,
    };
    let key = FieldDefinition::new(PK_ID, key);
    out.push_str(&format!("    {} {{\n", entity_name(kind, &object.name)));
    attribute(&key, " PK", out);
    for field in fields(object) {
        attribute(field, if field.unique { " UK" } else { "" }, out);
    }
    out.push_str("    }\n");
}

fn attribute(field: &FieldDefinition, key: &str, out: &mut String) {
    let name = word(&field.name);
    let mut notes = Vec::new();
    if name != field.name {
        notes.push(text_of(&field.name));
    }
    if field.formula {
        notes.push("formula".to_owned());
    }
    let notes = match notes.is_empty() {
        true => String::new(),
        false => format!(" \"{}\"", notes.join(", ")),
    };
    let ty = word(field.data_type.name());
    out.push_str(&format!("        {ty} {name}{key}{notes}\n"));
}

/// Returns the name of a table or view in quotes. A table may have the name of a view.
fn entity_name(kind: ObjectKind, name: &str) -> String {
    let note = match kind {
        ObjectKind::Table => "",
        // No name of a table has a parenthesis once it is encoded.
        ObjectKind::View => " (view)",
    };
    format!("\"{}{note}\"", text_of(name))
}

/// Encodes a text for quotes: its other characters have a meaning for Mermaid or for the page that shows the diagram.
fn text_of(text: &str) -> String {
    // The lexer takes `direction TB` for a statement within quotes, too.
    let blank_is_safe = !text.to_lowercase().contains("direction");
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        let is_plain = character.is_alphanumeric()
            || matches!(character, '_' | '-' | '.')
            || character == ' ' && blank_is_safe;
        match is_plain {
            true => encoded.push(character),
            false => encoded.push_str(&format!("#{};", u32::from(character))),
        }
    }
    encoded
}

/// Returns a word that Mermaid takes for the name or type of an attribute, which cannot be quoted.
fn word(text: &str) -> String {
    let letters = text.chars().map(|character| match character {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '_' => character,
        _ => '_',
    });
    let word: String = letters.collect();
    let is_key = ["PK", "FK", "UK"]
        .iter()
        .any(|key| key.eq_ignore_ascii_case(&word));
    match word.chars().next() {
        Some('0'..='9') | None => format!("_{word}"),
        _ if is_key => format!("_{word}"),
        _ => word,
    }
}

/// Returns the tables that are related, and the number of relationships that name no other table.
///
/// That a relationship names its tables is inferred, fact `relationships-name-tables`.
fn related(schema: &Schema) -> (BTreeSet<(String, String)>, usize) {
    let mut pairs = BTreeSet::new();
    let mut unnamed = 0;
    for table in &schema.tables {
        for relationship in &table.relationships {
            let mut others = tables_in(relationship, schema);
            others.remove(table.name.as_str());
            unnamed += usize::from(others.is_empty());
            pairs.extend(others.into_iter().map(|other| pair(&table.name, other)));
        }
    }
    (pairs, unnamed)
}

/// Both tables may report their relationship, which is one line.
fn pair(one: &str, other: &str) -> (String, String) {
    let name = |name| entity_name(ObjectKind::Table, name);
    (name(one.min(other)), name(one.max(other)))
}

fn tables_in<'s>(relationship: &Relationship, schema: &'s Schema) -> BTreeSet<&'s str> {
    let mut names = BTreeSet::new();
    let mut rest: Vec<&Value> = relationship.members.values().collect();
    while let Some(value) = rest.pop() {
        match value {
            Value::String(text) => {
                names.extend(schema.table(text).map(|table| table.name.as_str()))
            }
            Value::Array(items) => rest.extend(items),
            Value::Object(members) => rest.extend(members.values()),
            _ => {}
        }
    }
    names
}

/// Returns the views with the tables of their fields.
fn reads(schema: &Schema) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for view in &schema.views {
        let tables = view
            .fields
            .iter()
            .filter_map(|field| table_of(field, schema));
        let name = entity_name(ObjectKind::View, &view.name);
        pairs.extend(tables.map(|table| (name.clone(), entity_name(ObjectKind::Table, table))));
    }
    pairs
}

/// Returns the table of a view's field, from a name such as `Orders.Total`. Both parts may contain dots.
fn table_of<'s>(field: &FieldDefinition, schema: &'s Schema) -> Option<&'s str> {
    let name = field.table_field.as_deref()?;
    let mut tables = name.match_indices('.').filter_map(|(dot, _)| {
        let table = schema.table(&name[..dot])?;
        table.field(&name[dot + 1..]).map(|_| table.name.as_str())
    });
    tables.next()
}
