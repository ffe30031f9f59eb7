//! Completions, and the names in them; manual pages.

use crate::support::{TestEnv, ran};
use std::fs;

/// Returns the names that complete a line; its last word is the one to complete.
fn names(env: &TestEnv, line: &[&str]) -> Vec<String> {
    let names = env.ok(&[&["names", "--"][..], line].concat());
    names.lines().map(str::to_owned).collect()
}

#[test]
fn names_are_completed_without_a_call_after_they_were_listed() {
    let env = TestEnv::new();
    assert!(names(&env, &["query", ""]).is_empty(), "nothing was listed");
    assert_eq!(env.emulator.calls().total(), 0);
    env.ok(&["tables"]);
    env.ok(&["views"]);
    env.emulator.reset_calls();

    assert_eq!(names(&env, &["query", "Con"]), ["Contacts"]);
    assert_eq!(names(&env, &["query", "con"]), ["Contacts"]);
    for line in [
        &["describe", "--view", "Act"][..],
        &["--json", "export", "--where", "Age > 1", "Act"],
        &["record", "--to", "x", "query", "--limit", "3", "Act"],
        &["record", "--", "query", "--limit", "3", "Act"],
        &["schema", "pull", "--view", "Act"],
    ] {
        assert_eq!(names(&env, line), ["Active_Contacts"], "{line:?}");
    }
    assert_eq!(names(&env, &["import", "Ord"]), ["Orders"], "no views");
    assert_eq!(names(&env, &["codegen", "--table", "Ord"]), ["Orders"]);
    for line in [
        &["query", "Contacts", ""][..],
        &["query", "--sel"],
        &["query", "--where", ""],
        &["tables", ""],
        &["query", "--emulator", ""],
        &["nonsense", ""],
        &[],
    ] {
        assert!(names(&env, line).is_empty(), "{line:?}");
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[test]
fn the_names_are_those_of_the_account_and_profile() {
    let mut env = TestEnv::new();
    env.ok(&["schema", "pull"]);
    assert_eq!(names(&env, &["count", "Con"]), ["Contacts"]);
    env.environment = false;
    let login = ["login", "--profile", "work"];
    let settings = format!(
        "{}\n{}\n{}\n",
        env.emulator.url(),
        env.emulator.client_id(),
        crate::support::SECRET
    );
    let saved = env.piped(&login, &settings);
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);

    assert!(
        names(&env, &["count", "Con"]).is_empty(),
        "no profile is the default"
    );
    assert_eq!(
        names(&env, &["count", "--profile", "work", "Con"]),
        ["Contacts"]
    );
    assert_eq!(
        names(&env, &["--profile=work", "count", "Con"]),
        ["Contacts"]
    );
    assert_eq!(names(&env, &["count", "--profile", ""]), ["work"]);
    assert!(names(&env, &["count", "--profile", "none", "Con"]).is_empty());

    env.ok(&["logout", "--profile", "work"]);
    let kept = env.kept();
    let names = kept
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains("names"));
    assert_eq!(names.count(), 0, "{kept:?}");
}

#[cfg(unix)]
#[test]
fn bash_completes_names_with_blanks() {
    let env = TestEnv::new();
    env.ok(&["tables"]);
    fs::write(env.path("script"), env.ok(&["completions", "bash"])).expect("written");
    let program = env!("CARGO_BIN_EXE_caspio");
    let completed = |words: &[&str]| {
        let list: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        let text = format!(
            "source ./script; COMP_WORDS=('{program}' {}); COMP_CWORD={}; \
             _caspio_with_names '{program}' '{}' ''; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            list.join(" "),
            words.len(),
            words.last().expect("a word")
        );
        let mut bash = env.command(&[]);
        let settings = bash
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let settings: Vec<_> = settings.collect();
        let folder = bash.get_current_dir().expect("a folder").to_owned();
        bash = std::process::Command::new("bash");
        bash.args(["-c", &text])
            .current_dir(folder)
            .env_clear()
            .envs(settings);
        let ran = ran(bash.output().expect("bash runs"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout
    };

    assert_eq!(completed(&["count", "Con"]), "Contacts\n");
    assert_eq!(
        completed(&["count", "Odd"]),
        "Odd\\ \\[Names\\]\\ \\&\\ \\\"Quotes\\\"\n"
    );
    assert!(completed(&["count", "--wh"]).contains("--where"));
}

#[test]
fn there_is_a_page_for_every_command() {
    let env = TestEnv::new();

    env.ok(&["man", "--out", "pages/man1"]);

    let page = |name: &str| fs::read_to_string(env.path("pages/man1").join(name));
    for name in [
        "caspio.1",
        "caspio-query.1",
        "caspio-schema-pull.1",
        "caspio-raw.1",
    ] {
        assert!(page(name).expect(name).contains(".SH NAME"), "{name}");
    }
    assert!(page("caspio-names.1").is_err(), "a hidden command");
    assert!(page("caspio-query.1").expect("a page").contains("T\\-SQL"));
    assert_eq!(
        env.ok(&["man", "schema", "pull"]),
        page("caspio-schema-pull.1").expect("a page")
    );
    assert_eq!(env.ok(&["man"]), page("caspio.1").expect("a page"));
    let unknown = env.run(&["man", "schema", "pul"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("`pull`?"), "{}", unknown.stderr);
}
