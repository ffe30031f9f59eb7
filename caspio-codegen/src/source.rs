//! The tables and views to generate, with the columns of their structs.

use crate::field_spec::{FieldSpec, Nulls};
use crate::markers::Kind;
use crate::options::Options;
use crate::text::{doc_lines, literal, shown_as};
use caspio_schema::{DataType, FieldDefinition, ObjectDefinition, PK_ID, Schema};
use caspio_schema::{folded_name, is_same_name, position_of_name};
use std::collections::BTreeSet;

/// A table or view.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) columns: Vec<Column>,
    /// Whether it has a struct for inserts.
    pub(crate) insert: bool,
}

/// A column that becomes a field.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) spec: FieldSpec,
    /// The values of a list of texts.
    pub(crate) values: Vec<String>,
}

/// Returns the position of the table or view with this name.
pub(crate) fn position(sources: &[Source], kind: Kind, name: &str) -> Option<usize> {
    let of_kind = |&at: &usize| sources.get(at).is_some_and(|source| source.kind == kind);
    let at: Vec<usize> = (0..sources.len()).filter(of_kind).collect();
    let names = at
        .iter()
        .filter_map(|at| Some(sources.get(*at)?.name.as_str()));
    at.get(position_of_name(names, name)?).copied()
}

impl Source {
    pub(crate) fn of_table(table: &ObjectDefinition, options: &Options) -> Self {
        let fields = table.fields.iter().filter(|field| has_field(field));
        let columns: Vec<Column> = fields
            .map(|field| Column::of(field, field, Nulls::OfType, options))
            .collect();
        Self {
            kind: Kind::Table,
            docs: about(Kind::Table, &table.name, &table.note),
            name: table.name.clone(),
            insert: options.inserts && columns.iter().any(Column::is_writable),
            columns,
        }
    }

    pub(crate) fn of_view(view: &ObjectDefinition, schema: &Schema, options: &Options) -> Self {
        let origins: Vec<Option<Origin<'_>>> = view
            .fields
            .iter()
            .map(|field| Origin::of(field, schema))
            .collect();
        let nulls = if of_one_table(&origins) {
            Nulls::OfType
        } else {
            Nulls::Everywhere
        };
        let columns = view
            .fields
            .iter()
            .zip(&origins)
            .filter(|(field, _)| has_field(field) && field.data_type != DataType::Password)
            .map(|(field, origin)| {
                let definition = origin.as_ref().and_then(|origin| origin.field);
                let joined = definition.map_or_else(|| field.clone(), |of| as_in_table(field, of));
                Column::of(field, &joined, nulls, options)
            })
            .collect();
        Self {
            kind: Kind::View,
            name: view.name.clone(),
            docs: about(Kind::View, &view.name, &view.note),
            columns,
            insert: false,
        }
    }
}

impl Column {
    fn of(
        field: &FieldDefinition,
        definition: &FieldDefinition,
        nulls: Nulls,
        options: &Options,
    ) -> Self {
        let mut text = field.description.clone();
        if let Some(label) = shown_as(&field.label, &field.name) {
            text.push_str("\n\n");
            text.push_str(&label);
        }
        Self {
            name: field.name.clone(),
            docs: doc_lines(&text),
            spec: FieldSpec::of(definition, nulls, options.uuid, options.list_enums),
            values: texts(field),
        }
    }

    pub(crate) fn is_writable(&self) -> bool {
        !self.spec.read_only
    }
}

/// A field without a name cannot be selected in a query.
fn has_field(field: &FieldDefinition) -> bool {
    !is_same_name(&field.name, PK_ID) && !field.name.trim().is_empty()
}

/// Returns the distinct values of a text list, in the order of their keys.
fn texts(field: &FieldDefinition) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let texts = field.list.values().filter_map(|value| value.as_str());
    texts
        .filter(|text| seen.insert(*text))
        .map(str::to_owned)
        .collect()
}

fn about(kind: Kind, name: &str, note: &str) -> Vec<String> {
    let lines = doc_lines(note);
    if !lines.is_empty() {
        return lines;
    }
    doc_lines(&format!(
        "A record of the {} {}.",
        kind.word(),
        literal(name)
    ))
}

/// The table, and if known the field, that a view's field comes from.
struct Origin<'a> {
    table: String,
    field: Option<&'a FieldDefinition>,
}

impl<'a> Origin<'a> {
    /// Reads it from a name such as `Orders.Total`. Both parts may contain dots, so a split that names an
    /// existing table takes precedence.
    fn of(field: &FieldDefinition, schema: &'a Schema) -> Option<Self> {
        let name = field.table_field.as_deref()?;
        let dots = name.match_indices('.').map(|(index, _)| index);
        let splits: Vec<(&str, &str)> = dots.map(|dot| (&name[..dot], &name[dot + 1..])).collect();
        let known = splits.iter().find_map(|(table, column)| {
            let table = schema.table(table)?;
            Some((table.name.as_str(), table.field(column)?))
        });
        match known {
            Some((table, field)) => Some(Self {
                table: folded_name(table),
                field: Some(field),
            }),
            None => splits.last().map(|(table, _)| Self {
                table: folded_name(table),
                field: None,
            }),
        }
    }
}

/// Returns whether every field of a view comes from one table. A field of unknown origin may come from
/// another.
fn of_one_table(origins: &[Option<Origin<'_>>]) -> bool {
    let tables: BTreeSet<Option<&str>> = origins
        .iter()
        .map(|origin| origin.as_ref().map(|origin| origin.table.as_str()))
        .collect();
    tables.len() == 1 && !tables.contains(&None)
}

/// Returns a view's field with the properties that only the table's definition contains.
fn as_in_table(field: &FieldDefinition, of: &FieldDefinition) -> FieldDefinition {
    let mut joined = field.clone();
    joined.unique = of.unique;
    joined.unique_allow_nulls = of.unique_allow_nulls;
    joined.formula |= of.formula;
    joined.on_insert = of.on_insert;
    if !of.is_writable() {
        joined.editable = Some(false);
    }
    joined
}
