//! Every file names its subject in its first line, and is short.

use crate::exceptions::check;
use crate::source::{crates, in_folder, of_crate};

/// Lines of code in one file; documentation, comments and blank lines are not counted.
const MOST_LINES: usize = 350;

#[test]
fn every_file_begins_with_its_subject() {
    let mut folders: Vec<String> = crates().iter().map(|name| format!("{name}/src")).collect();
    folders.extend(
        [
            "examples",
            "tests/it",
            "tests/oracle",
            "tests/support",
            "benches/src",
        ]
        .map(str::to_owned),
    );

    let missing = folders
        .iter()
        .flat_map(|folder| in_folder(folder))
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.path)
        .collect();

    check("every_file_begins_with_its_subject", missing);
}

#[test]
fn files_are_short() {
    let mut long = Vec::new();
    for source in crates().iter().flat_map(|name| of_crate(name)) {
        let lines = lines_of_code(&source.text);
        if lines > MOST_LINES {
            long.push(format!("{}: {lines} lines of code", source.path));
        }
    }

    check("files_are_short", long);
}

fn lines_of_code(text: &str) -> usize {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}
