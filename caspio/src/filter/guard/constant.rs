//! Texts in T-SQL that can be computed without a record.

use super::texts::unquoted;
use super::words::split;

/// The most nested parentheses; nobody writes more.
const MAX_DEPTH: usize = 60;

/// Returns the text that words are: a constant, a sum of several, or a function of these.
pub(super) fn constant_text(words: &[&str]) -> Option<String> {
    sum(words, 0)
}

fn sum(words: &[&str], depth: usize) -> Option<String> {
    if depth == MAX_DEPTH {
        return None;
    }
    let parts = split(words, "+");
    parts.into_iter().map(|part| text(part, depth)).collect()
}

fn text(words: &[&str], depth: usize) -> Option<String> {
    match words {
        [text] => unquoted(text),
        ["(", inner @ .., ")"] => sum(inner, depth + 1),
        [name, "(", arguments @ .., ")"] => function(name, arguments, depth + 1),
        _ => None,
    }
}

fn function(name: &str, arguments: &[&str], depth: usize) -> Option<String> {
    let blank = |letter| letter == ' ';
    let list = split(arguments, ",");
    if name == "concat" {
        return list.into_iter().map(|part| sum(part, depth)).collect();
    }
    let first = sum(list.first()?, depth)?;
    match (name, list.len()) {
        ("isnull" | "coalesce", _) => Some(first),
        // Texts are compared in any case, and are in lower case here.
        ("upper" | "lower", 1) => Some(first),
        ("ltrim", 1) => Some(first.trim_start_matches(blank).to_owned()),
        ("rtrim", 1) => Some(first.trim_end_matches(blank).to_owned()),
        ("trim", 1) => Some(first.trim_matches(blank).to_owned()),
        _ => None,
    }
}

/// Returns what is compared as equal to a side, in any case and without blanks at the end: the side without parentheses
/// around it, empty texts that are added, and functions that change the case.
pub(super) fn plain<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut words = words.to_vec();
    for _ in 0..MAX_DEPTH {
        match unwrapped(&words) {
            Some(inner) => words = inner,
            None => break,
        }
    }
    words
}

fn unwrapped<'w>(words: &[&'w str]) -> Option<Vec<&'w str>> {
    let parts = split(words, "+");
    if parts.len() == 1 {
        return match words {
            ["(", inner @ .., ")"] | ["upper" | "lower" | "rtrim", "(", inner @ .., ")"] => {
                is_closed(inner).then(|| inner.to_vec())
            }
            _ => None,
        };
    }
    let is_empty = |part: &&[&str]| constant_text(part).is_some_and(|text| text.is_empty());
    let kept: Vec<&[&str]> = parts
        .iter()
        .copied()
        .filter(|part| !is_empty(part))
        .collect();
    (!kept.is_empty() && kept.len() < parts.len()).then(|| kept.join(&"+"))
}

/// Whether the parentheses in words are closed in them.
fn is_closed(words: &[&str]) -> bool {
    let mut depth = 0_i64;
    let stays = words.iter().all(|word| {
        depth += match *word {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        depth >= 0
    });
    stays && depth == 0
}
