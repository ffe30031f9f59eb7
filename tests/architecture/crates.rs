//! A crate depends only on crates below it.

use crate::source::{crates, read_text, root};

/// Each crate, and the crates of this workspace that it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("caspio-support", &[]),
    ("caspio-tsql", &[]),
    ("caspio-core", &["caspio-support"]),
    ("caspio-schema", &["caspio-support"]),
    ("caspio-derive", &["caspio-schema"]),
    ("caspio-codegen", &["caspio-schema", "caspio-support"]),
    ("caspio-emulator", &["caspio-schema", "caspio-tsql"]),
    (
        "caspio",
        &[
            "caspio-core",
            "caspio-schema",
            "caspio-derive",
            "caspio-support",
        ],
    ),
    ("caspio-conform", &["caspio", "caspio-core"]),
    (
        "caspio-cli",
        &[
            "caspio",
            "caspio-codegen",
            "caspio-conform",
            "caspio-core",
            "caspio-emulator",
            "caspio-schema",
            "caspio-support",
        ],
    ),
];

#[test]
fn crates_depend_only_on_crates_below_them() {
    for name in crates() {
        let allowed = ALLOWED.iter().find(|(of, _)| *of == name);
        let (_, allowed) = allowed
            .unwrap_or_else(|| panic!("add {name} here and to the graph of ARCHITECTURE.md"));
        for dependency in dependencies(&name) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn every_published_crate_packages_its_readme_and_licences() {
    for name in crates() {
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let path = root().join(&name).join(file);
            assert!(path.is_file(), "{name} has no {file}");
        }
        let readme = match manifest_value(&name, "readme") {
            Some(path) => path,
            None => "README.md".to_owned(),
        };
        assert!(
            root().join(&name).join(readme).is_file(),
            "{name} has no README"
        );
        for key in ["description", "keywords", "categories", "all-features"] {
            assert!(manifest_value(&name, key).is_some(), "{name} has no {key}");
        }
    }
}

/// The crates of this workspace in `[dependencies]`.
fn dependencies(name: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in read_text(&format!("{name}/Cargo.toml")).lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]" || line.ends_with(".dependencies]");
        } else if inside && line.starts_with("caspio") {
            let end = line.find(['.', ' ', '=']).unwrap_or(line.len());
            found.push(line[..end].to_owned());
        }
    }
    found
}

fn manifest_value(name: &str, key: &str) -> Option<String> {
    read_text(&format!("{name}/Cargo.toml"))
        .lines()
        .find_map(|line| {
            let (found, value) = line.split_once('=')?;
            (found.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
        })
}
