//! Every file names its subject in its first line, and is short.

use crate::exceptions::check;
use crate::source::{crates, in_folder, of_crate, texts};

/// Lines of code in one file; documentation, comments and blank lines are not counted.
const MOST_LINES: usize = 350;

/// Characters in a line of prose.
const MOST_LETTERS: usize = 120;

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

/// Comments, and Markdown outside of code. Tables cannot be broken.
#[test]
fn lines_of_prose_are_short() {
    let mut long = Vec::new();
    for (path, text) in texts() {
        let is_markdown = path.ends_with(".md");
        let mut is_code = false;
        for (index, line) in text.lines().enumerate() {
            let comment = line.trim_start().strip_prefix("//");
            let prose = match is_markdown {
                true => line,
                false => comment.unwrap_or_default(),
            };
            let prose = prose.trim_start_matches(['/', '!', ' ']);
            is_code ^= is_markdown && prose.starts_with("```");
            let may_be_long = is_code || prose.is_empty() || prose.starts_with('|');
            if !may_be_long && line.chars().count() > MOST_LETTERS {
                long.push(format!("{path}:{}", index + 1));
            }
        }
    }

    check("lines_of_prose_are_short", long);
}

fn lines_of_code(text: &str) -> usize {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}
