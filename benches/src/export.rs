//! Exporting to Parquet with the program, against streaming the same records and dropping them.

use crate::metric::{Target, metric};
use crate::read::CHILD;
use crate::server::Server;
use crate::table::Table;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RECORDS: usize = 1_000_000;
const ROUNDS: usize = 3;
const MIB: f64 = 1024.0;

/// Prints the metrics of exporting.
pub(crate) fn run() {
    let program = build();
    let server = Server::start(Table::even(RECORDS));
    let folder = tempfile::tempdir().expect("a folder");
    let mut ratios = Vec::new();
    let mut peak = 0.0_f64;
    for round in 0..ROUNDS {
        let plain = finish(stream(&server.url()));
        let target = folder.path().join(format!("{round}.parquet"));
        let export = finish(export(&program, &server.url(), folder.path(), &target));
        assert!(target.exists(), "the export is there");
        ratios.push(plain.took.as_secs_f64() / export.took.as_secs_f64());
        peak = peak.max(export.peak_kib / MIB);
        println!(
            "export.took {:.2} s, streaming {:.2} s",
            export.took.as_secs_f64(),
            plain.took.as_secs_f64()
        );
    }
    ratios.sort_by(f64::total_cmp);
    metric(
        "export.parquet.rate",
        ratios[ROUNDS / 2],
        "x",
        Target::AtLeast(0.8),
    );
    metric("export.parquet.memory", peak, "MiB", Target::AtMost(200.0));
}

/// Builds the program for release and returns its path.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "-p", "caspio-cli"])
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the program builds");
    let here = std::env::current_exe().expect("this program");
    here.with_file_name("caspio")
}

fn stream(url: &str) -> Child {
    let this = std::env::current_exe().expect("this program");
    start(Command::new(this).args([CHILD, url]))
}

fn export(program: &Path, url: &str, state: &Path, target: &Path) -> Child {
    start(
        Command::new(program)
            .args(["export", "Contacts"])
            .arg(target)
            .env("CASPIO_ACCOUNT", url)
            .env("CASPIO_CLIENT_ID", "id")
            .env("CASPIO_CLIENT_SECRET", "secret")
            .env("CASPIO_STATE_DIR", state)
            .env("CASPIO_CONFIG_DIR", state),
    )
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).spawn().expect("a child")
}

struct Run {
    took: Duration,
    peak_kib: f64,
}

/// Waits for a child and samples its peak memory.
fn finish(mut child: Child) -> Run {
    let started = Instant::now();
    let mut peak_kib = 0.0;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "the child succeeds");
            return Run {
                took: started.elapsed(),
                peak_kib,
            };
        }
        peak_kib = peak_of(child.id()).unwrap_or(peak_kib);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Returns the peak memory of a process so far, in KiB.
fn peak_of(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
