//! The methods and commands of the list exist in the sources.

use crate::list::operations;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The types whose methods are those of `Handle`.
const HANDLES: [&str; 3] = ["Table", "View", "WritableView"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The public methods in a source, as `Type::method`.
fn methods(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut of = String::new();
    for line in source.lines() {
        if line.starts_with("impl") {
            of = type_of(line);
        } else if line == "}" {
            of.clear();
        }
        let method = line
            .strip_prefix("    pub fn ")
            .or_else(|| line.strip_prefix("    pub async fn "));
        if let Some(rest) = method {
            let name = rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
            found.insert(format!("{of}::{}", name.unwrap_or_default()));
        }
    }
    found
}

/// The type in the first line of an `impl`.
fn type_of(line: &str) -> String {
    let mut depth = 0;
    let mut rest = line.trim_start_matches("impl");
    if rest.starts_with('<') {
        let end = rest.find(|c| {
            match c {
                '<' => depth += 1,
                '>' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        rest = &rest[end.map_or(0, |end| end + 1)..];
    }
    let rest = rest.rsplit(" for ").next().unwrap_or_default().trim();
    let end = rest
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(rest.len());
    rest[..end].to_owned()
}

#[test]
fn every_method_exists() {
    let mut paths = Vec::new();
    files(&root().join("caspio/src"), &mut paths);
    let sources = paths
        .iter()
        .map(|path| fs::read_to_string(path).expect("a source"));
    let known: BTreeSet<String> = sources.flat_map(|source| methods(&source)).collect();
    let exists = |method: &str| {
        let of_handle = method
            .split_once("::")
            .filter(|(of, _)| HANDLES.contains(of));
        known.contains(method)
            || of_handle.is_some_and(|(_, name)| known.contains(&format!("Handle::{name}")))
    };

    let operations = operations();
    let named = operations.iter().flat_map(|operation| &operation.sdk);
    let missing: Vec<_> = named.filter(|method| !exists(method)).collect();

    assert!(missing.is_empty(), "no such methods: {missing:?}");
}

#[test]
fn every_command_exists() {
    let program = fs::read_to_string(root().join("caspio-cli/src/cli.rs")).expect("a source");
    let (_, commands) = program.split_once("enum Command {").expect("the commands");
    let (commands, _) = commands.split_once("\n}").expect("their end");
    let exists = |command: &str| {
        let mut words = command.split(' ');
        let first = words.next().unwrap_or_default();
        let variant = format!("\n    {}{}", first[..1].to_uppercase(), &first[1..]);
        let is_command =
            commands.contains(&(variant.clone() + "(")) || commands.contains(&(variant + ","));
        let of_others = |word| {
            let file = format!("caspio-cli/src/commands/{first}/{word}.rs");
            root().join(file).is_file()
        };
        is_command && words.all(of_others)
    };

    let operations = operations();
    let named = operations.iter().flat_map(|operation| &operation.commands);
    let missing: Vec<_> = named.filter(|command| !exists(command)).collect();

    assert!(missing.is_empty(), "no such commands: {missing:?}");
}

#[test]
fn methods_are_found_with_their_types() {
    let source = "impl<R: Into<A>, B> Handle<R, B> {\n    pub fn get(&self) {}\n    fn own(&self) {}\n}\n\
                  impl Client {\n    pub async fn tables(&self) {}\n}\n\
                  impl<T> Future for Call<T> {\n    pub fn no(&self) {}\n}";

    let found: Vec<_> = methods(source).into_iter().collect();

    assert_eq!(found, ["Call::no", "Client::tables", "Handle::get"]);
}
