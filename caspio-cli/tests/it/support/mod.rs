//! Runs the program against an emulator in this process, in temporary folders.

pub(crate) mod people;
#[cfg(unix)]
pub(crate) mod slow_proxy;
#[cfg(unix)]
pub(crate) mod stops;

use caspio_emulator::{Emulator, EmulatorBuilder};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

pub(crate) const SECRET: &str = "s3cret-of-the-tests";

/// An emulator, and folders for the program's files and for its results.
pub(crate) struct TestEnv {
    pub(crate) emulator: Arc<Emulator>,
    folder: tempfile::TempDir,
    /// Whether the credentials are in the environment.
    pub(crate) environment: bool,
}

/// The result of a run of the program.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestEnv {
    pub(crate) fn new() -> Self {
        Self::of(Emulator::builder())
    }

    pub(crate) fn of(builder: EmulatorBuilder) -> Self {
        let builder = builder.credentials("test-client-id", SECRET);
        Self {
            emulator: Arc::new(block_on(builder.start()).expect("the emulator starts")),
            folder: tempfile::tempdir().expect("a folder"),
            environment: true,
        }
    }

    /// Returns the path of a file for results.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a command that runs the program without this machine's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caspio"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("CASPIO_CONFIG_DIR", self.path("config"))
            .env("CASPIO_STATE_DIR", self.path("state"))
            .stdin(Stdio::null());
        if self.environment {
            command
                .env("CASPIO_ACCOUNT", self.emulator.url())
                .env("CASPIO_CLIENT_ID", self.emulator.client_id())
                .env("CASPIO_CLIENT_SECRET", SECRET);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().expect("the program runs"))
    }

    /// Runs the program, which has to succeed, and returns its output.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        ran.stdout
    }

    /// Runs the program with lines on its standard input.
    pub(crate) fn piped(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("written");
        drop(stdin);
        ran(child.wait_with_output().expect("the program ends"))
    }

    /// Compares a run with its snapshot; `UPDATE_SNAPSHOTS=1` rewrites it.
    pub(crate) fn snapshot(&self, name: &str, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        let text = format!(
            "$ caspio {}\nexit {}\n--- standard output\n{}--- standard error\n{}",
            arguments.join(" "),
            ran.code.expect("not killed"),
            ran.stdout,
            ran.stderr
        );
        let folder = self.folder.path().display().to_string();
        let text = text.replace(&folder, "FOLDER");
        let text = text.replace(&self.emulator.url(), "http://EMULATOR");
        compare(name, &without_request_ids(&text));
        ran
    }

    /// Exports a table, which has to succeed, and returns the file's bytes.
    pub(crate) fn export(&self, table: &str, file: &str, more: &[&str]) -> Vec<u8> {
        self.ok(&[&["export", table, file], more].concat());
        fs::read(self.path(file)).expect("the file is there")
    }

    /// Checks that no temporary file of a file is left. The file itself may exist or not.
    pub(crate) fn is_tidy(&self, file: &str) {
        for entry in fs::read_dir(self.folder.path())
            .expect("a folder")
            .flatten()
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            let visible = name.trim_start_matches('.');
            assert!(
                name == file || !visible.starts_with(file),
                "{name} is left behind"
            );
        }
    }

    /// Returns every file that the program wrote, as text.
    pub(crate) fn kept(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

fn compare(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        return fs::write(path, text).expect("the snapshot is written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(expected, text, "the snapshot {} differs", path.display());
}

/// Replaces request ids, which differ in every run.
fn without_request_ids(text: &str) -> String {
    let text = without_ids_after(text, "request id ");
    without_ids_after(&text, "\"request_id\":\"")
}

fn without_ids_after(text: &str, words: &str) -> String {
    let mut parts = text.split(words);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([')', ',', '"', '\n']).unwrap_or(part.len());
        out.push_str(words);
        out.push_str("ID");
        out.push_str(&part[end..]);
    }
    out
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => collect(&path, files),
            path => {
                let bytes = fs::read(&path).expect("a file");
                files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
}
