//! Checks of attributes that contradict each other or are missing.

use crate::errors::Errors;
use crate::keys::DeriveKind;
use crate::model::{Column, Field, Model, PK_ID, last_word};
use crate::options::{FieldOptions, StructOptions};
use crate::origin::Origin;
use crate::setting::Fallback;
use caspio_schema::{folded_name, is_same_name};
use proc_macro2::Ident;
use std::collections::HashMap;
use syn::spanned::Spanned;
use syn::{DeriveInput, Type};

/// The table or view is required.
pub(crate) fn struct_options(
    input: &DeriveInput,
    options: &StructOptions,
    kind: DeriveKind,
    errors: &mut Errors,
) {
    if options.source.is_none() {
        let word = kind.word();
        let message = match kind {
            DeriveKind::Table | DeriveKind::View => {
                format!("missing `#[caspio({word} = \"...\")]`, the {word}'s name in Caspio")
            }
            DeriveKind::Record => {
                "missing `#[caspio(of = ...)]`, the struct of the table or view that \
                             this is a projection of"
                    .to_owned()
            }
            DeriveKind::Insert => {
                "missing `#[caspio(table = ...)]`, the struct of the table that this \
                             is inserted into"
                    .to_owned()
            }
        };
        errors.push(input.ident.span(), message);
    }
}

/// A field's options that contradict each other.
pub(crate) fn field_options(options: &FieldOptions, kind: DeriveKind, errors: &mut Errors) {
    if options.skip.is_some() {
        skip_options(options, errors);
    } else if options.pk.is_some() {
        pk_options(options, errors);
    } else if options.password.is_some() {
        password_options(options, errors);
    } else if kind == DeriveKind::Record {
        name_options(options, errors);
    } else {
        write_options(options, errors);
    }
}

/// A password field has no options for reading or converting.
fn password_options(options: &FieldOptions, errors: &mut Errors) {
    if let Some(set) = &options.read_only {
        errors.push(
            set.key.span(),
            "a `password` column is written and never read, so it is not `read_only`: \
             to leave it out of writes, leave the field out",
        );
    }
    let reading = [
        options.default.as_ref().map(|set| &set.key),
        options.with.as_ref().map(|set| &set.key),
    ];
    for key in reading.into_iter().flatten() {
        errors.push(
            key.span(),
            format!("a `password` column is never read, so it has no `{key}`"),
        );
    }
    if let Some(set) = &options.to {
        errors.push(
            set.key.span(),
            "a `password` column is written unchanged, so it has no `to`",
        );
    }
}

/// A column that is not written needs no function for writing.
fn write_options(options: &FieldOptions, errors: &mut Errors) {
    if let (Some(to), Some(_)) = (&options.to, &options.read_only) {
        errors.push(
            to.key.span(),
            "`to` has no effect: a `read_only` column is never written",
        );
    }
}

/// In a projection, only computed values need a name.
fn name_options(options: &FieldOptions, errors: &mut Errors) {
    let origin = options.origin.as_ref().map(|set| &set.value);
    if let Some(set) = &options.rename
        && matches!(origin, None | Some(Some(Origin::Member(_))))
    {
        errors.push(
            set.key.span(),
            "`rename` has no effect: the column's name is known from the table's struct; \
             to read another field's column write `column = field`",
        );
    }
}

fn skip_options(options: &FieldOptions, errors: &mut Errors) {
    let with_a_column = [
        options.rename.as_ref().map(|set| &set.key),
        options.pk.as_ref().map(|set| &set.key),
        options.read_only.as_ref().map(|set| &set.key),
        options.with.as_ref().map(|set| &set.key),
        options.to.as_ref().map(|set| &set.key),
        options.password.as_ref().map(|set| &set.key),
        options.origin.as_ref().map(|set| &set.key),
    ];
    for key in with_a_column.into_iter().flatten() {
        errors.push(
            key.span(),
            format!("`{key}` has no effect: a `skip` field is not a column"),
        );
    }
    if let Some(set) = &options.default
        && matches!(set.value, Some(Fallback::Trait))
    {
        errors.push(
            set.key.span(),
            "`default` has no effect: a `skip` field is `Default::default()` anyway; \
             for another value name a function, `default = \"path\"`",
        );
    }
}

fn pk_options(options: &FieldOptions, errors: &mut Errors) {
    if let Some(set) = &options.rename {
        errors.push(
            set.key.span(),
            format!("`pk` is the column `{PK_ID}`, so it has no `rename`"),
        );
    }
    if let Some(set) = &options.origin {
        let key = &set.key;
        errors.push(
            key.span(),
            format!("`pk` is the column `{PK_ID}`, so it has no `{key}`"),
        );
    }
    let absent = [
        options.default.as_ref().map(|set| &set.key),
        options.with.as_ref().map(|set| &set.key),
    ];
    for key in absent.into_iter().flatten() {
        errors.push(
            key.span(),
            format!("`{PK_ID}` is always present and read unchanged, so it has no `{key}`"),
        );
    }
    let written = [
        options.to.as_ref().map(|set| &set.key),
        options.password.as_ref().map(|set| &set.key),
    ];
    for key in written.into_iter().flatten() {
        errors.push(
            key.span(),
            format!("`{PK_ID}` is always read and never written, so it has no `{key}`"),
        );
    }
}

/// The columns as a whole, and each column's type.
pub(crate) fn columns(model: &Model, errors: &mut Errors) {
    if model.reads().next().is_none() {
        errors.push(
            model.ident.span(),
            format!("this {} has no columns to read", model.kind.word()),
        );
    }
    distinct_names(model, errors);
    let marked = model.columns().any(|(_, column)| column.key);
    for (field, column) in model.columns() {
        if !matches!(column.origin, Origin::Member(_)) {
            nameless(column, errors);
            unmarked_key(field, column, marked, errors);
        }
        if column.with.is_none() && !column.password {
            borrowed_type(&field.ty, &model.ident, errors);
        }
        if column.key {
            key_type(&field.ty, model.kind, errors);
        }
    }
}

/// Caspio's names are not case-sensitive.
fn distinct_names(model: &Model, errors: &mut Errors) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for (field, column) in model.columns() {
        // A member and an alias may be one name, which only the compiler knows.
        let name = match &column.origin {
            Origin::Member(member) => format!("field {member}"),
            _ => folded_name(&column.name),
        };
        match seen.get(&name) {
            Some(first) if matches!(column.origin, Origin::Member(_)) => errors.push(
                field.ident.span(),
                format!("this column is the field `{first}` already"),
            ),
            Some(first) if column.key => errors.push(
                column.name_span,
                format!("`{first}` is the record's `{PK_ID}` already; a record has one `pk`"),
            ),
            Some(first) => errors.push(
                column.name_span,
                format!(
                    "the column `{}` is the field `{first}` already",
                    column.name
                ),
            ),
            None => {
                seen.insert(name, &field.ident);
            }
        }
    }
}

/// Some rules turn a field called `__` into an empty name.
fn nameless(column: &Column, errors: &mut Errors) {
    if column.name.is_empty() {
        errors.push(
            column.name_span,
            "`rename_all` leaves no name for this column: use `rename = \"...\"`",
        );
    }
}

/// A field named `PK_ID` without `pk` would be a key that nothing uses.
fn unmarked_key(field: &Field, column: &Column, marked: bool, errors: &mut Errors) {
    if column.key || !is_same_name(&column.name, PK_ID) {
        return;
    }
    if !matches!(column.origin, Origin::Column) {
        errors.push(
            column.name_span,
            format!("`{PK_ID}` is the record's key: give this value another name by `rename`"),
        );
    } else if !marked {
        errors.push(
            column.name_span,
            format!(
                "the column `{PK_ID}` is the record's key: mark `{}` with `#[caspio(pk)]`",
                field.ident,
            ),
        );
    }
}

/// A record can borrow only from its page.
fn borrowed_type(ty: &Type, ident: &Ident, errors: &mut Errors) {
    let Type::Reference(reference) = ty else {
        return;
    };
    let lives = reference.lifetime.as_ref();
    if lives.is_none_or(|lifetime| lifetime.ident == "static") {
        let span = lives.map_or(reference.and_token.span, syn::Lifetime::span);
        errors.push(
            span,
            format!(
                "a record borrows from the page it came in: declare a lifetime, `struct {ident}<'a>`, \
                 and use `&'a str`; or own the text with `String`",
            ),
        );
    }
}

/// Refuses a key type whose name shows that it is wrong. The compiler checks other types.
fn key_type(ty: &Type, kind: DeriveKind, errors: &mut Errors) {
    const NUMBERS: &[&str] = &[
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
        "f32", "f64",
    ];
    const OTHERS: &[&str] = &["bool", "char"];
    let Some(word) = last_word(ty) else { return };
    let name = word.to_string();
    let is_in = |names: &[&str]| names.contains(&name.as_str());
    // A projection does not name the kind of its source, table or view.
    let message = match kind {
        _ if name == "Option" => "is never null, so it cannot be an `Option`",
        DeriveKind::Table if is_in(&["i64", "i32", "u32"]) => return,
        DeriveKind::Table if name == "String" || is_in(NUMBERS) || is_in(OTHERS) => {
            "of a table is a whole number: use `i64` (`i32` and `u32` do as well)"
        }
        DeriveKind::View if is_in(NUMBERS) || is_in(OTHERS) => {
            "of a view is text, the ids of its tables' records joined by commas: use `String`"
        }
        DeriveKind::Record if is_in(OTHERS) => "is a number in a table and text in a view",
        DeriveKind::Table | DeriveKind::View | DeriveKind::Record | DeriveKind::Insert => return,
    };
    errors.push(ty.span(), format!("`{PK_ID}` {message}"));
}
