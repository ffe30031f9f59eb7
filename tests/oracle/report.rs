//! What became of the cases: how many ended how, and the kinds of failure.

use crate::case::Case;
use crate::check::Outcome;
use crate::read::Failure;
use crate::server::TestServer;
use crate::shrink::shrink;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How many failures are made smaller, and how many of each kind are shown.
const SHRUNK: u64 = 600;
const SHOWN: usize = 2;

/// After how many cases the file is written without a failure.
const WRITTEN_EVERY: u64 = 100;

/// Collects the results of all shards.
pub(crate) struct Report {
    /// Where the kinds of failure are written; without it the first failure ends the run.
    file: Option<PathBuf>,
    right: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    is_over: AtomicBool,
    kinds: Mutex<BTreeMap<String, Kind>>,
    started: Instant,
}

/// The failures that have the same features.
struct Kind {
    first: u64,
    count: u64,
    examples: Vec<String>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            file: std::env::var_os("CASPIO_TEST_REPORT").map(PathBuf::from),
            right: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            kinds: Mutex::default(),
            started: Instant::now(),
        }
    }

    pub(crate) fn count(&self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Right => &self.right,
            Outcome::Refused => &self.refused,
        };
        let before = count.fetch_add(1, Ordering::Relaxed);
        // A run that is ended from outside shows its progress.
        if before.is_multiple_of(WRITTEN_EVERY) {
            self.write();
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Makes a failing case smaller and keeps it.
    pub(crate) async fn failed(
        &self,
        server: &mut TestServer,
        seed: u64,
        case: Case,
        failure: Failure,
    ) {
        if self.file.is_none() {
            self.is_over.store(true, Ordering::Relaxed);
        }
        let (small, failure) = match self.failed.fetch_add(1, Ordering::Relaxed) {
            0..SHRUNK => shrink(server, case, failure).await,
            _ => (case, failure),
        };
        let json = serde_json::to_string(&small).expect("a case is JSON");
        let example = format!(
            "CASPIO_TEST_SEED={seed} CASPIO_TEST_VERSION={}\n    {}: {}\n    r#\"{json}\"#,\n",
            small.version, failure.label, failure.text
        );
        let mut kinds = self.kinds();
        let kind = kinds
            .entry(features(&small, &failure))
            .or_insert_with(|| Kind {
                first: seed,
                count: 0,
                examples: Vec::new(),
            });
        kind.first = kind.first.min(seed);
        kind.count += 1;
        if kind.examples.len() < SHOWN {
            kind.examples.push(example);
        }
        drop(kinds);
        self.write();
    }

    fn kinds(&self) -> MutexGuard<'_, BTreeMap<String, Kind>> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn summary(&self) -> String {
        let (right, refused) = (
            self.right.load(Ordering::Relaxed),
            self.refused.load(Ordering::Relaxed),
        );
        let kinds = self.kinds();
        let failed: u64 = kinds.values().map(|kind| kind.count).sum();
        let took = self.started.elapsed().as_secs_f64();
        let mut text =
            format!("{right} right, {refused} refused, {failed} failed in {took:.0} s\n");
        let mut kinds: Vec<_> = kinds.iter().collect();
        kinds.sort_by_key(|(_, kind)| kind.first);
        for (features, kind) in kinds {
            let _ = writeln!(
                text,
                "\n{features}\n  {} times, first at {}",
                kind.count, kind.first
            );
            for example in &kind.examples {
                let _ = write!(text, "  {example}");
            }
        }
        text
    }

    fn write(&self) {
        if let Some(file) = &self.file {
            std::fs::write(file, self.summary()).expect("the report is written");
        }
    }

    /// Reports the result, and fails if a case failed.
    #[allow(clippy::print_stderr, reason = "the result of a long run")]
    pub(crate) fn finish(self) {
        self.write();
        let summary = self.summary();
        eprintln!("{summary}");
        assert!(self.kinds().is_empty(), "a case failed");
    }
}

/// Returns what failures of one kind have in common.
fn features(case: &Case, failure: &Failure) -> String {
    let how = format!("{:?}", case.how);
    let how = how.split('(').next().unwrap_or_default();
    let concurrent = if case.is_concurrent() {
        " concurrent"
    } else {
        ""
    };
    let ordered = if case.order.is_empty() {
        ""
    } else {
        " ordered"
    };
    let limited = if case.limit.is_some() { " limited" } else { "" };
    let written = if case.writes.is_empty() {
        ""
    } else {
        " written"
    };
    let text = failure
        .text
        .split([':', ';', '('])
        .next()
        .unwrap_or_default();
    let text = if failure.label.starts_with("error") {
        text
    } else {
        ""
    };
    format!(
        "{}: {:?} {:?} {how}{concurrent}{ordered}{limited}{written} {text}",
        failure.label, case.source, case.record_type,
    )
}
