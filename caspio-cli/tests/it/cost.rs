//! `--cost`, compared with the calls that the emulator counts.

use crate::support::TestEnv;
use crate::support::people::{people, people_env, write};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use serde_json::{Value, json};
use std::fmt::Write;

/// Returns how many calls `--cost` prints for a command.
fn estimate(env: &TestEnv, arguments: &[&str]) -> (u64, u64) {
    let before = calls(env);
    let text = env.ok(&[arguments, &["--cost", "--json"]].concat());
    let estimate: Value = serde_json::from_str(&text).expect("JSON");
    let number = |name: &str| estimate[name].as_u64().expect(name);
    assert_eq!(number("calls"), calls(env) - before, "{estimate}");
    (number("least"), number("most"))
}

/// Returns the calls so far, without requests of tokens.
fn calls(env: &TestEnv) -> u64 {
    let calls = env.emulator.calls();
    calls.total() - calls.token_requests()
}

/// Runs a command after asking for its cost, and returns the reported range and how many calls it took.
fn both(env: &TestEnv, arguments: &[&str]) -> ((u64, u64), u64) {
    let estimate = estimate(env, arguments);
    let before = calls(env);
    env.run(arguments);
    (estimate, calls(env) - before)
}

fn is_exact(env: &TestEnv, arguments: &[&str]) {
    let ((least, most), taken) = both(env, arguments);
    assert_eq!((least, most), (taken, taken), "{arguments:?}");
}

fn is_within(env: &TestEnv, arguments: &[&str]) {
    let ((least, most), taken) = both(env, arguments);
    assert!(
        (least..=most).contains(&taken),
        "{arguments:?}: {taken} calls, reported were {least} to {most}"
    );
}

/// Returns tables of 0, 1, 999, 1000, 1001 and 2000 records, and a view of each.
fn sizes() -> (TestEnv, [u64; 6]) {
    let env = TestEnv::of(Emulator::builder().empty());
    let sizes = [0, 1, 999, 1000, 1001, 2000];
    for size in sizes {
        let name = format!("T{size}");
        let table = TableDef::new(&name).field(FieldDef::new("N", DataType::Integer));
        env.emulator.create_table(table).expect("a new table");
        for at in 0..size {
            env.emulator
                .insert(&name, json!({ "N": at }))
                .expect("a record");
        }
        let view = ViewDef::new(format!("V{size}"), &name).field(&format!("{name}.N"));
        env.emulator.create_view(view).expect("a new view");
    }
    (env, sizes)
}

#[test]
fn the_calls_of_an_export_are_known() {
    let (env, sizes) = sizes();
    for version in ["v2", "v3", "v4"] {
        for size in sizes {
            let export = |name: String, more: &[&str]| {
                let name = [name.as_str(), "a.csv", "--api-version", version];
                is_exact(&env, &[&["export"], &name[..], more].concat());
            };
            export(format!("T{size}"), &[]);
            export(format!("V{size}"), &[]);
            export(format!("V{size}"), &["--view"]);
            export(format!("T{size}"), &["--limit", "1000"]);
            export(format!("T{size}"), &["--where", "N >= 1000"]);
            for concurrency in ["4", "auto"] {
                let many = [&format!("T{size}"), "b.csv", "--concurrency", concurrency];
                is_within(
                    &env,
                    &[&["export"], &many[..], &["--api-version", version]].concat(),
                );
            }
        }
    }
    is_exact(&env, &["export", "T2000", "-", "--format", "csv"]);
    assert!(!env.path("a.jsonl").exists());
    estimate(&env, &["export", "T2000", "a.jsonl"]);
    assert!(!env.path("a.jsonl").exists(), "nothing is written");
}

fn rows(from: u64, to: u64, age: &str) -> String {
    (from..to).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},{age}").expect("written");
        all
    })
}

#[test]
fn the_calls_of_an_import_are_known() {
    for version in ["v2", "v3", "v4"] {
        for (from, to) in [(0, 0), (0, 1), (0, 1000), (0, 1001), (0, 2500)] {
            let env = people_env();
            write(&env, "a.csv", &rows(from, to, "1"));
            is_exact(
                &env,
                &["import", "People", "a.csv", "--api-version", version],
            );
        }
    }
}

#[test]
fn rows_that_are_refused_are_counted_as_the_import_sends_them() {
    let env = people_env();
    let bad = format!("{}{}", rows(0, 999, "1"), "B,x\nC,1\nD,99999999999\n");
    write(&env, "a.csv", &bad);
    is_exact(&env, &["import", "People", "a.csv", "--dry-run"]);
    is_exact(&env, &["import", "People", "a.csv"]);
    let long = format!(
        "Code,Notes\n{}",
        format!("A,{}\n", "x".repeat(60_000)).repeat(100)
    );
    write(&env, "long.csv", &long);
    is_within(&env, &["import", "Copy", "long.csv"]);
    assert!(!env.path("long.refused.csv.part").exists());
}

#[test]
fn rows_that_cannot_be_sent_take_no_call() {
    let commas = "Code,Balance\na,\"1,5\"\nb,1.234\n";
    let doubled = "Code,Age\na,1\nA,2\n";
    let unresolved = "Code,Age,Line,Reason\nk1,1,2,UNRESOLVED: lost\nnew,2,3,UNRESOLVED: lost\n";
    let long = "日".repeat(240);
    let long =
        format!("Code,Age,Line,Reason\n{long},1,2,UNRESOLVED: lost\nk1,1,3,UNRESOLVED: lost\n");
    for version in ["v2", "v3", "v4"] {
        let env = people_env();
        write(&env, "start.csv", &format!("{}k1,1\n", rows(0, 1200, "1")));
        env.ok(&["import", "People", "start.csv"]);
        write(&env, "commas.csv", commas);
        write(&env, "doubled.csv", doubled);
        write(&env, "u.refused.csv", unresolved);
        write(&env, "long.refused.csv", &long);
        let import = |file: &str, more: &[&str]| {
            let import = ["import", "People", file, "--api-version", version];
            is_within(&env, &[&import[..], more].concat());
        };
        let commas = ["import", "People", "commas.csv", "--api-version", version];
        is_exact(&env, &commas);
        for more in [
            &["--dry-run"][..],
            &[],
            &["--key", "Code", "--dry-run"],
            &["--key", "Code"],
        ] {
            import("u.refused.csv", more);
            import("long.refused.csv", more);
        }
        for more in [&[][..], &["--delete-missing", "--yes"]] {
            let sync = [&["--sync", "--key", "Code"][..], more].concat();
            for file in [
                "doubled.csv",
                "commas.csv",
                "u.refused.csv",
                "long.refused.csv",
            ] {
                if !(file.contains("refused") && more.contains(&"--yes")) {
                    import(file, &sync);
                }
            }
        }
    }
}

#[test]
fn an_estimate_of_an_import_that_cannot_start_is_its_error() {
    let env = people_env();
    write(&env, "renamed.csv", "Code,Age,Line,Reason\na,1,2,no\n");
    write(&env, "a.refused.csv", "Code,Age,Line,Reason\na,1,2,no\n");
    let sync = ["--sync", "--key", "Code", "--delete-missing"];
    for (file, more) in [("renamed.csv", &[][..]), ("a.refused.csv", &sync)] {
        let import = [&["import", "People", file][..], more].concat();
        let run = env.run(&import);
        let cost = env.run(&[&import[..], &["--cost"]].concat());
        assert_eq!((run.code, &run.stderr), (Some(2), &cost.stderr));
    }
}

#[test]
fn the_calls_of_a_sync_are_within_the_range() {
    for version in ["v2", "v3", "v4"] {
        let env = people_env();
        let sync = ["import", "People", "a.csv", "--sync", "--key", "Code"];
        let sync = [&sync[..], &["--api-version", version]].concat();
        for (file, more) in [
            (rows(0, 1500, "1"), &[][..]),
            (rows(0, 1500, "1"), &[]),
            (rows(0, 10, "2"), &[]),
            (rows(1400, 2600, "1"), &[]),
            (rows(0, 2600, "3"), &["--dry-run"]),
            (rows(500, 520, "1"), &["--delete-missing"]),
            (rows(500, 520, "1"), &["--delete-missing", "--yes"]),
            (rows(500, 520, "1"), &["--delete-missing"]),
        ] {
            write(&env, "a.csv", &file);
            is_within(&env, &[&sync[..], more].concat());
        }
    }
}

#[test]
fn the_calls_of_a_write_by_condition_are_known() {
    for version in ["v2", "v3", "v4"] {
        let env = people_env();
        for code in ["Code=A", "Code=B"] {
            env.ok(&["insert", "People", code]);
        }
        for condition in ["Code = 'A'", "Code = 'none'"] {
            let by = ["--where", condition, "--yes", "--api-version", version];
            is_exact(&env, &[&["update", "People", "Age=1"], &by[..]].concat());
            is_exact(&env, &[&["delete", "People"], &by[..]].concat());
        }
        assert_eq!(env.emulator.count("People").expect("a table"), 1);
    }
}

#[test]
fn the_calls_of_a_push_are_known() {
    for version in ["v2", "v3", "v4"] {
        let env = TestEnv::of(Emulator::builder().empty());
        env.emulator
            .create_table(people("People"))
            .expect("a new table");
        env.ok(&["schema", "pull", "--api-version", version]);
        let path = env.path("caspio.schema.json");
        let text = std::fs::read_to_string(&path).expect("a file");
        let fields = "{\"name\": \"One\", \"type\": \"STRING\"},\n{\"name\": \"Two\", \"type\": \"STRING\"},\n";
        let at = text.find("{\"name\": \"Age\"").expect("a field");
        std::fs::write(&path, format!("{}{fields}{}", &text[..at], &text[at..])).expect("written");
        let push = ["schema", "push", "--yes", "--api-version", version];
        is_exact(&env, &push);
        is_exact(&env, &push);
    }
}
