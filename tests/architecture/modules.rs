//! No modules of one crate use each other, neither two nor in a circle: neither those of `lib.rs`, nor those of a
//! folder.

use crate::exceptions::check;
use crate::lexer::Token;
use crate::source::{Source, crates, of_crate};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn no_modules_form_a_circle() {
    let broken = crates()
        .iter()
        .flat_map(|name| Graph::of(name).in_circles(name))
        .collect();

    check("no_modules_form_a_circle", broken);
}

/// A module that uses another one of the same folder; the folder is the first of the three.
type Use = (Vec<String>, String, String);

/// Which modules of one folder use which, and where.
struct Graph {
    uses: BTreeMap<Use, BTreeSet<String>>,
}

impl Graph {
    fn of(name: &str) -> Self {
        let sources = of_crate(name);
        let folders: BTreeMap<Vec<String>, Names> = sources
            .iter()
            .map(|source| module_path(name, source))
            .zip(&sources)
            .map(|(path, source)| (path.clone(), Names::of(&source.tokens, &path)))
            .filter(|(_, names)| !names.modules.is_empty())
            .collect();
        let mut uses = BTreeMap::<_, BTreeSet<String>>::new();
        for source in &sources {
            let user = module_path(name, source);
            for (used, line) in paths(&source.tokens, &user) {
                if let Some(found) = use_of(&user, &used, &folders) {
                    let place = format!("{}:{line}", source.path);
                    uses.entry(found).or_default().insert(place);
                }
            }
        }
        Self { uses }
    }

    /// The uses of modules that use, directly or through others, the module that uses them.
    fn in_circles(&self, name: &str) -> Vec<String> {
        let circles = self.uses.iter().filter(|(of, _)| self.is_in_circle(of));
        circles
            .map(|((folder, user, used), places)| {
                let folder = [&[name.to_owned()], &folder[..]].concat().join("/");
                format!("{folder}: {user} uses {used} in {places:?}")
            })
            .collect()
    }

    fn is_in_circle(&self, (folder, user, used): &Use) -> bool {
        let mut reached = BTreeSet::from([used]);
        loop {
            let uses = self.uses.keys();
            let of_reached = uses.filter(|(of, from, _)| of == folder && reached.contains(from));
            let next: BTreeSet<_> = of_reached.map(|(_, _, to)| to).collect();
            let count = reached.len();
            reached.extend(next);
            if reached.len() == count {
                return reached.contains(user);
            }
        }
    }
}

/// The first two modules of one folder that contain a module and what it uses; `None` if one contains the other.
fn use_of(user: &[String], used: &[String], folders: &BTreeMap<Vec<String>, Names>) -> Option<Use> {
    for (depth, own) in user.iter().enumerate() {
        let folder = &user[..depth];
        let item = used.get(depth)?;
        let module = folders.get(folder)?.module_of(item)?;
        if module != own {
            return Some((folder.to_vec(), own.clone(), module.to_owned()));
        }
        if item != module {
            return None;
        }
    }
    None
}

/// The modules that a file declares, and the names it re-exports from them.
struct Names {
    modules: BTreeSet<String>,
    reexports: BTreeMap<String, String>,
}

impl Names {
    fn of(file: &[Token], own: &[String]) -> Self {
        let modules: BTreeSet<String> = file
            .windows(3)
            .filter(|three| three[0].ident() == Some("mod") && three[2].is(';'))
            .filter_map(|three| three[1].ident().map(str::to_owned))
            .collect();
        let mut reexports = BTreeMap::new();
        for (at, token) in file.iter().enumerate() {
            if token.ident() != Some("use") {
                continue;
            }
            for path in use_tree(&file[at + 1..]) {
                if let [module, .., name] = below(&path, own)
                    && modules.contains(module)
                {
                    reexports.insert(name.clone(), module.clone());
                }
            }
        }
        Self { modules, reexports }
    }

    fn module_of(&self, item: &str) -> Option<&str> {
        self.modules
            .get(item)
            .or_else(|| self.reexports.get(item))
            .map(String::as_str)
    }
}

/// A path in a module's file, from that module on.
fn below<'p>(path: &'p [String], own: &[String]) -> &'p [String] {
    match path {
        [first, rest @ ..] if first == "self" => rest,
        [first, rest @ ..] if first == "crate" => rest.strip_prefix(own).unwrap_or_default(),
        path => path,
    }
}

/// The module that a file is: `src/read/query.rs` is `read::query`.
fn module_path(name: &str, source: &Source) -> Vec<String> {
    let path = source.path.strip_prefix(name).unwrap_or(&source.path);
    let path = path.trim_start_matches("/src/").trim_end_matches(".rs");
    let path = path.trim_end_matches("/mod");
    match path {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// The paths that a module's file names by `crate::` or `super::`, from the crate's root, with their lines.
fn paths(tokens: &[Token], own: &[String]) -> Vec<(Vec<String>, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (supers, after) = count_supers(tokens, at);
        let (base, rest) = if tokens[at].ident() == Some("crate") && is_path(&tokens[at + 1..]) {
            (&own[..0], at + 3)
        } else if (1..=own.len()).contains(&supers) {
            (&own[..own.len() - supers], after)
        } else {
            at = after.max(at + 1);
            continue;
        };
        let line = tokens[at].line;
        for path in use_tree(&tokens[rest..]) {
            found.push(([base, &path].concat(), line));
        }
        at = rest;
    }
    found
}

/// How many `super::` begin here, and where they end.
fn count_supers(tokens: &[Token], mut at: usize) -> (usize, usize) {
    let mut supers = 0;
    while tokens.get(at).and_then(Token::ident) == Some("super") && is_path(&tokens[at + 1..]) {
        supers += 1;
        at += 3;
    }
    (supers, at)
}

fn is_path(tokens: &[Token]) -> bool {
    matches!(tokens, [first, second, ..] if first.is(':') && second.is(':'))
}

/// The paths of `a::{b, c::d as e}`; `e` is the last part of a path that is renamed.
fn use_tree(tokens: &[Token]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    branch(tokens, 0, &[], &mut paths);
    paths
}

fn branch(
    tokens: &[Token],
    mut at: usize,
    before: &[String],
    paths: &mut Vec<Vec<String>>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at) {
            Some(token) if token.is('{') => {
                at += 1;
                while tokens.get(at).is_some_and(|token| !token.is('}')) {
                    at = branch(tokens, at, &path, paths);
                    if tokens.get(at).is_some_and(|token| token.is(',')) {
                        at += 1;
                    } else if tokens.get(at).is_some_and(|token| !token.is('}')) {
                        return at;
                    }
                }
                return at + 1;
            }
            Some(token) => match token.ident() {
                Some(name) => path.push(name.to_owned()),
                None => return at + 1,
            },
            None => return at,
        }
        at += 1;
        if tokens.get(at).and_then(Token::ident) == Some("as") {
            path.extend(tokens.get(at + 1).and_then(Token::ident).map(str::to_owned));
            at += 2;
        }
        if !is_path(tokens.get(at..).unwrap_or_default()) {
            paths.push(path);
            return at;
        }
        at += 2;
    }
}

#[test]
fn paths_of_groups_and_parents_are_found() {
    let text = "use crate::{read::{A, b::C}, Client as D}; fn f() { super::super::write::g(super::h(crate::column::X)) }";
    let tokens = crate::lexer::tokens(text);
    let own = ["filter".to_owned(), "sql".to_owned()];

    let found: Vec<String> = paths(&tokens, &own)
        .into_iter()
        .map(|(path, _)| path.join("::"))
        .collect();

    let expected = [
        "read::A",
        "read::b::C",
        "Client::D",
        "write::g",
        "filter::h",
        "column::X",
    ];
    assert_eq!(found, expected);
}
