//! Reads a struct into its model, and checks it.

use crate::check;
use crate::errors::Errors;
use crate::keys::DeriveKind;
use crate::model::{Column, Facts, Field, Model, PK_ID, Role};
use crate::named_fields::named_fields;
use crate::options::{FieldOptions, StructOptions};
use crate::origin::Origin;
use crate::params::Params;
use crate::schema;
use crate::setting::Fallback;
use syn::ext::IdentExt;
use syn::{Attribute, DeriveInput, Ident};

impl Model {
    /// Reads the struct; `None` if it has a shape that no record can have. After any other mistake the model is good
    /// enough to declare the columns.
    pub(crate) fn read(
        input: &DeriveInput,
        options: StructOptions,
        kind: DeriveKind,
        errors: &mut Errors,
    ) -> Option<Self> {
        check::struct_options(input, &options, kind, errors);
        let fields = named_fields(input, kind, errors);
        let params = Params::read(input, errors);
        let (fields, params) = (fields?, params?);
        let rule = options.rename_all.and_then(|set| set.value);
        let rule = rule.unwrap_or_default();
        let mut read = Vec::new();
        for field in &fields.named {
            let Some(ident) = field.ident.clone() else {
                continue;
            };
            let options = FieldOptions::read(&field.attrs, kind, errors);
            check::field_options(&options, kind, errors);
            read.push(Field {
                role: role(&ident, options, kind, |name| rule.apply(name)),
                ident,
                ty: field.ty.clone(),
                deprecated: deprecated(&field.attrs),
            });
        }
        let mut model = Self {
            kind,
            vis: input.vis.clone(),
            ident: input.ident.clone(),
            params,
            source: options.source.and_then(|set| set.value),
            fields: read,
            facts: Facts::default(),
        };
        check::columns(&model, errors);
        if kind.is_source() {
            let choice = options.schema.and_then(|set| set.value);
            model.facts = schema::compare(&model, choice.as_ref(), errors).unwrap_or_default();
        }
        Some(model)
    }
}

fn role(
    ident: &Ident,
    options: FieldOptions,
    kind: DeriveKind,
    rule: impl Fn(&str) -> String,
) -> Role {
    let default = options.default.map(|set| set.value);
    if options.skip.is_some() {
        let fallback = default.flatten().unwrap_or(Fallback::Trait);
        return Role::Skipped(fallback);
    }
    let rename = options.rename.and_then(|set| set.value);
    let (name, name_span) = match (&options.pk, &rename) {
        (Some(pk), _) => (PK_ID.to_owned(), pk.key.span()),
        (None, Some(name)) => (name.value(), name.span()),
        (None, None) => (rule(&ident.unraw().to_string()), ident.span()),
    };
    let key = options.pk.is_some();
    Role::Column(Column {
        name,
        name_span,
        origin: match options.origin.and_then(|set| set.value) {
            Some(origin) => origin,
            None if kind == DeriveKind::Record && !key => Origin::Member(ident.clone()),
            None => Origin::Column,
        },
        key,
        read_only: key || options.read_only.is_some(),
        default: default.map(|path| path.unwrap_or(Fallback::Trait)),
        with: options.with.and_then(|set| set.value),
        to: options.to.and_then(|set| set.value),
        password: options.password.is_some(),
    })
}

/// `#[deprecated]`, if it is.
fn deprecated(attrs: &[Attribute]) -> Option<Attribute> {
    attrs
        .iter()
        .find(|attr| attr.path().is_ident("deprecated"))
        .cloned()
}
