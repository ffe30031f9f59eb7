//! The limits that several processes share through a file.

use super::state::{NO_ROOM, past_deadline};
use crate::Result;
use caspio_support::file::{Access, restrict};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// How long a call waits for the lock. A process holds it for less than a millisecond, unless it was stopped.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a file that could not be used is left alone: each call would wait for the lock of a process that was stopped.
const IGNORED_FOR: Duration = Duration::from_secs(30);
/// Processes that wait for the same time wake up within this one, so that none of them is always the first.
const SPREAD: Duration = Duration::from_millis(3);

/// A file with the calls of all processes, and the limits that apply to them together.
#[derive(Debug)]
pub(super) struct SharedFile {
    path: PathBuf,
    limits: Vec<(usize, Duration)>,
    /// Which pauses this process does not wait for.
    ended: watch::Sender<EndedPauses>,
    /// Only one call of this process at a time looks at the file: many would hold the lock up for each other.
    turn: tokio::sync::Mutex<()>,
    /// Until when the file is not used, because it could not be.
    ignored_until: Mutex<Option<Instant>>,
}

/// The pauses of the file that this process has ended for itself. Other processes stay paused.
#[derive(Clone, Copy, Debug, Default)]
struct EndedPauses {
    /// How often pauses were ended.
    count: u64,
    /// Whether the pause in the file is ended, whose end this process has not read yet.
    is_in_file: bool,
    /// A pause that ends no later than this is ended. In milliseconds since 1970.
    until: u64,
}

/// The content of the file. Times are milliseconds since 1970, because each process has its own monotonic clock.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Calls {
    /// When calls started, in order.
    starts: Vec<u64>,
    /// The end of the pause after a rate limit.
    paused_until: u64,
}

/// What a call finds in the file.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// It may start, and is noted.
    Now,
    /// It may start after this time, unless another one does.
    After(Duration),
    /// Another process has the lock.
    Locked,
}

impl SharedFile {
    pub(super) fn new(path: PathBuf, limits: &[(usize, Duration)]) -> Self {
        Self {
            path,
            limits: limits.to_vec(),
            ended: watch::Sender::default(),
            turn: tokio::sync::Mutex::new(()),
            ignored_until: Mutex::new(None),
        }
    }

    /// Ends the pause for the calls of this process. The limits apply as before.
    pub(super) fn end_pause(&self) {
        self.ended.send_modify(|ended| {
            ended.count += 1;
            ended.is_in_file = true;
        });
    }

    /// Waits until the calls of all processes leave room for one more.
    ///
    /// If the file cannot be used, the call is not held up: a broken file must not stop a program.
    pub(super) async fn wait(self: &Arc<Self>, latest: Instant) -> Result<()> {
        let Ok(_turn) = timeout_at(latest, self.turn.lock()).await else {
            return Err(past_deadline(Duration::ZERO, NO_ROOM));
        };
        if self.is_ignored() {
            return Ok(());
        }
        let mut ended = self.ended.subscribe();
        let patient_until = Instant::now() + PATIENCE;
        loop {
            ended.mark_unchanged();
            let file = Arc::clone(self);
            let turn = tokio::task::spawn_blocking(move || file.take_turn());
            match turn.await.unwrap_or_else(|error| Err(error.into())) {
                Ok(Turn::Now) => return Ok(()),
                Ok(Turn::After(wait)) => {
                    let start = Instant::now() + wait;
                    if start > latest {
                        return Err(past_deadline(wait, NO_ROOM));
                    }
                    let _ = timeout_at(start + spread(), ended.changed()).await;
                }
                Ok(Turn::Locked) if Instant::now() < patient_until => {
                    let _ = timeout_at(Instant::now() + spread(), ended.changed()).await;
                }
                Ok(Turn::Locked) => return self.ignored("another process keeps it locked"),
                Err(error) => return self.ignored(&error.to_string()),
            }
        }
    }

    /// Pauses the calls of all processes.
    pub(super) fn pause(self: &Arc<Self>, time: Duration) {
        let file = Arc::clone(self);
        let before = self.ended.borrow().count;
        let pause = move || {
            let until = now_ms().saturating_add(as_ms(time));
            let noted = file.update(|calls| {
                file.end_if_late(before, until);
                calls.paused_until = calls.paused_until.max(until);
            });
            if let Err(error) = noted {
                let _ = file.ignored(&error.to_string());
            }
        };
        tokio::task::spawn_blocking(pause);
    }

    fn is_ignored(&self) -> bool {
        let until = self.ignored_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn ignored(&self, why: &str) -> Result<()> {
        let until = self.ignored_until.lock();
        *until.unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + IGNORED_FOR);
        let path = self.path.display();
        tracing::warn!(%path, why, "the limits are not shared with other processes");
        Ok(())
    }

    /// Ends a pause of this process that was ended before the file had it.
    fn end_if_late(&self, ends_before: u64, until: u64) {
        self.ended.send_if_modified(|ended| {
            if ended.count != ends_before {
                ended.until = ended.until.max(until);
            }
            false
        });
    }

    /// Returns the end of the pause for this process.
    fn paused_until(&self, calls: &Calls) -> u64 {
        let mut ended_until = 0;
        self.ended.send_if_modified(|ended| {
            if std::mem::take(&mut ended.is_in_file) {
                ended.until = ended.until.max(calls.paused_until);
            }
            ended_until = ended.until;
            false
        });
        match calls.paused_until > ended_until {
            true => calls.paused_until,
            false => 0,
        }
    }

    fn take_turn(&self) -> io::Result<Turn> {
        let turn = self.update(|calls| {
            let now = now_ms();
            calls.forget(now, &self.limits);
            let limited_until = calls.limited_until(now, &self.limits);
            let start = limited_until.max(self.paused_until(calls));
            if start > now {
                return Turn::After(Duration::from_millis(start - now));
            }
            calls.starts.push(now);
            Turn::Now
        })?;
        Ok(turn.unwrap_or(Turn::Locked))
    }

    /// Changes the content of the file; `None` if another process has locked it.
    fn update<T>(&self, change: impl FnOnce(&mut Calls) -> T) -> io::Result<Option<T>> {
        let mut file = self.open()?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        // Empty at first, and half written if a process was killed.
        let mut calls: Calls = serde_json::from_slice(&text).unwrap_or_default();
        let changed = change(&mut calls);
        let text = serde_json::to_vec(&calls)?;
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(&text)?;
        Ok(Some(changed))
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        restrict(&mut options, Access::OwnerOnly);
        options.open(&self.path)
    }
}

impl Calls {
    /// Removes what no longer matters, and times that a clock set back left in the future.
    fn forget(&mut self, now: u64, limits: &[(usize, Duration)]) {
        let longest = limits.iter().map(|(_, per)| as_ms(*per)).max();
        let oldest = now.saturating_sub(longest.unwrap_or(0));
        self.starts.retain(|start| (oldest..=now).contains(start));
        if self.paused_until > now.saturating_add(as_ms(super::LONGEST_PAUSE)) {
            self.paused_until = 0;
        }
    }

    /// Returns when the limits allow another call.
    fn limited_until(&self, now: u64, limits: &[(usize, Duration)]) -> u64 {
        let limited = limits.iter().filter_map(|(calls, per)| {
            let first = self.starts.len().checked_sub(*calls)?;
            Some(self.starts[first].saturating_add(as_ms(*per)))
        });
        limited.max().unwrap_or(now).max(now)
    }
}

fn spread() -> Duration {
    SPREAD.mul_f64(fastrand::f64())
}

fn as_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn now_ms() -> u64 {
    as_ms(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default(),
    )
}
