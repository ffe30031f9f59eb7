//! No modules of one crate use each other, neither two nor in a circle.

use crate::exceptions::check;
use crate::lexer::Token;
use crate::source::{Source, crates, of_crate};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn no_modules_form_a_circle() {
    let broken = crates()
        .iter()
        .filter(|name| *name != "caspio-cli")
        .flat_map(|name| Graph::of(name).in_circles(name))
        .collect();

    check("no_modules_form_a_circle", broken);
}

/// Which top-level module uses which, and where.
struct Graph {
    uses: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Graph {
    fn of(name: &str) -> Self {
        let sources = of_crate(name);
        let lib = format!("{name}/src/lib.rs");
        let lib = sources.iter().find(|source| source.path == lib);
        let names = Names::of(&lib.expect("a lib.rs").tokens);
        let mut uses = BTreeMap::<_, BTreeSet<String>>::new();
        for source in &sources {
            let path = module_path(name, source);
            let Some(user) = path.first() else { continue };
            for (item, line) in root_items(&source.tokens, path.len()) {
                if let Some(used) = names.module_of(&item)
                    && used != user
                {
                    let place = format!("{}:{line}", source.path);
                    uses.entry((user.clone(), used.to_owned()))
                        .or_default()
                        .insert(place);
                }
            }
        }
        Self { uses }
    }

    /// What is left of the uses when modules that use no other are removed, again and again: these form circles,
    /// or lead into one.
    fn in_circles(&self, name: &str) -> Vec<String> {
        let mut left: Vec<&(String, String)> = self.uses.keys().collect();
        loop {
            let users: BTreeSet<&String> = left.iter().map(|(user, _)| user).collect();
            let count = left.len();
            left.retain(|(_, used)| users.contains(used));
            if left.len() == count {
                break;
            }
        }
        left.iter()
            .map(|pair| {
                format!(
                    "{name}: {} uses {} in {:?}",
                    pair.0, pair.1, self.uses[*pair]
                )
            })
            .collect()
    }
}

/// The modules that `lib.rs` declares, and the names it re-exports from them.
struct Names {
    modules: BTreeSet<String>,
    reexports: BTreeMap<String, String>,
}

impl Names {
    fn of(lib: &[Token]) -> Self {
        let modules: BTreeSet<String> = lib
            .windows(3)
            .filter(|three| three[0].ident() == Some("mod") && three[2].is(';'))
            .filter_map(|three| three[1].ident().map(str::to_owned))
            .collect();
        let mut reexports = BTreeMap::new();
        for (at, token) in lib.iter().enumerate() {
            if token.ident() != Some("use") {
                continue;
            }
            for path in use_tree(&lib[at + 1..]) {
                let path: Vec<String> = path
                    .into_iter()
                    .skip_while(|part| matches!(part.as_str(), "crate" | "self"))
                    .collect();
                if let [module, .., name] = path.as_slice()
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

/// The items of the crate's root that a file names, by `crate::` or by as many `super::` as it is deep.
fn root_items(tokens: &[Token], depth: usize) -> Vec<(String, usize)> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (supers, after) = count_supers(tokens, at);
        let rest = if tokens[at].ident() == Some("crate") && is_path(&tokens[at + 1..]) {
            Some(at + 3)
        } else if supers == depth && supers > 0 {
            Some(after)
        } else {
            None
        };
        match rest {
            Some(rest) => {
                let line = tokens[at].line;
                for path in use_tree(&tokens[rest..]) {
                    items.extend(path.into_iter().next().map(|first| (first, line)));
                }
                at = rest;
            }
            None => at = after.max(at + 1),
        }
    }
    items
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
    let text = "use crate::{read::{A, b::C}, Client as D}; fn f() { super::super::write::g(crate::column::X) }";
    let tokens = crate::lexer::tokens(text);

    let items: Vec<String> = root_items(&tokens, 2)
        .into_iter()
        .map(|item| item.0)
        .collect();

    assert_eq!(items, ["read", "read", "Client", "write", "column"]);
}
