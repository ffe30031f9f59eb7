//! Merges the import of the SDK's names that a block uses.

use super::edits::{Edits, after_line, lines_at};
use super::syntax::Parsed;
use crate::emit;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::{Item, ItemUse, UseTree};

/// The names that generated code imports from the SDK.
const NAMES: &[&str] = &[
    "CaspioInsert",
    "CaspioTable",
    "CaspioValue",
    "CaspioView",
    "DateTime",
    "Decimal",
    "List",
    "Password",
    "Patch",
];

/// Adds names that the code uses since it changed to the import, and removes those that it no longer uses.
pub(super) fn merge(text: &str, now: &Parsed, was: &BTreeSet<String>) -> String {
    let used = used(now);
    let added: Vec<&String> = used.difference(was).collect();
    let mut edits = Edits::default();
    match now.items.iter().find_map(import) {
        Some((place, names)) => {
            let removed = |name: &&String| was.contains(*name) && !used.contains(*name);
            let kept = names.iter().filter(|name| !removed(name));
            let now: BTreeSet<String> = kept.chain(added).cloned().collect();
            let is: BTreeSet<String> = names.iter().cloned().collect();
            if now != is {
                change(&mut edits, text, place, &now);
            }
        }
        None if added.is_empty() => {}
        None => {
            let names: Vec<String> = added.into_iter().cloned().collect();
            let at = after_line(text, 0);
            let line = format!("{}\n\n", emit::use_line(&names));
            edits.insert(at, lines_at(text, at, &line));
        }
    }
    edits.apply(text)
}

fn change(edits: &mut Edits, text: &str, place: Range<usize>, names: &BTreeSet<String>) {
    let names: Vec<String> = names.iter().cloned().collect();
    if names.is_empty() {
        edits.remove(place.start..after_line(text, place.end));
    } else {
        edits.replace(place, emit::use_line(&names));
    }
}

/// Returns an import of plain names of the SDK.
fn import(item: &Item) -> Option<(Range<usize>, Vec<String>)> {
    let Item::Use(ItemUse {
        tree: UseTree::Path(path),
        ..
    }) = item
    else {
        return None;
    };
    if path.ident != "caspio" {
        return None;
    }
    let names = match &*path.tree {
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Group(group) => {
            let names = group.items.iter().map(|tree| match tree {
                UseTree::Name(name) => Some(name.ident.to_string()),
                _ => None,
            });
            names.collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some((item.span().byte_range(), names))
}

/// Returns the SDK's names in code that are used without a path.
pub(super) fn used(parsed: &Parsed) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let items = parsed.items.iter();
    for item in items.filter(|item| !matches!(item, Item::Use(_))) {
        if let Some(code) = item.span().source_text()
            && let Ok(tokens) = code.parse::<TokenStream>()
        {
            scan(tokens, &mut used);
        }
    }
    used
}

fn scan(tokens: TokenStream, used: &mut BTreeSet<String>) {
    let mut colons = 0;
    for token in tokens {
        match &token {
            TokenTree::Group(group) => scan(group.stream(), used),
            TokenTree::Ident(ident) if colons < 2 => {
                let name = ident.to_string();
                if NAMES.contains(&name.as_str()) {
                    used.insert(name);
                }
            }
            _ => {}
        }
        colons = match &token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
            _ => 0,
        };
    }
}
