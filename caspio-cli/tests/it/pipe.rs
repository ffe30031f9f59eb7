//! Standard input and output as files.

use crate::support::people::{count, people, people_env, reasons, summary, write};
use crate::support::{Ran, TestEnv};
use caspio_emulator::Emulator;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Returns the names of the files in the current folder of the program.
fn files(env: &TestEnv) -> Vec<String> {
    let entries = fs::read_dir(env.path("")).expect("a folder").flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "a.jsonl").collect()
}

/// Runs the program with a file as its standard input.
fn from_file(env: &TestEnv, file: &str, arguments: &[&str]) -> Ran {
    let mut command = env.command(arguments);
    command.stdin(File::open(env.path(file)).expect("a file"));
    let output = command.output().expect("the program runs");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

#[test]
fn an_export_to_standard_output_equals_a_file() {
    let env = TestEnv::new();
    for format in ["csv", "jsonl"] {
        let file = env.export("Orders", &format!("a.{format}"), &[]);
        let printed = env.run(&["export", "Orders", "-", "--format", format]);
        assert_eq!(printed.code, Some(0), "{}", printed.stderr);
        assert!(printed.stdout.as_bytes() == file, "{format} differs");
        assert_eq!(printed.stderr, "10000 records.\n");
    }
    let none = env.ok(&["export", "City", "-", "--format", "csv", "--where", "1 = 0"]);
    assert_eq!(none, "PK_ID,Name,State,Population\n");

    let cut = env.run(&[
        "export", "Orders", "-", "--format", "csv", "--limit", "2", "--json",
    ]);
    assert_eq!(cut.stdout.lines().count(), 3);
    let result: serde_json::Value = serde_json::from_str(&cut.stderr).expect("JSON");
    assert_eq!(
        (&result["records"], &result["cut_at_limit"]),
        (&2.into(), &true.into())
    );
}

#[test]
fn what_standard_output_cannot_do_is_refused_before_any_call() {
    let env = TestEnv::new();
    let csv = ["--format", "csv"];
    for (more, hint) in [
        (&[][..], "--format csv"),
        (&["--format", "parquet"], "name a file"),
        (&[&csv[..], &["--restart"]].concat(), "begins at the start"),
        (&[&csv[..], &["--compression", "zstd"]].concat(), "Parquet"),
        (&[&csv[..], &["--row-group", "5000"]].concat(), "Parquet"),
        (&["--format", "jsonl", "--excel"], "CSV"),
    ] {
        let ran = env.run(&[&["export", "Orders", "-"], more].concat());
        assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(hint), "{more:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[test]
fn a_reader_that_stops_reading_is_not_an_error() {
    let env = TestEnv::new();
    for arguments in [
        &["export", "Orders", "-", "--format", "csv"][..],
        &["query", "Orders", "--format", "jsonl"],
    ] {
        let mut command = env.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        stdout.read_line(&mut line).expect("a line");
        drop(stdout);

        let output = child.wait_with_output().expect("it ends");

        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn every_format_is_imported_from_standard_input() {
    let formats: &[&str] = match cfg!(feature = "parquet") {
        true => &["csv", "jsonl", "parquet"],
        false => &["csv", "jsonl"],
    };
    for format in formats {
        let env = people_env();
        write(
            &env,
            "a.jsonl",
            "{\"Code\":\"A\",\"Name\":\"Ann\"}\n{\"Code\":\"B\"}\n",
        );
        env.ok(&["import", "People", "a.jsonl"]);
        let file = format!("people.{format}");
        env.export("People", &file, &[]);

        let ran = from_file(&env, &file, &["import", "Copy", "-", "--format", format]);

        assert_eq!(ran.code, Some(0), "{format}: {}", ran.stderr);
        assert_eq!(count(&env, "Copy"), 2, "{format}");
        let mut left = files(&env);
        left.sort();
        assert_eq!(left, [file.as_str()].map(str::to_owned), "{format}");
    }
}

#[test]
fn refused_rows_of_standard_input_are_in_a_file() {
    let env = people_env();
    let rows = "Code,Age\nA,1\nB,x\n";

    let ran = env.piped(&["import", "People", "-", "--format", "csv"], rows);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(ran.stderr.contains("stdin.refused.csv"), "{}", ran.stderr);
    assert!(reasons(&env, "stdin.refused.csv")[&3].contains("Age"));
    let other = [
        "import",
        "Copy",
        "-",
        "--format",
        "csv",
        "--refused",
        "own.refused.csv",
    ];
    assert_eq!(env.piped(&other, rows).code, Some(5));
    assert_eq!(reasons(&env, "own.refused.csv").len(), 1);
    let unknown = env.piped(&["import", "People", "-"], rows);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.stderr.contains("--format csv"),
        "{}",
        unknown.stderr
    );
    let wrong = env.piped(&["import", "People", "-", "--format", "csv"], "Cod\nA\n");
    assert!(
        wrong.stderr.contains("did you mean `Code`"),
        "{}",
        wrong.stderr
    );
}

#[cfg(unix)]
#[test]
fn the_same_input_resumes_an_import_that_was_killed() {
    let env = TestEnv::of(
        Emulator::builder()
            .empty()
            .latency(Duration::from_millis(300)),
    );
    env.emulator
        .create_table(people("People"))
        .expect("a new table");
    let rows = (0..20_000).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let import = [
        "import", "People", "-", "--format", "csv", "--key", "Code", "--json",
    ];
    let mut command = env.command(&import);
    command.stdin(File::open(env.path("a.csv")).expect("a file"));
    let mut child = command.stdout(Stdio::null()).spawn().expect("it starts");
    while count(&env, "People") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("it ends");

    let other = env.piped(&import, "Code,Age\nD,1\n");
    assert_eq!(other.code, Some(2), "another input: {}", other.stderr);
    let ran = from_file(&env, "a.csv", &import);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 20_000);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert_eq!(
        number("inserted") + number("already_there"),
        20_000,
        "{result}"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_for_standard_input() {
    let env = people_env();
    let mut command = env.command(&["import", "People", "-", "--format", "csv"]);
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"Code\nA\n").expect("written");
    while !fs::read_dir(env.path(""))
        .expect("a folder")
        .flatten()
        .any(|file| file.file_name().to_string_lossy().contains("stdin"))
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    Command::new("kill")
        .args(["-INT", &id])
        .status()
        .expect("kill runs");

    let output = child.wait_with_output().expect("it ends");

    assert_eq!(output.status.code(), Some(5));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("nothing was written"), "{message}");
    assert_eq!(count(&env, "People"), 0);
    assert_eq!(files(&env), Vec::<String>::new());
    drop(stdin);
}

/// Only Unix systems lock a copy while it is used.
#[cfg(unix)]
#[test]
fn the_copy_that_a_killed_import_left_is_removed_by_the_next_one() {
    for options in [
        &[][..],
        &["--sync", "--key", "Code"],
        &["--dry-run"],
        &["--cost"],
    ] {
        let env = people_env();
        write(&env, "a.csv", "Code\nA\n");
        let old = std::time::SystemTime::now() - Duration::from_secs(60);
        let copies = ["0123456789abcdef", "fedcba9876543210"].map(|number| {
            let path = env.path(&format!(".stdin.refused.csv.{number}.tmp"));
            let copy = File::create(&path).expect("a file");
            copy.set_modified(old).expect("its time");
            (path, copy)
        });
        copies[1].1.lock().expect("a lock");

        let import = ["import", "People", "-", "--format", "csv"];
        let ran = from_file(&env, "a.csv", &[&import[..], options].concat());

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(!copies[0].0.exists(), "the copy is left: {options:?}");
        assert!(copies[1].0.exists(), "another import uses it: {options:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_imported_whole() {
    let env = people_env();
    let rows = (0..30_000).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    let made = Command::new("mkfifo").arg(env.path("p.csv")).status();
    assert!(made.expect("mkfifo runs").success());
    let pipe = env.path("p.csv");
    let writer = std::thread::spawn(move || fs::write(pipe, rows));

    let ran = env.run(&["import", "People", "p.csv", "--json"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(summary(&ran)["rows"], 30_000);
    assert_eq!(count(&env, "People"), 30_000);
    writer.join().expect("no panic").expect("read to its end");
}

#[cfg(target_os = "linux")]
#[test]
fn a_descriptor_is_imported_whole() {
    let env = people_env();
    let rows = (0..30_000).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    let import = [
        "import",
        "People",
        "/dev/stdin",
        "--format",
        "csv",
        "--json",
    ];

    let ran = env.piped(&import, &rows);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 30_000);
}
