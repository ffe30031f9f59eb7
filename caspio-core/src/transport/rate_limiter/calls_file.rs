//! The file in which several processes note their calls.

use caspio_support::file::{Access, restrict};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long the lock is waited for. A process holds it for less than a millisecond, unless it was stopped.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// Processes that wait for the same time wake up within this one, so that none of them is always the first.
const SPREAD: Duration = Duration::from_millis(3);

/// How the content begins.
const BEGINNING: &[u8] = br#"{"starts":["#;

/// A file of calls, which is locked for each change.
#[derive(Debug)]
pub(super) struct CallsFile {
    path: PathBuf,
}

/// The content of the file. Times are milliseconds since 1970, because each process has its own monotonic clock.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Calls {
    /// When calls started, in order.
    starts: Vec<u64>,
    /// The longest period of a limit of any process, for which starts are kept.
    longest_period: u64,
    /// The end of the pause after a rate limit, and when it was noted.
    pub(super) paused_until: u64,
    paused_at: u64,
}

/// Whether the content of the file was changed.
pub(super) enum Change<T> {
    Write(T),
    Keep(T),
}

impl CallsFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Changes the content of the file, if `change` returns `Write`. Blocks while other processes have locked it.
    ///
    /// # Errors
    ///
    /// The file cannot be used, has other content, or another process keeps it locked.
    pub(super) fn update<T>(&self, change: impl FnOnce(&mut Calls) -> Change<T>) -> io::Result<T> {
        let mut file = self.open()?;
        lock(&file)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let mut calls = Calls::read(&text)?;
        let changed = match change(&mut calls) {
            Change::Write(changed) => changed,
            Change::Keep(changed) => return Ok(changed),
        };
        let text = serde_json::to_vec(&calls)?;
        file.rewind()?;
        // The old content is cut off last: a disk may be full, and the process may be killed.
        file.write_all(&text)?;
        file.set_len(text.len() as u64)?;
        Ok(changed)
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        restrict(&mut options, Access::OwnerOnly);
        let file = options.open(&self.path)?;
        match file.metadata()?.is_file() {
            true => Ok(file),
            // To read from a pipe or a terminal takes for ever.
            false => Err(io::Error::other("it is not a regular file")),
        }
    }
}

fn lock(file: &File) -> io::Result<()> {
    let latest = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < latest => thread::sleep(spread()),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("another process keeps it locked"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

impl Calls {
    /// Reads the content of the file, which is empty at first and may be half written. What was written after it is the
    /// rest of older content.
    fn read(text: &[u8]) -> io::Result<Self> {
        let begins_like = text.len().min(BEGINNING.len());
        if text[..begins_like] != BEGINNING[..begins_like] {
            return Err(io::Error::other("it has other content"));
        }
        let calls = serde_json::Deserializer::from_slice(text)
            .into_iter()
            .next();
        Ok(calls.and_then(serde_json::Result::ok).unwrap_or_default())
    }

    /// Removes what no longer matters to any process, and times that a clock set back left in the future.
    pub(super) fn forget(&mut self, now: u64, limits: &[(usize, Duration)]) {
        let periods = limits.iter().map(|(_, per)| as_ms(*per));
        self.longest_period = periods
            .chain([self.longest_period.min(as_ms(super::LONGEST_SPAN))])
            .max()
            .unwrap_or(0);
        let oldest = now.saturating_sub(self.longest_period);
        self.starts.retain(|start| (oldest..=now).contains(start));
        if self.paused_at > now
            || self.paused_until > now.saturating_add(as_ms(super::LONGEST_PAUSE))
        {
            self.paused_until = 0;
        }
    }

    pub(super) fn pause(&mut self, now: u64, until: u64) {
        if self.paused_at > now || until > self.paused_until {
            self.paused_until = until;
            self.paused_at = now;
        }
    }

    /// Returns when the next call may start, by the limits alone.
    pub(super) fn next_start(&self, now: u64, limits: &[(usize, Duration)]) -> u64 {
        let limited = limits.iter().filter_map(|(calls, per)| {
            let first = self.starts.len().checked_sub(*calls)?;
            Some(self.starts[first].saturating_add(as_ms(*per)))
        });
        limited.max().unwrap_or(now).max(now)
    }

    pub(super) fn start(&mut self, now: u64) {
        self.starts.push(now);
    }
}

pub(super) fn spread() -> Duration {
    SPREAD.mul_f64(fastrand::f64())
}

pub(super) fn as_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn now_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    as_ms(since_1970.unwrap_or_default())
}
