//! The model of a struct: parsed once, then checked, then expanded.

use crate::check;
use crate::errors::Errors;
use crate::keys::DeriveKind;
use crate::options::{Fallback, FieldOptions, Source, StructOptions};
use crate::origin::Origin;
use crate::params::Params;
use crate::schema::{self, Facts};
use crate::shape;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Attribute, DeriveInput, Ident, Path, Type, Visibility};

/// The name of every table's and view's key.
pub(crate) use caspio_schema::PK_ID;

/// A struct that is bound to a table or a view, or is a projection of one that is.
pub(crate) struct Model {
    pub(crate) kind: DeriveKind,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) params: Params,
    /// The table or view; `None` if it is missing, which has been reported.
    pub(crate) source: Option<Source>,
    pub(crate) fields: Vec<Field>,
    /// The facts from the account's schema, if there is one.
    pub(crate) facts: Facts,
}

/// A field of the struct.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// `#[deprecated]`, if it is.
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) role: Role,
}

impl Field {
    fn as_column(&self) -> Option<(&Self, &Column)> {
        match &self.role {
            Role::Column(column) => Some((self, column)),
            Role::Skipped(_) => None,
        }
    }
}

/// What a field is for.
pub(crate) enum Role {
    Column(Column),
    /// Filled with a default; Caspio does not know it.
    Skipped(Fallback),
}

/// A field's column.
pub(crate) struct Column {
    /// The name, or its alias; of no meaning where the table's struct knows the name.
    pub(crate) name: String,
    /// The word that gave the name, for messages.
    pub(crate) name_span: Span,
    pub(crate) origin: Origin,
    pub(crate) key: bool,
    pub(crate) read_only: bool,
    /// The value for null and for a missing column.
    pub(crate) default: Option<Fallback>,
    /// The module whose `deserialize` reads the value.
    pub(crate) with: Option<Path>,
    /// The function that returns the value to be written.
    pub(crate) to: Option<Path>,
    /// Whether it holds passwords, which are written and never read.
    pub(crate) password: bool,
}

impl Model {
    /// Reads the struct. `None` when it has a shape that no record can have; any other mistake
    /// leaves a model that is good enough to declare the columns.
    pub(crate) fn read(
        input: &DeriveInput,
        options: StructOptions,
        kind: DeriveKind,
        errors: &mut Errors,
    ) -> Option<Self> {
        check::struct_options(input, &options, kind, errors);
        let fields = shape::named_fields(input, kind, errors);
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

    /// The fields that are columns, in their order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.fields.iter().filter_map(Field::as_column)
    }

    /// The columns that are read, in the fields' order.
    pub(crate) fn reads(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.columns().filter(|(_, column)| !column.password)
    }

    /// The columns of passwords.
    pub(crate) fn passwords(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.columns().filter(|(_, column)| column.password)
    }

    /// The columns that are written: those that are read as well first.
    pub(crate) fn writes(&self) -> impl Iterator<Item = (&Field, &Column)> {
        let both = self.reads().filter(|(_, column)| !column.read_only);
        both.chain(self.passwords())
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

/// The last word of a type's path: `i64` of `std::primitive::i64`.
pub(crate) fn last_word(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_word(&group.elem),
        Type::Paren(paren) => last_word(&paren.elem),
        _ => None,
    }
}
