//! Where the fields of a projection get their values: from a column, an expression, an aggregate.

use crate::attr::Value;
use crate::errors::Errors;
use crate::setting::{Set, Source, fail, text};
use crate::suggest::listed;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{LitStr, Type};

/// The keys for origins; a field has one of them at most.
pub(crate) const KEYS: &[&str] = &["column", "expr", "count", "sum", "avg", "min", "max"];

/// Where a column's value comes from.
pub(crate) enum Origin {
    /// A column of the table or view.
    Column,
    /// The column of a field of the struct that this is a projection of.
    Member(Ident),
    /// T-SQL of the user's own.
    Expression(LitStr),
    /// An aggregate of the column of such a field; without one, of whole records.
    Aggregate(Function, Option<Ident>),
}

/// An aggregate over a group of records; T-SQL's names in upper case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Function {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

impl Function {
    fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "count" => Self::Count,
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }
}

/// Reads the origin of a value. The first that is given is kept.
pub(crate) fn set(slot: &mut Option<Set<Origin>>, key: Ident, value: Value, errors: &mut Errors) {
    let value = read(&key, value).map_err(|error| errors.extend(error)).ok();
    match slot {
        None => *slot = Some(Set { key, value }),
        Some(first) if first.key == key => {
            errors.push(key.span(), format!("`{key}` is given twice"))
        }
        Some(first) => errors.push(
            key.span(),
            format!(
                "`{key}` does not go with `{}`: a field has one of {}",
                first.key,
                listed(KEYS),
            ),
        ),
    }
}

fn read(key: &Ident, value: Value) -> syn::Result<Origin> {
    let word = key.to_string();
    match Function::from_key(&word) {
        Some(function @ Function::Count) if matches!(value, Value::None) => {
            Ok(Origin::Aggregate(function, None))
        }
        Some(function) => {
            let member = member(key, value)?;
            Ok(Origin::Aggregate(function, Some(member)))
        }
        None if word == "column" => member(key, value).map(Origin::Member),
        None => expression(key, value),
    }
}

fn expression(key: &Ident, value: Value) -> syn::Result<Origin> {
    let sql = text(key, value, "YEAR(Joined)")?;
    if sql.value().trim().is_empty() {
        return fail(
            sql.span(),
            format!("`{key}` is empty: it is the T-SQL expression that is read"),
        );
    }
    Ok(Origin::Expression(sql))
}

/// A field of the struct that this is a projection of.
fn member(key: &Ident, value: Value) -> syn::Result<Ident> {
    let wanted =
        format!("the name of a field of the table's struct, without quotes: `{key} = city`");
    match value {
        Value::Other(tokens, span) => {
            syn::parse2(tokens).or_else(|_| fail(span, format!("the value of `{key}` is {wanted}")))
        }
        Value::None => fail(key.span(), format!("`{key}` needs a value, {wanted}")),
        Value::Text(text) => fail(text.span(), format!("the value of `{key}` is {wanted}")),
        Value::List(span) => fail(span, format!("the value of `{key}` is {wanted}")),
    }
}

/// The struct that this is a projection of.
pub(crate) fn source(key: &Ident, value: Value) -> syn::Result<Source> {
    let wanted = format!("the struct of the table or view: `{key} = Contact`");
    let (tokens, span): (TokenStream, Span) = match value {
        Value::Other(tokens, span) => (tokens, span),
        Value::None => return fail(key.span(), format!("`{key}` needs a value, {wanted}")),
        Value::Text(text) => {
            let message = format!("the value of `{key}` is {wanted}, without quotes");
            return fail(text.span(), message);
        }
        Value::List(span) => return fail(span, format!("the value of `{key}` is {wanted}")),
    };
    match syn::parse2(tokens).map(ungrouped) {
        Ok(ty @ Type::Path(_)) => Ok(Source::Of(Box::new(ty))),
        _ => fail(span, format!("the value of `{key}` is {wanted}")),
    }
}

/// A type without the invisible parentheses that a user's own macro put around it.
fn ungrouped(ty: Type) -> Type {
    match ty {
        Type::Group(group) => ungrouped(*group.elem),
        other => other,
    }
}
