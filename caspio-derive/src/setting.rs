//! A setting of `#[caspio(...)]`: the word that made it, and its value.

use crate::attr::Value;
use crate::errors::Errors;
use proc_macro2::{Ident, Span};
use syn::{LitStr, Path, Type};

/// An option with the word that set it.
pub(crate) struct Set<T> {
    pub(crate) key: Ident,
    /// `None` if the given value is not valid for it, which has been reported.
    pub(crate) value: Option<T>,
}

/// A field's value if the response has none.
pub(crate) enum Fallback {
    /// `Default::default()`.
    Trait,
    /// A call of the user's function.
    Function(Path),
}

/// The source of the records.
#[derive(Clone)]
pub(crate) enum Source {
    /// The table or view with this name.
    Named(LitStr),
    /// The table or view of another struct.
    Of(Box<Type>),
}

/// Reads a value into its option. An option that is given twice keeps its first value.
pub(crate) fn set<T>(
    slot: &mut Option<Set<T>>,
    key: Ident,
    value: Value,
    errors: &mut Errors,
    read: fn(&Ident, Value) -> syn::Result<T>,
) {
    let value = read(&key, value).map_err(|error| errors.extend(error)).ok();
    if slot.is_some() {
        errors.push(key.span(), format!("`{key}` is given twice"));
    } else {
        *slot = Some(Set { key, value });
    }
}

/// Text in quotes; `example` shows how it is written.
pub(crate) fn text(key: &Ident, value: Value, example: &str) -> syn::Result<LitStr> {
    let wanted = format!("`{key} = \"{example}\"`");
    match value {
        Value::Text(text) => Ok(text),
        Value::None => fail(key.span(), format!("`{key}` needs a value: {wanted}")),
        Value::Other(_, span) => fail(
            span,
            format!("the value of `{key}` is text in quotes: {wanted}"),
        ),
        Value::List(span) => fail(
            span,
            format!("`{key}` takes one value and no list: {wanted}"),
        ),
    }
}

pub(crate) fn fail<T>(span: Span, message: String) -> syn::Result<T> {
    Err(syn::Error::new(span, message))
}
