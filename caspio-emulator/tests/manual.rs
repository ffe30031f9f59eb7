//! The commands of `docs/emulator.md`, run as a reader would.

mod common;

use caspio_emulator::Emulator;
use common::Caspio;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

const MANUAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/emulator.md");

/// The URL in the manual.
const URL: &str = "http://127.0.0.1:8080";

/// What starts an emulator or builds one.
const OTHERS: [&str; 2] = ["cargo ", "podman "];

/// Returns the code of a language, in its order, for an emulator with this URL.
fn code(language: &str, url: &str) -> String {
    let manual = fs::read_to_string(MANUAL).expect("the manual");
    let start = format!("\n```{language}\n");
    let blocks = manual
        .split(&start)
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .filter(|block| !OTHERS.iter().any(|other| block.contains(other)));
    let blocks: Vec<_> = blocks.collect();
    assert!(blocks.len() >= 4, "{} blocks", blocks.len());
    blocks.join("\n").replace(URL, url)
}

/// Gives a program its text; it has to succeed. Returns its output, or `None` if there is no such program.
fn run(program: &str, arguments: &[&str], text: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().expect("piped");
    input.write_all(text.as_bytes()).expect("written");
    drop(input);
    let output = child.wait_with_output().expect("ended");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{text}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn has(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    let quiet = command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

async fn sample() -> Caspio {
    Caspio::start(Emulator::builder().sample_orders(10)).await
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "it says that it was skipped")]
async fn every_curl_command_works() {
    if !has("curl", &["--version"]) || !has("sh", &["-c", "true"]) {
        eprintln!("skipped: there is no curl here");
        return;
    }
    let caspio = sample().await;
    let strict = "set -eu\ncurl() { command curl --fail --silent --show-error \"$@\"; }\n";

    let script = code("sh", &caspio.emulator.url());
    let output = run("sh", &["-s"], &format!("{strict}{script}")).expect("a shell");

    assert!(output.contains("\"First_Name\":"), "{output}");
    assert!(output.contains("\"rowsSent\":"), "{output}");
    assert!(output.contains("\"fault\":\"resetAfterwards\""), "{output}");
    assert_eq!(caspio.emulator.count("Contacts").expect("the table"), 203);
    assert_eq!(
        caspio.emulator.calls().total(),
        0,
        "the counts were deleted"
    );
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "it says that it was skipped")]
async fn every_line_of_python_works() {
    if !has("python3", &["-c", "import requests"]) {
        eprintln!("skipped: there is no Python with requests here");
        return;
    }
    let caspio = sample().await;

    let script = code("python", &caspio.emulator.url());
    let output = run("python3", &["-"], &script).expect("Python");

    assert!(output.contains("First_Name"), "{output}");
    assert_eq!(caspio.emulator.count("Contacts").expect("the table"), 202);
    assert_eq!(
        caspio.emulator.calls().total(),
        0,
        "the counts were deleted"
    );
}
