//! Merges the fields of the struct for inserts.

use super::attributes::value_of;
use super::context::MergeContext;
use super::edits::{Edits, dense};
use super::record::{NewFields, is_own_type, remove};
use super::syntax::{Field, Parsed, Struct, list_of};
use crate::emit;
use crate::markers::ColumnMarker;
use crate::naming::{as_written, member_name};
use crate::source::Column;
use caspio_schema::is_same_name;

/// Adapts the fields to the writable columns. `was` is the record before the merge.
pub(super) fn merge(
    text: &str,
    parsed: &Parsed,
    was: Option<&Struct>,
    context: &mut MergeContext<'_>,
) -> String {
    let (Some(record), Some(insert)) = (parsed.record(), parsed.insert()) else {
        return text.to_owned();
    };
    let mut edits = Edits::default();
    let mut added = NewFields::after(&insert, text);
    name_record(&mut edits, &insert, &record);
    for column in &context.source.columns {
        let Some(member) = record.field(&column.name).map(|field| &field.name) else {
            continue;
        };
        let marker = context.marker(&column.name).cloned();
        match find(&insert, &record, column, member) {
            Some(field) if column.is_writable() => {
                if member_of(field) != *member {
                    edits.replace(field.name_range.clone(), as_written(member));
                    context
                        .reasons
                        .push(format!("`{}` is named `{member}`", field.name));
                }
                if let Some(marker) = &marker {
                    change(&mut edits, field, marker, column, context);
                }
                added.after_field(text, field);
            }
            Some(field) if marker.as_ref().is_some_and(|marker| !marker.spec.read_only) => {
                remove(&mut edits, text, field, &false, &column.name);
            }
            None if column.is_writable() && marker.is_none_or(|marker| marker.spec.read_only) => {
                let ty = insert_type(column, context);
                added.add(&emit::insert_field(member, &ty));
            }
            Some(_) | None => {}
        }
    }
    remove_gone(&mut edits, text, &insert, was, context);
    added.into_edits(&mut edits, text, &insert);
    edits.apply(text)
}

/// Follows a record that was renamed.
fn name_record(edits: &mut Edits, insert: &Struct, record: &Struct) {
    if let Some((name, range)) = &insert.table
        && *name != record.ident
    {
        edits.replace(range.clone(), as_written(&record.ident));
    }
}

/// Returns the field of a column: the one with the name of the record's field or, if that was renamed,
/// with the name that was generated first.
fn find<'a>(
    insert: &'a Struct,
    record: &Struct,
    column: &Column,
    member: &str,
) -> Option<&'a Field> {
    let named = |name: &str| insert.fields.iter().find(|field| member_of(field) == name);
    named(member).or_else(|| {
        let first = member_name(&column.name)?;
        let free = !record.fields.iter().any(|field| field.name == first);
        named(&first).filter(|_| free)
    })
}

/// Returns the record's field that an insert's field belongs to: the one of its name, or of its `column`.
fn member_of(field: &Field) -> &str {
    let mut words = field.words.iter().flat_map(|(_, words)| words);
    let column = words.find_map(|word| value_of(word, "column"));
    column.map_or(&field.name, |column| column.trim_start_matches("r#"))
}

fn insert_type(column: &Column, context: &MergeContext<'_>) -> String {
    let values = context.values(&column.name).filter(|_| column.spec.values);
    column.spec.insert_type(values)
}

/// Returns the type that was generated for a field.
fn generated(field: &Field, marker: &ColumnMarker) -> String {
    let values = list_of(&field.ty).filter(|_| marker.spec.values);
    marker.spec.insert_type(values.as_deref())
}

fn change(
    edits: &mut Edits,
    field: &Field,
    was: &ColumnMarker,
    now: &Column,
    context: &mut MergeContext<'_>,
) {
    let (old, new) = (generated(field, was), insert_type(now, context));
    let (name, ty) = (&now.name, &field.ty);
    if is_own_type(field, &old) {
        if was.spec.is_of_other_kind(&now.spec) {
            context.notes.push(format!(
                "column {name} would be inserted as `{new}` now; its field keeps your own type `{ty}`"
            ));
        }
    } else if old != new {
        edits.replace(field.ty_range.clone(), new.clone());
        context.reasons.push(format!(
            "column {name} is inserted as `{new}` now, was `{ty}`"
        ));
    }
}

/// Removes the fields of columns that the account no longer has.
fn remove_gone(
    edits: &mut Edits,
    text: &str,
    insert: &Struct,
    was: Option<&Struct>,
    context: &MergeContext<'_>,
) {
    for marker in &context.markers {
        if context
            .source
            .columns
            .iter()
            .any(|column| is_same_name(&column.name, &marker.name))
        {
            continue;
        }
        let member = was.and_then(|record| record.field(&marker.name));
        let member = member.map(|field| field.name.clone());
        let Some(member) = member.or_else(|| member_name(&marker.name)) else {
            continue;
        };
        let found = insert
            .fields
            .iter()
            .find(|field| member_of(field) == member);
        if let Some(field) = found {
            let own = dense(&field.ty) != dense(&generated(field, marker));
            remove(
                edits,
                text,
                field,
                &(own || field.other_attributes),
                &marker.name,
            );
        }
    }
}
