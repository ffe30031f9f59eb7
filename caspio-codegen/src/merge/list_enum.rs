//! Merges the enums of list columns.

use super::attributes::{derives, text_of, value_of, words};
use super::context::MergeContext;
use super::edits::{Edits, after_line, line_start};
use super::syntax::{Parsed, list_of};
use crate::emit;
use crate::naming::{Distinct, variant_name};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Fields, ItemEnum, Variant};

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
            let list = List { is, text };
            if let Some(reason) = list.change(&mut edits, &column.values) {
                context
                    .reasons
                    .push(format!("column {}: {reason}", column.name));
            }
        } else if context.values(&column.name) == Some(name.as_str()) {
            let variants = variants(&[], &column.values);
            let code = emit::enum_item(&name, &column.name, &variants);
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
    is: &'a ItemEnum,
    text: &'a str,
}

impl List<'_> {
    /// Adds and removes variants. Returns the reason, if anything changed.
    fn change(&self, edits: &mut Edits, values: &[String]) -> Option<String> {
        let known = self.known()?;
        let removed = known.iter().filter(|(_, value)| !values.contains(value));
        let removed: Vec<&(String, String)> = removed.collect();
        let all = variants(&known, values);
        let new: Vec<&(String, String)> = all.iter().filter(|v| !known.contains(v)).collect();
        if removed.is_empty() && new.is_empty() {
            return None;
        }
        self.change_variants(edits, &removed, &new);
        Some("the values of the list changed".to_owned())
    }

    /// Returns the variants with their values; `None` for an enum that the user wrote.
    fn known(&self) -> Option<Vec<(String, String)>> {
        let words = words(&self.is.attrs);
        let mut words = words.iter().flat_map(|(_, words)| words);
        let by_rule = words.any(|word| value_of(word, "rename_all").is_some());
        let derives = derives(&self.is.attrs);
        let derived = derives.iter().any(|(derive, _)| derive == "CaspioValue");
        if by_rule || !derived {
            return None;
        }
        let variants = self.is.variants.iter();
        let variants = variants.filter(|variant| matches!(variant.fields, Fields::Unit));
        Some(variants.map(value).collect())
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
            if removed
                .iter()
                .any(|(name, _)| variant.ident.unraw() == name)
            {
                let start = line_start(self.text, place.start);
                edits.remove(start..after_line(self.text, end));
            } else if matches!(variant.fields, Fields::Unit) {
                at = end;
            }
        }
        let lines: String = new
            .iter()
            .map(|(name, value)| emit::variant_lines(name, value))
            .collect();
        edits.insert(after_line(self.text, at), lines);
    }
}

/// Returns a variant's name and its list value.
fn value(variant: &Variant) -> (String, String) {
    let name = variant.ident.unraw().to_string();
    let words = words(&variant.attrs);
    let mut words = words.iter().flat_map(|(_, words)| words);
    let renamed = words.find_map(|word| value_of(word, "rename"));
    let value = renamed.and_then(text_of).unwrap_or_else(|| name.clone());
    (name, value)
}
