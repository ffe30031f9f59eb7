//! What rests on an inferred fact names its id.

use crate::source::{crates, in_folder};
use caspio_conform::{Known, facts};
use std::collections::BTreeMap;

/// The ids that the comments of the sources name, each with a place: "fact `first-year`", "facts `a-b` and `c-d`".
fn named() -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    let of_conform = "caspio-conform";
    let folders = crates().into_iter().filter(|name| name != of_conform);
    for source in folders.flat_map(|name| in_folder(&format!("{name}/src"))) {
        for id in ids(&source.text) {
            named.insert(id, source.path.clone());
        }
    }
    named
}

fn ids(text: &str) -> Vec<String> {
    let comments: Vec<_> = text.lines().filter_map(comment).collect();
    let prose = comments.join(" ");
    let mut ids = Vec::new();
    for words in [" fact `", "(fact `"] {
        let after = prose.split(words).skip(1);
        ids.extend(
            after
                .filter_map(|rest| rest.split('`').next())
                .map(str::to_owned),
        );
    }
    for words in [" facts `", "(facts `"] {
        for rest in prose.split(words).skip(1) {
            ids.extend(list(rest));
        }
    }
    ids
}

/// The ids of a list that ends with the one after `and`.
fn list(rest: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut parts = rest.split('`');
    while let Some(id) = parts.next() {
        ids.push(id.to_owned());
        match parts.next() {
            Some(", " | " and " | ", and ") => {}
            _ => break,
        }
    }
    ids
}

fn comment(line: &str) -> Option<&str> {
    let comment = line.trim_start().strip_prefix("//")?;
    Some(comment.trim_start_matches(['/', '!']).trim())
}

#[test]
fn every_named_fact_exists() {
    let facts = facts().expect("no mistake");

    let named = named();
    let unknown: Vec<_> = named
        .iter()
        .filter(|(id, _)| !facts.iter().any(|fact| fact.id == **id))
        .collect();

    assert!(
        unknown.is_empty(),
        "no facts in caspio-conform/facts: {unknown:#?}"
    );
}

#[test]
fn every_inferred_fact_is_named_by_the_code_that_rests_on_it() {
    let facts = facts().expect("no mistake");

    let named = named();
    let nameless: Vec<_> = facts
        .iter()
        .filter(|fact| fact.known == Known::Inferred && !named.contains_key(&fact.id))
        .map(|fact| &fact.id)
        .collect();

    assert!(nameless.is_empty(), "named by no code: {nameless:#?}");
}

#[test]
fn ids_are_found_in_comments() {
    let text = "//! It is inferred, fact `a-b`.\n/// As are\n/// facts `c`, `d-e` and\n/// `f`: so.\nlet fact = 1;";

    assert_eq!(ids(text), ["a-b", "c", "d-e", "f"]);
}
