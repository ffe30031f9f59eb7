//! The source files of the workspace.

use crate::lexer::{Token, tokens};
use std::path::{Path, PathBuf};

/// A source file that is part of a crate, not of its tests.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The members of the workspace that are not published; they may use every crate.
const UNPUBLISHED: [&str; 6] = [
    "examples",
    "tests",
    "tests/editions/2018",
    "tests/editions/2021",
    "tests/ui",
    "benches",
];

/// The published crates, by their folders.
pub(crate) fn crates() -> Vec<String> {
    let manifest = read_text("Cargo.toml");
    let members = manifest.split_once("members = [").expect("members").1;
    let members = members.split_once(']').expect("the end of the list").0;
    members
        .split(',')
        .map(|member| member.trim().trim_matches('"').to_owned())
        .filter(|member| !member.is_empty() && !UNPUBLISHED.contains(&member.as_str()))
        .collect()
}

/// A file of the workspace.
pub(crate) fn read_text(path: &str) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// The sources of a crate, unit tests in files of their own left out.
pub(crate) fn of_crate(name: &str) -> Vec<Source> {
    let mut sources = in_folder(&format!("{name}/src"));
    sources.retain(|source| !is_test(&source.path));
    assert!(!sources.is_empty(), "{name} has no sources");
    sources
}

/// All Rust files in a folder of the workspace and below it.
pub(crate) fn in_folder(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &["rs"], &mut paths);
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// All Rust and Markdown files of the workspace, with their paths.
pub(crate) fn texts() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&root(), &["rs", "md"], &mut paths);
    let read = |path: &PathBuf| (relative(path), read_text(&relative(path)));
    paths.iter().map(read).collect()
}

/// What is built or installed, and hidden folders, are left out.
fn collect(folder: &Path, extensions: &[&str], paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a readable entry");
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !matches!(&*name, "target" | "node_modules") {
                collect(&path, extensions, paths);
            }
        } else if let Some((_, extension)) = name.rsplit_once('.')
            && extensions.contains(&extension)
        {
            paths.push(path);
        }
    }
}

/// The path from the root of the workspace, with `/`.
fn relative(path: &Path) -> String {
    let relative = path.strip_prefix(root()).expect("below the root");
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn read(path: &Path) -> Source {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    Source {
        path: relative(path),
        tokens: tokens(&text),
        text,
    }
}

/// Whether a file holds unit tests: `tests.rs`, `testing.rs`, or a file in a folder `tests`.
fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "tests.rs" | "testing" | "testing.rs"))
}
