//! All facts.

use crate::fact::Fact;
use crate::parse;
use crate::section::FactError;
use std::collections::BTreeSet;
use std::sync::OnceLock;

macro_rules! files {
    ($($subject:literal),* $(,)?) => {
        [$(($subject, include_str!(concat!("../facts/", $subject, ".toml")))),*]
    };
}

/// The files of facts, in the order in which they are probed.
const FILES: [(&str, &str); 14] = files![
    "tokens",
    "schema",
    "paging",
    "reading",
    "conditions",
    "text",
    "numbers",
    "dates",
    "records",
    "lists",
    "bulk",
    "errors",
    "limits",
    "files",
];

/// Returns all facts, by subject.
///
/// # Errors
///
/// A file of facts has a mistake, which a test of this crate would find.
pub fn facts() -> Result<&'static [Fact], FactError> {
    static FACTS: OnceLock<Result<Vec<Fact>, FactError>> = OnceLock::new();
    match FACTS.get_or_init(read) {
        Ok(facts) => Ok(facts),
        Err(error) => Err(error.clone()),
    }
}

fn read() -> Result<Vec<Fact>, FactError> {
    let mut all = Vec::new();
    let mut ids = BTreeSet::new();
    for (subject, text) in FILES {
        for fact in parse::facts(subject, text)? {
            if !ids.insert(fact.id.clone()) {
                let place = format!("facts/{subject}.toml: fact `{}`", fact.id);
                return Err(FactError::new(&place, "another fact has this id"));
            }
            all.push(fact);
        }
    }
    Ok(all)
}
