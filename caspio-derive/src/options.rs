//! The meaning of the items of `#[caspio(...)]`, on a struct and on a field.

use crate::attr::{self, Item, Value};
use crate::errors::Errors;
use crate::keys::{self, DeriveKind};
use crate::origin::{self, Origin};
use crate::schema::Choice;
use crate::setting::{Fallback, Set, Source, fail, set, text};
use crate::suggest::{listed, nearest};
use caspio_schema::RenameRule;
use proc_macro2::Ident;
use syn::{Attribute, LitStr, Path};

/// A struct's options.
#[derive(Default)]
pub(crate) struct StructOptions {
    /// The table or view.
    pub(crate) source: Option<Set<Source>>,
    pub(crate) rename_all: Option<Set<RenameRule>>,
    pub(crate) krate: Option<Set<Path>>,
    /// The file of the account's schema.
    pub(crate) schema: Option<Set<Choice>>,
}

/// A field's options.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) rename: Option<Set<LitStr>>,
    pub(crate) pk: Option<Set<()>>,
    pub(crate) read_only: Option<Set<()>>,
    pub(crate) skip: Option<Set<()>>,
    pub(crate) default: Option<Set<Fallback>>,
    pub(crate) with: Option<Set<Path>>,
    /// The function that returns the value to be written.
    pub(crate) to: Option<Set<Path>>,
    pub(crate) password: Option<Set<()>>,
    /// In a projection of a table: where the value comes from.
    pub(crate) origin: Option<Set<Origin>>,
}

impl StructOptions {
    /// Reads a struct's attributes. The table or view may be missing.
    pub(crate) fn read(attrs: &[Attribute], kind: DeriveKind, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for Item { key, value } in attr::items(attrs, errors) {
            match key.to_string().as_str() {
                word if kind.source_keys().contains(&word) => {
                    options.set_source(key, value, kind, errors);
                }
                "rename_all" if kind != DeriveKind::Insert => {
                    set(&mut options.rename_all, key, value, errors, rule)
                }
                "schema" if kind.is_source() => {
                    set(&mut options.schema, key, value, errors, schema);
                }
                "crate" => set(&mut options.krate, key, value, errors, krate),
                word => {
                    errors.push(key.span(), keys::unknown_on_struct(word, kind));
                    if keys::means_source(word, kind) && options.source.is_none() {
                        options.source = Some(Set { key, value: None });
                    }
                }
            }
        }
        options
    }

    fn set_source(&mut self, key: Ident, value: Value, kind: DeriveKind, errors: &mut Errors) {
        match &self.source {
            Some(first) if first.key != key => errors.push(
                key.span(),
                format!(
                    "`{key}` does not go with `{}`: records go to one place",
                    first.key
                ),
            ),
            _ if kind.is_source() => set(&mut self.source, key, value, errors, source_name),
            _ => set(&mut self.source, key, value, errors, origin::source),
        }
    }
}

impl FieldOptions {
    /// Reads a field's attributes.
    pub(crate) fn read(attrs: &[Attribute], kind: DeriveKind, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for Item { key, value } in attr::items(attrs, errors) {
            let word = key.to_string();
            match word.as_str() {
                word if kind == DeriveKind::Record && origin::KEYS.contains(&word) => {
                    origin::set(&mut options.origin, key, value, errors);
                }
                "column" if kind == DeriveKind::Insert => {
                    origin::set(&mut options.origin, key, value, errors);
                }
                "skip" => set(&mut options.skip, key, value, errors, flag),
                "to" if kind != DeriveKind::Record => {
                    set(&mut options.to, key, value, errors, function)
                }
                word if kind == DeriveKind::Insert => {
                    errors.push(key.span(), keys::unknown_on_field(word, kind));
                }
                "rename" => set(&mut options.rename, key, value, errors, column_name),
                "pk" => set(&mut options.pk, key, value, errors, flag),
                "read_only" if kind != DeriveKind::Record => {
                    set(&mut options.read_only, key, value, errors, flag)
                }
                "default" => set(&mut options.default, key, value, errors, fallback),
                "with" => set(&mut options.with, key, value, errors, module),
                "password" if kind != DeriveKind::Record => {
                    set(&mut options.password, key, value, errors, flag);
                }
                word => errors.push(key.span(), keys::unknown_on_field(word, kind)),
            }
        }
        options
    }
}

pub(crate) fn flag(key: &Ident, value: Value) -> syn::Result<()> {
    match value {
        Value::None => Ok(()),
        value => fail(
            value.span(key),
            format!("`{key}` takes no value: write `{key}` alone"),
        ),
    }
}

fn source_name(key: &Ident, value: Value) -> syn::Result<Source> {
    let text = text(key, value, "...")?;
    let name = text.value();
    if name.trim().is_empty() {
        return fail(
            text.span(),
            format!("`{key}` is empty: it is the {key}'s name in Caspio"),
        );
    }
    Ok(Source::Named(text))
}

fn column_name(key: &Ident, value: Value) -> syn::Result<LitStr> {
    if let Value::List(span) = value {
        return fail(
            span,
            "a column has one name for reading and for writing: `rename = \"...\"`".to_owned(),
        );
    }
    let name = text(key, value, "...")?;
    if name.value().trim().is_empty() {
        return fail(
            name.span(),
            format!("`{key}` is empty: it is the column's name in Caspio"),
        );
    }
    Ok(name)
}

pub(crate) fn rule(key: &Ident, value: Value) -> syn::Result<RenameRule> {
    let text = text(key, value, "PascalCase")?;
    let name = text.value();
    RenameRule::from_name(&name).ok_or_else(|| syn::Error::new(text.span(), unknown_rule(&name)))
}

fn unknown_rule(name: &str) -> String {
    let hint = nearest(name, RenameRule::NAMES)
        .map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
    let separator = if hint.is_empty() { ";" } else { "" };
    format!(
        "unknown rule `{name}`{hint}{separator} the rules are {}",
        listed(RenameRule::NAMES),
    )
}

fn schema(key: &Ident, value: Value) -> syn::Result<Choice> {
    if let Value::Other(tokens, _) = &value
        && tokens.to_string() == "false"
    {
        return Ok(Choice::Off);
    }
    let file = text(key, value, "caspio.schema.json")?;
    if file.value().trim().is_empty() {
        return fail(
            file.span(),
            format!(
                "`{key}` is empty: it is the path of a file, seen from the folder of Cargo.toml"
            ),
        );
    }
    Ok(Choice::File(file))
}

pub(crate) fn krate(key: &Ident, value: Value) -> syn::Result<Path> {
    path(
        key,
        &text(key, value, "path")?,
        "the path of the `caspio` crate",
    )
}

fn module(key: &Ident, value: Value) -> syn::Result<Path> {
    path(
        key,
        &text(key, value, "module")?,
        "the path of a module with a function `deserialize`",
    )
}

fn function(key: &Ident, value: Value) -> syn::Result<Path> {
    let text = text(key, value, "function")?;
    text.parse().or_else(|_| {
        fail(
            text.span(),
            format!(
                "the value of `{key}` is the path of a function from a reference to the field \
                 to a `caspio::field::FieldValue`"
            ),
        )
    })
}

fn path(key: &Ident, text: &LitStr, wanted: &str) -> syn::Result<Path> {
    text.parse_with(Path::parse_mod_style)
        .or_else(|_| fail(text.span(), format!("the value of `{key}` is {wanted}")))
}

fn fallback(key: &Ident, value: Value) -> syn::Result<Fallback> {
    if matches!(value, Value::None) {
        return Ok(Fallback::Trait);
    }
    let text = text(key, value, "function")?;
    text.parse().map(Fallback::Function).or_else(|_| {
        fail(
            text.span(),
            "the value of `default` is the path of a function without arguments".to_owned(),
        )
    })
}
