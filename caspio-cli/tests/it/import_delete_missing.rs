//! How many records a sync deletes without a question.

use crate::support::TestEnv;
use crate::support::people::{count, people_env, summary, write};
use serde_json::json;
use std::fmt::Write as _;

const SYNC: [&str; 7] = [
    "import",
    "People",
    "a.csv",
    "--sync",
    "--key",
    "Code",
    "--delete-missing",
];

/// Writes a file with the rows of these numbers.
fn rows(env: &TestEnv, numbers: std::ops::Range<u32>) {
    let mut text = "Code,Age\n".to_owned();
    for at in numbers {
        writeln!(text, "C{at},{at}").expect("written");
    }
    write(env, "a.csv", &text);
}

/// A table of 40 records, and a file with the last ones and two new ones.
fn cut_off(from: u32) -> TestEnv {
    let env = people_env();
    rows(&env, 0..40);
    env.ok(&["import", "People", "a.csv"]);
    rows(&env, from..42);
    env
}

#[test]
fn without_a_terminal_a_sync_that_would_delete_many_records_writes_nothing() {
    let env = cut_off(11);
    for more in [&[][..], &["--max-deletes", "10"], &["--max-deletes", "27%"]] {
        let ran = env.run(&[&SYNC[..], more].concat());

        assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.stderr);
        let needed = [
            "11 of the 40 records of People (27.5 %)",
            "nothing was written",
            "--max-deletes 11",
            "--yes",
        ];
        for part in needed {
            assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
        }
        assert_eq!(count(&env, "People"), 40, "{more:?}");
        // An answer from a pipe is none.
        let piped = env.piped(&[&SYNC[..], more].concat(), "yes\n");
        assert_eq!(piped.code, Some(2), "{}", piped.stderr);
        assert_eq!(count(&env, "People"), 40);
    }
}

#[test]
fn a_nightly_sync_deletes_a_few_records_or_as_many_as_it_is_allowed() {
    for (from, more) in [
        (10, &[][..]),
        (11, &["--max-deletes", "11"]),
        (20, &["--max-deletes", "50%"]),
        (39, &["--yes"]),
        (39, &["-y"]),
    ] {
        let env = cut_off(from);
        env.emulator.reset_calls();

        let ran = env.run(&[&SYNC[..], more, &["--json"]].concat());

        assert_eq!(ran.code, Some(0), "{more:?}: {}", ran.stderr);
        let result = summary(&ran);
        assert_eq!(
            (&result["deleted"], &result["inserted"]),
            (&json!(from), &json!(2))
        );
        assert_eq!(count(&env, "People"), u64::from(42 - from));
        // The table is read once.
        let reads = env.emulator.calls();
        let reads = reads
            .iter()
            .filter(|(operation, ..)| *operation == "ListTableRecords");
        assert_eq!(reads.map(|(.., calls)| calls).sum::<u64>(), 1);
    }
}

#[test]
fn a_dry_run_ends_with_the_error_of_the_sync() {
    let env = cut_off(30);
    let dry = [&SYNC[..], &["--dry-run", "--json"]].concat();

    let ran = env.run(&dry);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(summary(&ran)["deleted"], json!(30));
    assert!(
        ran.stderr.contains("30 of the 40 records"),
        "{}",
        ran.stderr
    );
    assert_eq!(env.run(&[&dry[..], &["--yes"]].concat()).code, Some(0));
    assert_eq!(count(&env, "People"), 40);
}

#[test]
fn options_of_deletes_need_deletes() {
    let env = people_env();
    rows(&env, 0..2);
    let sync = &SYNC[..6];
    for more in [
        &["--yes"][..],
        &["--max-deletes", "5"],
        &["--delete-missing", "--yes", "--max-deletes", "5"],
        &["--delete-missing", "--max-deletes", "half"],
    ] {
        let ran = env.run(&[sync, more].concat());
        assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.stderr);
        assert_eq!(count(&env, "People"), 0);
    }
}

#[cfg(target_os = "linux")]
mod on_a_terminal {
    use super::*;
    use crate::support::Ran;
    use crate::support::ran;
    use std::io::{Read as _, Write as _};
    use std::process::{Command, Stdio};

    /// Runs a command on a terminal, and types a line.
    fn typed(env: &TestEnv, arguments: &[&str], line: &str) -> Ran {
        let program = env.command(arguments);
        let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_string_lossy());
        let words = std::iter::once(program.get_program()).chain(program.get_args());
        let words: Vec<String> = words.map(quoted).collect();
        let mut script = Command::new("script");
        script
            .args([
                "--quiet",
                "--return",
                "--command",
                &words.join(" "),
                "/dev/null",
            ])
            .current_dir(env.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(
                program
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = script.spawn().expect("`script` of util-linux runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut screen = child.stdout.take().expect("a pipe");
        let (mut shown, mut part) = (String::new(), [0; 1024]);
        let mut is_typed = false;
        loop {
            let read = screen.read(&mut part).expect("output");
            if read == 0 {
                break;
            }
            shown.push_str(&String::from_utf8_lossy(&part[..read]));
            if shown.contains("Type yes") && !is_typed {
                stdin.write_all(line.as_bytes()).expect("written");
                is_typed = true;
            }
        }
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        Ran {
            stdout: shown,
            ..ran(output)
        }
    }

    #[test]
    fn every_delete_is_asked_about() {
        let env = cut_off(1);
        for (line, code, left) in [("no\n", 2, 40), ("\n", 2, 40), ("yes\n", 0, 41)] {
            let ran = typed(&env, &SYNC, line);

            assert_eq!(ran.code, Some(code), "{}", ran.stdout);
            let question = "Delete 1 of the 40 records of People (2.5 %)? Type yes";
            assert!(ran.stdout.contains(question), "{}", ran.stdout);
            assert_eq!(count(&env, "People"), left);
        }
        let again = typed(&env, &SYNC, "");
        assert_eq!(again.code, Some(0), "{}", again.stdout);
        assert!(!again.stdout.contains("Type yes"), "{}", again.stdout);
    }

    #[test]
    fn a_stop_signal_ends_the_question() {
        let env = cut_off(1);

        let ran = typed(&env, &SYNC, "\u{3}");

        // The exit code is that of the shell, which the signal ends.
        assert!(ran.stdout.contains("nothing was written"), "{}", ran.stdout);
        assert_eq!(count(&env, "People"), 40);
    }
}
