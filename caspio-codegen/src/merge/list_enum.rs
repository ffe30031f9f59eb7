//! Merges the enums of list columns.

use super::context::MergeContext;
use super::edits::{Edits, after_line, dense, line_start};
use super::syntax::{Parsed, list_of};
use crate::emit;
use crate::naming::{Distinct, variant_name};
use std::ops::Range;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ImplItem, Item, ItemEnum, ItemImpl, Lit, Pat, Stmt, Type};

/// The variant for any other value.
const UNKNOWN: &str = "Unknown";

/// Adapts each list's enum to the list's values, and adds missing enums.
pub(super) fn merge(text: &str, parsed: &Parsed, context: &mut MergeContext<'_>) -> String {
    let Some(record) = parsed.record() else {
        return text.to_owned();
    };
    let mut edits = Edits::default();
    let mut new = String::new();
    for column in context
        .source
        .columns
        .iter()
        .filter(|column| column.spec.values)
    {
        let field = record.field(&column.name);
        let Some(name) = field.and_then(|field| list_of(&field.ty)) else {
            continue;
        };
        let is = parsed.enums().find(|item| item.ident == name);
        if let Some(is) = is {
            let list = List {
                name: &name,
                is,
                parsed,
                text,
            };
            if let Some(reason) = list.change(&mut edits, &column.values) {
                context
                    .reasons
                    .push(format!("column {}: {reason}", column.name));
            }
        } else if context.values(&column.name) == Some(name.as_str()) {
            let variants = variants(&[], &column.values);
            let code = emit::enum_items(&name, &column.name, &variants);
            new.push_str(&format!("\n\n{code}"));
        }
    }
    if let Some(end) = parsed.end() {
        edits.insert(end, new);
    }
    edits.apply(text)
}

/// Returns the variants for all values; existing ones keep their names.
fn variants(known: &[(String, String)], values: &[String]) -> Vec<(String, String)> {
    let name_of = |value: &String| known.iter().find(|(_, known)| known == value);
    let new: Vec<&String> = values
        .iter()
        .filter(|value| name_of(value).is_none())
        .collect();
    let wanted: Vec<Option<String>> = new.iter().map(|value| variant_name(value)).collect();
    let taken = known.iter().map(|(variant, _)| variant.clone());
    let names = Distinct::taken(taken.chain([UNKNOWN.to_owned()])).name_all(&wanted, "Value");
    let mut names = names.into_iter();
    values
        .iter()
        .filter_map(|value| match name_of(value) {
            Some(known) => Some(known.clone()),
            None => names.next().map(|name| (name, value.clone())),
        })
        .collect()
}

/// An existing enum.
struct List<'a> {
    name: &'a str,
    is: &'a ItemEnum,
    parsed: &'a Parsed,
    text: &'a str,
}

impl List<'_> {
    /// Adds and removes variants. Returns the reason, if anything changed.
    fn change(&self, edits: &mut Edits, values: &[String]) -> Option<String> {
        let as_str = self.implementation(None)?;
        let known = known_values(as_str)?;
        let removed = known.iter().filter(|(_, value)| !values.contains(value));
        let removed: Vec<&(String, String)> = removed.collect();
        let all = variants(&known, values);
        let new: Vec<&(String, String)> = all.iter().filter(|v| !known.contains(v)).collect();
        if removed.is_empty() && new.is_empty() {
            return None;
        }
        let from = self.implementation(Some("From"));
        let own = |item: &ItemImpl, code: &str| dense(&self.text[range(item)]) != dense(code);
        let (old_as_str, old_from) = (
            emit::as_str_impl(self.name, &known),
            emit::from_impl(self.name, &known),
        );
        if own(as_str, &old_as_str) || from.is_none_or(|from| own(from, &old_from)) {
            let name = self.name;
            return Some(format!(
                "the values of the list changed, but you changed `{name}`: adapt it to them"
            ));
        }
        edits.replace(range(as_str), emit::as_str_impl(self.name, &all));
        if let Some(from) = from {
            edits.replace(range(from), emit::from_impl(self.name, &all));
        }
        self.change_variants(edits, &removed, &new);
        Some("the values of the list changed".to_owned())
    }

    fn change_variants(
        &self,
        edits: &mut Edits,
        removed: &[&(String, String)],
        new: &[&(String, String)],
    ) {
        let mut at = self.is.brace_token.span.open().byte_range().end;
        for pair in self.is.variants.pairs() {
            let variant = pair.value();
            let place = variant.span().byte_range();
            let end = pair
                .punct()
                .map_or(place.end, |comma| comma.span().byte_range().end);
            let is = |name: &str| variant.ident.unraw() == name;
            if removed.iter().any(|(name, _)| is(name)) {
                let start = line_start(self.text, place.start);
                edits.remove(start..after_line(self.text, end));
            } else if !is(UNKNOWN) {
                at = end;
            }
        }
        let lines: String = new
            .iter()
            .map(|(name, _)| emit::variant_line(name))
            .collect();
        edits.insert(after_line(self.text, at), lines);
    }

    /// Returns the impl of a trait for the enum, or its inherent impl.
    fn implementation(&self, of: Option<&str>) -> Option<&ItemImpl> {
        let items = self.parsed.items.iter();
        let impls = items.filter_map(|item| match item {
            Item::Impl(item) => Some(item),
            _ => None,
        });
        impls
            .filter(|item| matches!(&*item.self_ty, Type::Path(ty) if ty.path.is_ident(self.name)))
            .find(|item| match (&item.trait_, of) {
                (None, None) => true,
                (Some((path, _)), Some(of)) => {
                    path.segments.last().is_some_and(|last| last.ident == of)
                }
                _ => false,
            })
    }
}

fn range(item: &ItemImpl) -> Range<usize> {
    item.span().byte_range()
}

/// Returns the variants and values in the `match` of `as_str`.
fn known_values(item: &ItemImpl) -> Option<Vec<(String, String)>> {
    let function = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "as_str" => Some(function),
        _ => None,
    })?;
    let Some(Stmt::Expr(Expr::Match(values), _)) = function.block.stmts.last() else {
        return None;
    };
    let arms = values.arms.iter();
    Some(
        arms.filter_map(|arm| {
            let Pat::Path(variant) = &arm.pat else {
                return None;
            };
            let variant = variant.path.segments.last()?.ident.unraw().to_string();
            Some((variant, text(&arm.body)?))
        })
        .collect(),
    )
}

fn text(body: &Expr) -> Option<String> {
    match body {
        Expr::Lit(value) => match &value.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => text(value),
            _ => None,
        },
        _ => None,
    }
}
