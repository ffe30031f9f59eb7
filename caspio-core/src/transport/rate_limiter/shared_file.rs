//! The limits that several processes share through a file.

use super::calls_file::{Calls, CallsFile, Change, PATIENCE, as_ms, now_ms, spread};
use super::state::{NO_ROOM, PAUSED, past_deadline};
use crate::Result;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout, timeout_at};

/// How long a file that could not be used is left alone: each call would wait for the lock of a process that was
/// stopped.
const IGNORED_FOR: Duration = Duration::from_secs(30);
/// How many threads may use the file at once; more are only started if it does not answer.
const MOST_THREADS: usize = 8;

/// A file with the calls of all processes, and the limits that apply to them together.
#[derive(Debug)]
pub(super) struct SharedFile {
    file: CallsFile,
    limits: Vec<(usize, Duration)>,
    /// Which pauses this process does not wait for.
    ended: watch::Sender<EndedPauses>,
    pauses: Mutex<NewPauses>,
    /// Only one call of this process at a time looks at the file: many would hold the lock up for each other.
    turn: tokio::sync::Mutex<()>,
    /// Until when the file is not used, because it could not be.
    ignored_until: Mutex<Option<Instant>>,
    /// Each thread that uses the file has a clone.
    threads: Arc<()>,
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

/// A pause that the file does not have yet.
#[derive(Clone, Copy, Debug)]
struct NewPause {
    /// In milliseconds since 1970.
    until: u64,
    /// How often pauses had been ended when it began.
    ended_before: u64,
}

/// The pauses that a thread of this process notes in the file.
#[derive(Debug, Default)]
struct NewPauses {
    /// The longest of those that are still to be noted.
    longest: Option<NewPause>,
    has_thread: bool,
}

impl NewPauses {
    /// Adds a pause, and returns whether a thread is there that notes it.
    fn add(&mut self, pause: NewPause) -> bool {
        if self.longest.is_none_or(|other| other.until < pause.until) {
            self.longest = Some(pause);
        }
        std::mem::replace(&mut self.has_thread, true)
    }

    /// Returns the next pause for the thread, which ends if there is none.
    fn next(&mut self) -> Option<NewPause> {
        let pause = self.longest.take();
        self.has_thread = pause.is_some();
        pause
    }
}

/// What a call finds in the file.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// It may start, and is noted.
    Now,
    /// It may start after this time, unless another one does; with the reason.
    After(Duration, &'static str),
}

/// How a wait for other processes ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// The call is noted in the file.
    Noted,
    /// The file cannot be used, so only the limits of this process apply.
    Alone,
}

impl SharedFile {
    pub(super) fn new(path: PathBuf, limits: &[(usize, Duration)]) -> Self {
        Self {
            file: CallsFile::new(path),
            limits: limits.to_vec(),
            ended: watch::Sender::default(),
            pauses: Mutex::default(),
            turn: tokio::sync::Mutex::new(()),
            ignored_until: Mutex::new(None),
            threads: Arc::default(),
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
    pub(super) async fn wait(self: &Arc<Self>, latest: Instant) -> Result<Waited> {
        let Ok(_turn) = timeout_at(latest, self.turn.lock()).await else {
            return Err(past_deadline(Duration::ZERO, NO_ROOM));
        };
        let mut ended = self.ended.subscribe();
        while !self.is_ignored() {
            ended.mark_unchanged();
            match timeout_at(latest, self.take_turn()).await {
                Ok(Ok(Turn::Now)) => return Ok(Waited::Noted),
                Ok(Ok(Turn::After(wait, why))) => {
                    let start = Instant::now() + wait;
                    if start > latest {
                        return Err(past_deadline(wait, why));
                    }
                    let _ = timeout_at(start + spread(), ended.changed()).await;
                }
                Ok(Err(error)) => self.ignore(&error),
                Err(_) => return Err(past_deadline(Duration::ZERO, NO_ROOM)),
            }
        }
        Ok(Waited::Alone)
    }

    /// Pauses the calls of all processes.
    ///
    /// Many calls may be refused at once, so one thread notes the pauses of all of them.
    pub(super) fn pause(self: &Arc<Self>, time: Duration) {
        let pause = NewPause {
            until: now_ms().saturating_add(as_ms(time)),
            ended_before: self.ended.borrow().count,
        };
        if self.pauses().add(pause) {
            return;
        }
        let shared = Arc::clone(self);
        if let Err(error) = self.in_thread(move || shared.note_pauses()) {
            *self.pauses() = NewPauses::default();
            self.ignore(&error);
        }
    }

    fn pauses(&self) -> MutexGuard<'_, NewPauses> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_pause(&self) -> Option<NewPause> {
        self.pauses().next()
    }

    fn note_pauses(&self) {
        while let Some(pause) = self.next_pause() {
            let noted = self.file.update(|calls| {
                self.end_if_late(pause);
                calls.pause(now_ms(), pause.until);
                Change::Write(())
            });
            if let Err(error) = noted {
                self.ignore(&error);
            }
        }
    }

    fn is_ignored(&self) -> bool {
        let until = self.ignored_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn ignore(&self, error: &io::Error) {
        let until = self.ignored_until.lock();
        *until.unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + IGNORED_FOR);
        let path = self.file.path().display();
        tracing::warn!(%path, %error, "the limits are not shared with other processes");
    }

    /// Ends a pause of this process that was ended before the file had it.
    fn end_if_late(&self, pause: NewPause) {
        self.ended.send_if_modified(|ended| {
            if ended.count != pause.ended_before {
                ended.until = ended.until.max(pause.until);
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

    /// Notes a call in the file if it may start now.
    async fn take_turn(self: &Arc<Self>) -> io::Result<Turn> {
        let shared = Arc::clone(self);
        let (sender, receiver) = oneshot::channel();
        self.in_thread(move || {
            let turn = shared.file.update(|calls| {
                let now = now_ms();
                calls.forget(now, &shared.limits);
                let limited = calls.next_start(now, &shared.limits);
                let paused = shared.paused_until(calls);
                let start = limited.max(paused);
                if start > now {
                    let why = if paused > limited { PAUSED } else { NO_ROOM };
                    return Change::Keep(Turn::After(Duration::from_millis(start - now), why));
                }
                // A call that was dropped meanwhile uses nothing of the limits.
                if sender.is_closed() {
                    return Change::Keep(Turn::Now);
                }
                calls.start(now);
                Change::Write(Turn::Now)
            });
            let _ = sender.send(turn);
        })?;
        let no_answer = || io::Error::other("it does not answer");
        match timeout(2 * PATIENCE, receiver).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(_)) | Err(_) => Err(no_answer()),
        }
    }

    /// Runs a job that uses the file in a thread of its own: a runtime that is dropped waits for its blocking tasks,
    /// and a file may never answer.
    fn in_thread(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let counted = Arc::clone(&self.threads);
        if Arc::strong_count(&counted) > MOST_THREADS {
            return Err(io::Error::other("it does not answer"));
        }
        let thread = thread::Builder::new().name("caspio-calls".to_owned());
        thread.spawn(move || {
            job();
            drop(counted);
        })?;
        Ok(())
    }
}
