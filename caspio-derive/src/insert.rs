//! A struct of columns to insert, as parsed.

use crate::check;
use crate::errors::Errors;
use crate::keys::DeriveKind;
use crate::named_fields::named_fields;
use crate::options::{FieldOptions, StructOptions};
use crate::origin::Origin;
use crate::setting::Source;
use proc_macro2::Ident;
use std::collections::HashMap;
use syn::{DeriveInput, Field, Generics, Path, Type};

/// A struct that is inserted into a table or view.
pub(crate) struct Insert {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The struct of the table or view.
    pub(crate) source: Type,
    /// `table` or `view`, whichever was written.
    pub(crate) source_key: Ident,
    pub(crate) columns: Vec<InsertColumn>,
}

/// A field that is a column.
pub(crate) struct InsertColumn {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The field of the table's struct for the same column.
    pub(crate) member: Ident,
    /// The function that returns the value to be written.
    pub(crate) to: Option<Path>,
}

impl Insert {
    /// Reads the struct; `None` after a mistake that leaves nothing to generate code from.
    pub(crate) fn read(
        input: &DeriveInput,
        options: StructOptions,
        errors: &mut Errors,
    ) -> Option<Self> {
        check::struct_options(input, &options, DeriveKind::Insert, errors);
        let fields = named_fields(input, DeriveKind::Insert, errors)?;
        let columns: Vec<InsertColumn> = fields
            .named
            .iter()
            .filter_map(|field| column(field, errors))
            .collect();
        distinct(&columns, errors);
        if columns.is_empty() {
            errors.push(input.ident.span(), "this record has no columns to insert");
        }
        let source = options.source?;
        let Some(Source::Of(ty)) = source.value else {
            return None;
        };
        Some(Self {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            source: *ty,
            source_key: source.key,
            columns,
        })
    }
}

fn column(field: &Field, errors: &mut Errors) -> Option<InsertColumn> {
    let ident = field.ident.clone()?;
    let options = FieldOptions::read(&field.attrs, DeriveKind::Insert, errors);
    check::field_options(&options, DeriveKind::Insert, errors);
    if options.skip.is_some() {
        return None;
    }
    let member = match options.origin.and_then(|set| set.value) {
        Some(Origin::Member(member)) => member,
        _ => ident.clone(),
    };
    Some(InsertColumn {
        ident,
        ty: field.ty.clone(),
        member,
        to: options.to.and_then(|set| set.value),
    })
}

fn distinct(columns: &[InsertColumn], errors: &mut Errors) {
    let mut seen: HashMap<&Ident, &Ident> = HashMap::new();
    for column in columns {
        match seen.get(&column.member) {
            Some(first) => errors.push(
                column.member.span(),
                format!("this column is the field `{first}` already"),
            ),
            None => {
                seen.insert(&column.member, &column.ident);
            }
        }
    }
}
