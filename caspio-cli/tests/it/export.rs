//! Exports: the content of the files.

use crate::support::TestEnv;
use std::fs;

#[test]
fn an_export_equals_the_output_of_query() {
    let env = TestEnv::new();
    for (file, format) in [("a.csv", "csv"), ("a.jsonl", "jsonl")] {
        let columns = "PK_ID,Contact_ID,First_Name,Notes,Balance,Joined,Interests,Lucky_Numbers";
        let printed = env.ok(&["query", "Contacts", "--format", format, "--select", columns]);
        let exported = env.export("Contacts", file, &["--select", columns]);
        assert_eq!(String::from_utf8(exported).expect("text"), printed);
        env.is_tidy(file);
    }
}

#[test]
fn concurrency_does_not_change_the_file() {
    let env = TestEnv::new();
    let one = env.export("Orders", "one.csv", &[]);
    let many = env.export("Orders", "many.csv", &["--concurrency", "8"]);
    let auto = env.export("Orders", "auto.csv", &["--concurrency", "auto"]);
    assert!(one == many && one == auto);
    assert_eq!(one.iter().filter(|byte| **byte == b'\n').count(), 10_001);
}

#[test]
fn a_condition_selects_the_exported_records() {
    let env = TestEnv::new();
    let count: usize = env
        .ok(&["count", "Orders", "--where", "Total > 500"])
        .trim()
        .parse()
        .expect("a number");
    let some = env.export("Orders", "some.jsonl", &["--where", "Total > 500"]);
    assert_eq!(some.iter().filter(|byte| **byte == b'\n').count(), count);
}

#[test]
fn views_and_odd_names_are_exported_too() {
    let env = TestEnv::new();
    let view = env.export("Order_Details", "view.csv", &[]);
    assert_eq!(view.iter().filter(|byte| **byte == b'\n').count(), 10_001);
    let keys = env.export(
        "Order_Details",
        "keys.csv",
        &["--select", "_PK_ID_Orders,PK_ID"],
    );
    let keys = String::from_utf8(keys).expect("text");
    assert!(
        keys.starts_with("_PK_ID_Orders,PK_ID\n1,\"1,"),
        "{}",
        &keys[..60]
    );
    let odd = "Odd [Names] & \"Quotes\"";
    let odd = String::from_utf8(env.export(odd, "odd.csv", &[])).expect("text");
    assert!(
        odd.starts_with("PK_ID,Two Words,It's,\"Say \"\"Hi\"\"\",[Bracket],🙂 Mood,Select,Größe\n")
    );
}

#[test]
fn an_empty_table_is_exported_without_records() {
    let env = TestEnv::new();
    let none = ["--where", "1 = 0"];
    assert_eq!(
        env.export("City", "none.csv", &none),
        b"PK_ID,Name,State,Population\n".to_vec(),
        "a header"
    );
    assert_eq!(env.export("City", "none.jsonl", &none), b"");
}

#[test]
fn a_failed_export_leaves_no_files() {
    let env = TestEnv::new();
    let commands: [&[&str]; 3] = [
        &["export", "Nope", "x.csv"],
        &["export", "Contacts", "x.csv", "--select", "Nope"],
        &["export", "Contacts", "x.csv", "--where", "Age >> 1"],
    ];
    for arguments in commands {
        let ran = env.run(arguments);
        assert_ne!(ran.code, Some(0));
        assert!(!env.path("x.csv").exists());
        env.is_tidy("x.csv");
    }
}

#[test]
fn a_folder_is_refused_before_any_call() {
    let env = TestEnv::new();
    fs::create_dir(env.path("d.csv")).expect("a folder");

    let ran = env.run(&["export", "Orders", "d.csv"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("name a file"), "{}", ran.stderr);
    assert_eq!(env.emulator.calls().operation("ListTableRecords"), 0);
    assert!(!env.path("d.csv.part").exists());
}

#[test]
fn a_file_that_is_not_of_an_export_is_not_overwritten() {
    let env = TestEnv::new();
    fs::write(env.path("a.csv.part"), "mine").expect("written");

    let ran = env.run(&["export", "Orders", "a.csv"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(fs::read(env.path("a.csv.part")).expect("a file"), b"mine");
    env.ok(&["export", "Orders", "a.csv", "--restart"]);
}

#[cfg(unix)]
#[test]
fn a_private_file_stays_private() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::new();
    for file in ["a.csv", "a.parquet"] {
        fs::write(env.path(file), "old").expect("written");
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(env.path(file), private).expect("set");

        env.ok(&["export", "Orders", file]);

        let mode = fs::metadata(env.path(file))
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn an_export_reports_that_it_was_cut_at_its_limit() {
    let env = TestEnv::new();

    let ran = env.run(&["export", "Orders", "a.csv", "--limit", "1500"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines = fs::read_to_string(env.path("a.csv"))
        .expect("a file")
        .lines()
        .count();
    assert_eq!(lines, 1501);
    assert!(
        ran.stderr.contains("cut there by --limit"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_other_things_are_not_replaced() {
    let env = TestEnv::new();
    fs::write(env.path("a.csv"), "old").expect("written");
    std::os::unix::fs::symlink("a.csv", env.path("link.csv")).expect("a link");
    env.export("City", "link.csv", &[]);
    let link = fs::symlink_metadata(env.path("link.csv")).expect("there");
    assert!(link.is_symlink());
    assert_ne!(fs::read(env.path("a.csv")).expect("a file"), b"old");
    env.is_tidy("link.csv");

    // Sockets stand for devices: a test must not be able to replace one.
    let socket =
        |name: &str| std::os::unix::net::UnixListener::bind(env.path(name)).expect("bound");
    let _sockets = ["s.csv", "s.json", "s.refused.csv"].map(socket);
    fs::write(env.path("rows.csv"), "Name\nOslo\n").expect("written");
    for arguments in [
        &["export", "City", "s.csv"][..],
        &["schema", "pull", "--out", "s.json"],
        &["import", "City", "rows.csv", "--refused", "s.refused.csv"],
    ] {
        let ran = env.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("not a file"), "{}", ran.stderr);
    }
    for name in ["s.csv", "s.json", "s.refused.csv"] {
        assert!(
            !fs::metadata(env.path(name)).expect("there").is_file(),
            "{name}"
        );
    }
}
