//! Programs that must compile, and programs that must not, with the expected messages.
//!
//! Half of each message is the compiler's own and changes with its version, so messages are compared only with the
//! compiler they were recorded with; others only check that the programs are refused.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler of the recorded messages.
const RECORDED_WITH: &str = "rustc 1.95.";

/// A folder of cases.
pub(crate) struct Cases {
    /// Its name, with `pass` and `fail` in it.
    pub(crate) folder: &'static str,
}

impl Cases {
    /// Every program in `pass` compiles and runs.
    pub(crate) fn accept(&self) {
        trybuild::TestCases::new().pass(format!("{}/pass/*.rs", self.folder));
    }

    /// Every program in `fail` is refused, with its message. `copies` is the name of the test that
    /// runs [`refuse_copies`](Self::refuse_copies).
    pub(crate) fn refuse(&self, copies: &str) {
        if compiler().starts_with(RECORDED_WITH) {
            trybuild::TestCases::new().compile_fail(format!("{}/*.rs", self.fail()));
        } else {
            skipped();
            assert!(
                self.copies_are_refused(copies),
                "a case of {} compiles",
                self.fail()
            );
        }
    }

    /// Compiles copies of the cases and accepts any messages: see `copies_are_refused`.
    pub(crate) fn refuse_copies(&self) {
        let copies = self.copies();
        for case in self.files("rs") {
            let name = case.file_name().expect("a file has a name");
            std::fs::copy(&case, copies.join(name)).expect("the copies' folder is writable");
        }
        trybuild::TestCases::new().compile_fail(copies.join("*.rs"));
    }

    /// Each refused program has a message, and each message its program.
    pub(crate) fn are_complete(&self) {
        let missing: Vec<PathBuf> = self
            .files("rs")
            .into_iter()
            .filter(|case| !case.with_extension("stderr").exists())
            .collect();
        let lost: Vec<PathBuf> = self
            .files("stderr")
            .into_iter()
            .filter(|message| !message.with_extension("rs").exists())
            .collect();
        assert!(missing.is_empty(), "without a message: {missing:?}");
        assert!(lost.is_empty(), "without a program: {lost:?}");
    }

    /// Returns whether every case is refused, with any message. Trybuild records messages if an environment
    /// variable is set, which a test cannot do for its own process, so another process runs the test.
    fn copies_are_refused(&self, test: &str) -> bool {
        let folder = self.copies();
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).expect("cargo's folder for tests is writable");
        Command::new(std::env::current_exe().expect("this test has a path"))
            .args(["--exact", test, "--ignored"])
            .env("TRYBUILD", "overwrite")
            .status()
            .expect("this test runs")
            .success()
    }

    fn fail(&self) -> String {
        format!("{}/fail", self.folder)
    }

    fn copies(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-fail", self.folder))
    }

    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(self.fail());
        std::fs::read_dir(folder)
            .expect("the cases are there")
            .map(|entry| entry.expect("a readable entry").path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect()
    }
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-V").output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

#[allow(clippy::print_stderr, reason = "a test that skips says so")]
fn skipped() {
    eprintln!(
        "note: messages were recorded with {RECORDED_WITH}x and are not compared by {}",
        compiler().trim(),
    );
}
