//! Which columns decide whether a value is null. A comparison with it does not hold then: fact `null-is-unknown`.

use super::functions::is_strict;
use super::names::is_name;
use super::variable::Columns;
use super::words::{arguments, split};
use std::collections::BTreeSet;

/// The deepest nesting of parentheses and functions that is examined; real conditions have less.
const MAX_DEPTH: usize = 60;

/// Returns the columns with which a value is null: it is null exactly where one of them is. `None` if that is not
/// known.
pub(super) fn null_with(words: &[&str], columns: &Columns) -> Option<BTreeSet<String>> {
    names_of(words, columns, 0)
}

fn names_of(words: &[&str], columns: &Columns, depth: usize) -> Option<BTreeSet<String>> {
    let mut nulls = Nulls {
        columns,
        names: BTreeSet::new(),
    };
    nulls.add(words, depth)?;
    Some(nulls.names)
}

struct Nulls<'c> {
    columns: &'c Columns,
    names: BTreeSet<String>,
}

impl Nulls<'_> {
    /// Adds the columns of a sum or product; `None` if it may be null for another reason.
    fn add(&mut self, words: &[&str], depth: usize) -> Option<()> {
        let mut rest = words;
        loop {
            while let ["+" | "-", after @ ..] = rest {
                rest = after;
            }
            rest = self.add_first(rest, depth)?;
            match rest {
                [] => return Some(()),
                ["+" | "-" | "*", after @ ..] => rest = after,
                _ => return None,
            }
        }
    }

    /// Adds the columns of the first part, and returns what follows it.
    fn add_first<'w, 's>(&mut self, words: &'w [&'s str], depth: usize) -> Option<&'w [&'s str]> {
        let (first, after) = words.split_first().filter(|_| depth < MAX_DEPTH)?;
        let mut rest = after;
        match *first {
            "(" => {
                rest = words;
                self.add(arguments(&mut rest)?, depth + 1)?;
            }
            name if after.first() == Some(&"(") => {
                self.add_function(name, arguments(&mut rest)?, depth + 1)?;
            }
            name if is_name(name) => {
                if !self.columns.variable(name).domain.is_never_null() {
                    self.names.insert(name.to_owned());
                }
            }
            constant if is_constant(constant) => {}
            _ => return None,
        }
        Some(rest)
    }

    fn add_function(&mut self, name: &str, arguments: &[&str], depth: usize) -> Option<()> {
        let list = split(arguments, ",");
        if matches!(name, "isnull" | "coalesce") {
            let is_never_null = |value: &&[&str]| {
                names_of(value, self.columns, depth).is_some_and(|names| names.is_empty())
            };
            return list.iter().any(is_never_null).then_some(());
        }
        if name == "cast" {
            return self.add(split(arguments, "as").first()?, depth);
        }
        if !is_strict(name) {
            return None;
        }
        list.into_iter()
            .try_for_each(|value| self.add(value, depth))
    }
}

fn is_constant(word: &str) -> bool {
    word.starts_with(['\'', '$', '.']) || word.starts_with(|first: char| first.is_ascii_digit())
}
