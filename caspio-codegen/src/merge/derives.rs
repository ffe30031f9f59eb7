//! Merges the derives that depend on a struct's fields.

use super::edits::Edits;
use super::new::requires;
use super::syntax::{Parsed, Struct};
use std::ops::Range;

/// Adapts the derives to the fields: a struct with a password cannot derive `PartialEq`, one with
/// required fields has no `Default`. Other derives, and the user's changes to these, are kept.
pub(super) fn merge(
    text: &str,
    parsed: &Parsed,
    record: Option<&Struct>,
    insert: Option<&Struct>,
) -> String {
    let mut edits = Edits::default();
    if let (Some(was), Some(now)) = (record, parsed.record()) {
        change(&mut edits, text, &now, &comparing(was, &now));
    }
    if let (Some(was), Some(now)) = (insert, parsed.insert()) {
        let mut changes = comparing(was, &now);
        changes.extend(changed("Default", !requires(was), !requires(&now)));
        change(&mut edits, text, &now, &changes);
    }
    edits.apply(text)
}

/// A derive that is added or removed.
struct Change {
    derive: &'static str,
    added: bool,
}

fn changed(derive: &'static str, was: bool, is: bool) -> Option<Change> {
    (was != is).then_some(Change { derive, added: is })
}

fn comparing(was: &Struct, now: &Struct) -> Vec<Change> {
    let comparable = |item: &Struct| {
        !item
            .fields
            .iter()
            .any(|field| field.ty.contains("Password"))
    };
    let change = changed("PartialEq", comparable(was), comparable(now));
    change.into_iter().collect()
}

fn change(edits: &mut Edits, text: &str, item: &Struct, changes: &[Change]) {
    let mut places: Vec<&Range<usize>> = item.derives.iter().map(|(_, place)| place).collect();
    places.dedup();
    if changes.is_empty() {
        return;
    }
    for (index, place) in places.into_iter().enumerate() {
        let is = &text[place.clone()];
        let Some((before, list)) = is.split_once('(') else {
            continue;
        };
        let Some((list, after)) = list.rsplit_once(')') else {
            continue;
        };
        let list = list
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        let mut list: Vec<&str> = list.collect();
        let had = list.clone();
        for change in changes {
            let there = item.derives.iter().any(|(word, _)| word == change.derive);
            if !change.added {
                list.retain(|word| *word != change.derive);
            } else if index == 0 && !there {
                let at = list
                    .iter()
                    .position(|word| comes_after(word, change.derive));
                list.insert(at.unwrap_or(list.len()), change.derive);
            }
        }
        if list != had {
            edits.replace(
                place.clone(),
                format!("{before}({}){after}", list.join(", ")),
            );
        }
    }
}

fn comes_after(word: &str, derive: &str) -> bool {
    word.starts_with("Caspio") || (derive == "Default" && word == "PartialEq")
}
