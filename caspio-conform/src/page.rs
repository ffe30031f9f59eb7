//! The page of all facts, as Markdown.

use crate::catalog::facts;
use crate::fact::{Fact, Known};
use crate::section::FactError;
use std::fmt::Write as _;

const BEGINNING: &str = "\
# What is known of Caspio's REST API

The SDK and the emulator rest on these facts. A fact is *documented* by Caspio, was *observed* in responses of the
service or in programs that use it, or is *inferred* from others. `caspio conform` compares them with an account: see
[the program](cli.md#facts-and-your-account). Each fact with a probe is also tested against the emulator. The code that
rests on an inferred fact names its id. Where a source is of one version of the API, the others are taken to be the same
until a probe shows otherwise. This page is made from the files in `caspio-conform/facts`.
";

/// Returns the page.
///
/// # Errors
///
/// A file of facts has a mistake.
pub fn page() -> Result<String, FactError> {
    let facts = facts()?;
    let mut page = BEGINNING.to_owned();
    let count = |known| facts.iter().filter(|fact| fact.known == known).count();
    let probed = facts
        .iter()
        .filter(|fact| fact.unprobed().is_none())
        .count();
    let _ = writeln!(
        page,
        "\n{} facts: {} documented, {} observed, {} inferred. {probed} have a probe.",
        facts.len(),
        count(Known::Documented),
        count(Known::Observed),
        count(Known::Inferred)
    );
    let mut subject = "";
    for fact in facts {
        if fact.subject != subject {
            subject = fact.subject;
            let (first, rest) = subject.split_at(1);
            let _ = writeln!(page, "\n## {}{rest}\n", first.to_uppercase());
            page.push_str("| fact | in | known | probe |\n|---|---|---|---|\n");
        }
        row(&mut page, fact);
    }
    Ok(page)
}

fn row(page: &mut String, fact: &Fact) {
    let versions: Vec<_> = fact
        .versions
        .iter()
        .map(|version| version.as_str())
        .collect();
    let probe = match fact.unprobed() {
        Some(reason) => format!("none: {reason}"),
        None => fact.needs.to_string(),
    };
    let _ = writeln!(
        page,
        "| `{}`: {} | {} | {}: {} | {} |",
        fact.id,
        in_cell(&fact.statement),
        versions.join(", "),
        fact.known,
        in_cell(&fact.source),
        in_cell(&probe)
    );
}

/// Text as a cell of a table holds it.
fn in_cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
