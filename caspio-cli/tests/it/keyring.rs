//! A profile's secret in the system's keyring.

use crate::support::{SECRET, TestEnv, ran};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A profile that no user has: the keyring is the one of whoever runs the tests.
fn profile() -> String {
    format!("test-{}", std::process::id())
}

fn env() -> TestEnv {
    let mut env = TestEnv::new();
    env.environment = false;
    env
}

/// Returns a command with access to the keyring of this session.
fn command(env: &TestEnv, arguments: &[&str]) -> Command {
    let mut command = env.command(arguments);
    command.args(["--profile", &profile()]);
    for name in ["DBUS_SESSION_BUS_ADDRESS", "HOME", "XDG_RUNTIME_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

fn login(env: &TestEnv, mut command: Command) -> crate::support::Ran {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("a process");
    let mut stdin = child.stdin.take().expect("a pipe");
    let answers = format!("{}\ntest-client-id\n{SECRET}\n", env.emulator.url());
    stdin.write_all(answers.as_bytes()).expect("written");
    drop(stdin);
    ran(child.wait_with_output().expect("the program ends"))
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_secret_in_the_keyring_is_used_until_the_logout() {
    let env = env();
    let run = |arguments: &[&str]| ran(command(&env, arguments).output().expect("a process"));

    let login = login(&env, command(&env, &["login", "--keyring"]));
    if login.stderr.contains("the system's keyring does not work") {
        let is_required = std::env::var_os("CASPIO_REQUIRE_KEYRING").is_some();
        assert!(!is_required, "{}", login.stderr);
        eprintln!("skipped: {}", login.stderr);
        return;
    }
    assert_eq!(login.code, Some(0), "{}", login.stderr);

    for (path, text) in env.kept() {
        assert!(!text.contains(SECRET), "{} has the secret", path.display());
    }
    let count = run(&["count", "Contacts"]);
    assert_eq!(count.stdout, "200\n", "{}", count.stderr);
    let logout = run(&["logout"]);
    assert_eq!(logout.code, Some(0), "{}", logout.stderr);
    let entry = keyring::v1::Entry::new("caspio", &profile()).expect("an entry");
    assert!(matches!(
        entry.get_password(),
        Err(keyring::v1::Error::NoEntry)
    ));
}

#[cfg(target_os = "linux")]
#[test]
fn a_keyring_that_does_not_work_is_an_error_with_its_reason_and_a_remedy() {
    let env = env();
    let mut command = command(&env, &["login", "--keyring"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");

    let login = login(&env, command);

    assert_eq!(login.code, Some(1), "{}", login.stderr);
    assert!(
        !login.stderr.contains("does not work\n"),
        "no reason: {}",
        login.stderr
    );
    assert!(
        login.stderr.contains("without `--keyring`"),
        "{}",
        login.stderr
    );
    assert!(!login.stderr.contains(SECRET), "{}", login.stderr);
}
