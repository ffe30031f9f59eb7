//! The rate limiter.

mod calls_file;
mod limit;
mod permit;
mod recovery;
mod shared_file;
mod state;
#[cfg(test)]
mod tests;

use crate::{Error, ErrorKind, Result};
use futures::future::{Either, select};
use recovery::{Recovery, Start};
use shared_file::{SharedFile, Waited};
use state::{NO_ROOM, State, past_deadline};
use std::fmt;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

pub(super) use permit::CallPermit;

/// The limit for a pause that a service asks for, which may be wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
const LONGEST_SPAN: Duration = Duration::from_secs(365 * 24 * 3600);
/// The longest addition to the period of a limit.
const WIDEST_MARGIN: Duration = Duration::from_millis(50);
/// The longest random addition to a pause: other programs of the account are paused as well.
const WIDEST_SPREAD: Duration = Duration::from_millis(500);

/// How long after it passed the limits of this process a call may start.
const BRIEF: Duration = Duration::from_millis(20);

/// How long the call at the head of the line may leave room unused before another one starts.
const PATIENCE: Duration = Duration::from_millis(20);
/// How much longer that is for each call that waits: each of them looks for room so often.
const EACH: Duration = Duration::from_micros(100);

/// How fast calls may follow each other.
///
/// Calls start in the order in which they came; a call that is repeated goes first. A call that is dropped while it
/// waits uses nothing of the limits, and one that is not polled, as that of a stream whose records a program is working
/// with, holds no other up for more than some milliseconds.
///
/// Regardless of its limits, it pauses all calls for a while after the service reported a rate limit: Caspio then
/// refuses calls of the whole account, and bills every refusal. After the pause a single call is sent. If it is not
/// refused, the others follow, at a rate that starts low and rises to the full one within seconds.
///
/// Clones share the state: pass clones of one limiter to all transports of an account.
///
/// ```
/// use std::time::Duration;
/// use caspio_core::RateLimiter;
///
/// let careful = RateLimiter::unlimited()
///     .limit(4, Duration::from_secs(1))
///     .limit(1_000, Duration::from_secs(300))
///     .concurrency(4);
/// # let _ = careful;
/// ```
#[derive(Clone)]
pub struct RateLimiter {
    limits: Vec<(usize, Duration)>,
    concurrency: Option<usize>,
    path: Option<PathBuf>,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// The calls of other processes.
    file: Option<Arc<SharedFile>>,
    slots: Option<Arc<Semaphore>>,
    /// How many calls wait: for a slot, for the limits, or for other processes.
    waiting: AtomicUsize,
    /// The line of new calls, and the place at its head, which calls that are repeated enter directly. Both are fair.
    line: Semaphore,
    head: Semaphore,
    /// Wakes the calls that wait when a probe or a pause has ended.
    wake: Notify,
}

/// Whether a call waits for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    InOrder,
    /// It was refused or lost before, so it precedes new calls.
    First,
}

/// A pause of all calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// Whether no other pause was in effect.
    pub(super) is_new: bool,
    /// The time that was asked for.
    pub(super) time: Duration,
}

/// What the call at the head of the line does next.
enum Step {
    /// It starts, with the time if it is a probe.
    Start(Option<Instant>),
    /// It waits until this time, or until it is woken up.
    Wait(Instant),
}

impl RateLimiter {
    /// Creates a limiter without limits, which only pauses after a rate limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::with(Vec::new(), None, None)
    }

    /// Creates a limiter with the rates that Caspio accepts without refusing calls, as measured by a
    /// large user: 8 calls a second, and 2,000 in 300 seconds for each API profile.
    #[must_use]
    pub fn caspio() -> Self {
        Self::unlimited()
            .limit(8, Duration::from_secs(1))
            .limit(2_000, Duration::from_secs(300))
    }

    /// Adds a limit: at most `calls` calls within any period of length `per`. Several limits apply
    /// together.
    ///
    /// The period is taken 3 % longer, by at most 50 ms, because calls do not arrive as evenly as they are sent.
    ///
    /// Returns a new limiter that shares no state with `self`.
    #[must_use]
    pub fn limit(mut self, calls: usize, per: Duration) -> Self {
        let per = per.min(LONGEST_SPAN);
        let margin = (per * 3 / 100).min(WIDEST_MARGIN);
        self.limits.push((calls.max(1), per + margin));
        Self::with(self.limits, self.concurrency, self.path)
    }

    /// Limits how many calls are in progress at once. Default: no limit.
    ///
    /// Returns a new limiter that shares no state with `self`.
    #[must_use]
    pub fn concurrency(self, calls: usize) -> Self {
        Self::with(self.limits, Some(calls.max(1)), self.path)
    }

    /// Shares the limits with all processes of this machine that use the same file: their calls together stay within
    /// the limits, and a rate limit pauses all of them.
    ///
    /// The file is created if it does not exist; its folder must exist. Use one file for each account and API profile.
    /// If it cannot be used, has other content, or another process keeps it locked for a second, calls start by the
    /// limits of this process alone for the next 30 seconds, and a warning is logged.
    /// [`concurrency`](Self::concurrency) is not shared.
    ///
    /// A call waits for other processes after it passed the limits of its own, in the order in which it did. If it is
    /// dropped then, the limits of its own process are used, the shared ones are not.
    ///
    /// Returns a new limiter that shares no state with `self`.
    ///
    /// ```
    /// use caspio_core::RateLimiter;
    ///
    /// let shared = RateLimiter::caspio().shared_by_file("/var/lib/report/caspio.calls");
    /// # let _ = shared;
    /// ```
    #[must_use]
    pub fn shared_by_file(self, path: impl Into<PathBuf>) -> Self {
        Self::with(self.limits, self.concurrency, Some(path.into()))
    }

    fn with(
        limits: Vec<(usize, Duration)>,
        concurrency: Option<usize>,
        path: Option<PathBuf>,
    ) -> Self {
        let file = path
            .clone()
            .map(|path| Arc::new(SharedFile::new(path, &limits)));
        let shared = Shared {
            state: Mutex::new(State::new(&limits)),
            file,
            slots: concurrency
                .map(|calls| Arc::new(Semaphore::new(calls.min(Semaphore::MAX_PERMITS)))),
            waiting: AtomicUsize::new(0),
            line: Semaphore::new(1),
            head: Semaphore::new(1),
            wake: Notify::new(),
        };
        Self {
            limits,
            concurrency,
            path,
            shared: Arc::new(shared),
        }
    }

    /// Waits until a call may start. Fails at once if that is later than `latest`.
    pub(super) async fn acquire(&self, latest: Instant, turn: Turn) -> Result<CallPermit> {
        let _counted = Counted::new(&self.shared.waiting);
        let mut slot = self.acquire_slot(latest).await?;
        loop {
            let probe = match self.shared.start_at_once() {
                Some(probe) => probe,
                None => self.wait_for_start(latest, turn).await?,
            };
            // Before the wait for other processes, so that a call that is dropped meanwhile gives up its turn as a
            // probe.
            let permit = CallPermit::new(Arc::clone(&self.shared), slot, probe);
            let Some(file) = &self.shared.file else {
                return Ok(permit);
            };
            let passed = Instant::now();
            if file.wait(latest).await? == Waited::Noted || passed.elapsed() < BRIEF {
                return Ok(permit);
            }
            // Many calls may have waited for other processes, and would all start now.
            slot = permit.into_slot();
        }
    }

    /// Returns how many calls wait.
    pub(super) fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }

    /// Returns whether a call waits that cannot start now. One that can is not polled.
    pub(super) fn is_waited_for(&self) -> bool {
        self.waiting() > 0 && !self.shared.has_room()
    }

    /// Returns the calls per second that it permits at present; `None` without a limit.
    pub(super) fn rate(&self) -> Option<f64> {
        self.shared.lock().present_rate()
    }

    /// Pauses all calls after a rate limit. A longer pause that is already in effect is kept.
    ///
    /// `time` returns the length by the number of pauses that followed each other without a success.
    pub(super) fn pause(&self, time: impl FnOnce(u32) -> Duration) -> Pause {
        let now = Instant::now();
        let mut state = self.shared.lock();
        let is_new = state.paused_until.is_none_or(|paused| paused <= now);
        if is_new {
            let rate = state.full_rate(now);
            match &mut state.recovery {
                Some(recovery) => recovery.refused(),
                None => {
                    let recovery = Recovery::begin(rate, state.was_refused_before(now));
                    state.recovery = Some(recovery);
                }
            }
        }
        let time = time(state.recovery.as_ref().map_or(1, Recovery::pauses));
        let limited = time.min(LONGEST_PAUSE);
        // Random, because other programs wait for the same time.
        let until = now + limited + WIDEST_SPREAD.min(limited / 4).mul_f64(fastrand::f64());
        state.paused_until = Some(state.paused_until.map_or(until, |paused| paused.max(until)));
        drop(state);
        if let Some(file) = &self.shared.file {
            file.pause(limited);
        }
        Pause { is_new, time }
    }

    /// Ends the pause after a rate limit, and the slow start that follows it, so that calls that wait start as soon as
    /// the limits allow. Other processes that [share](Self::shared_by_file) the limits stay paused, and the limits stay
    /// shared.
    ///
    /// It is for a program that is stopped, whose own HTTP client sends nothing more: its calls fail at once instead of
    /// after the pause.
    pub fn end_pause(&self) {
        let mut state = self.shared.lock();
        state.paused_until = None;
        state.recovery = None;
        drop(state);
        if let Some(file) = &self.shared.file {
            file.end_pause();
        }
        self.shared.wake.notify_waiters();
    }

    async fn acquire_slot(&self, latest: Instant) -> Result<Option<OwnedSemaphorePermit>> {
        let Some(slots) = &self.shared.slots else {
            return Ok(None);
        };
        let acquire = Arc::clone(slots).acquire_owned();
        match timeout_at(latest, acquire).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            Ok(Err(_)) => Ok(None),
            Err(_) => Err(Error::new(
                ErrorKind::Timeout,
                "timed out waiting for a free request slot",
            )),
        }
    }

    /// Waits in the line, and returns the time of the start if the call is a probe.
    async fn wait_for_start(&self, latest: Instant, turn: Turn) -> Result<Option<Instant>> {
        let shared = &*self.shared;
        let _waiting = Waiting::join(shared, latest, turn)?;
        let start = async {
            // Neither semaphore is ever closed.
            let _line = match turn {
                Turn::InOrder => shared.line.acquire().await.ok(),
                Turn::First => None,
            };
            let _head = shared.head.acquire().await.ok();
            loop {
                let woken = shared.wake.notified();
                match shared.next_step(latest)? {
                    Step::Start(probe) => return Ok(probe),
                    Step::Wait(time) => {
                        let _ = timeout_at(time, woken).await;
                    }
                }
            }
        };
        let (start, passing) = (pin!(start), pin!(shared.pass_over()));
        match timeout_at(latest, select(start, passing)).await {
            Ok(Either::Left((started, _))) => started,
            Ok(Either::Right((probe, _))) => Ok(probe),
            Err(_) => Err(past_deadline(
                shared
                    .lock()
                    .start_after(0)
                    .saturating_duration_since(Instant::now()),
                NO_ROOM,
            )),
        }
    }
}

/// A call that waits. It is not counted any more when this is dropped.
struct Counted<'s>(&'s AtomicUsize);

impl<'s> Counted<'s> {
    fn new(waiting: &'s AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call in the line. Leaves it when dropped.
struct Waiting<'s>(&'s Shared);

impl<'s> Waiting<'s> {
    /// Fails if the calls ahead alone take longer than the call can wait.
    fn join(shared: &'s Shared, latest: Instant, turn: Turn) -> Result<Self> {
        let mut state = shared.lock();
        let ahead = match turn {
            Turn::InOrder => state.waiting,
            Turn::First => 0,
        };
        let start = state.start_after(ahead);
        if start > latest {
            return Err(state.no_room(start));
        }
        state.waiting += 1;
        drop(state);
        Ok(Self(shared))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a call can start now. It is not known if the limits are shared with other processes.
    fn has_room(&self) -> bool {
        let has_slots = |slots: &Arc<Semaphore>| slots.available_permits() > 0;
        let now = Instant::now();
        self.file.is_none()
            && self.slots.as_ref().is_none_or(has_slots)
            && self.lock().next_start(now) == Start::At(now)
    }

    /// Starts a call if it need not wait.
    fn start_at_once(&self) -> Option<Option<Instant>> {
        let now = Instant::now();
        let mut state = self.lock();
        let free = state.waiting == 0 && state.next_start(now) == Start::At(now);
        free.then(|| state.start(now))
    }

    /// Waits until there was room for a while that no call used, and starts a call: the one at the head of the line is
    /// not polled, as that of a stream whose records a program is working with.
    async fn pass_over(&self) -> Option<Instant> {
        loop {
            let woken = self.wake.notified();
            let now = Instant::now();
            let (started, room, patience) = {
                let state = self.lock();
                let (Start::At(room) | Start::AfterProbe(room)) = state.next_start(now);
                (state.started, room, PATIENCE + EACH * state.waiting as u32)
            };
            if timeout_at(room + patience, woken).await.is_ok() {
                continue;
            }
            let now = Instant::now();
            let mut state = self.lock();
            if state.started == started && state.next_start(now) == Start::At(now) {
                return state.start(now);
            }
        }
    }

    fn next_step(&self, latest: Instant) -> Result<Step> {
        let now = Instant::now();
        let mut state = self.lock();
        match state.next_start(now) {
            Start::At(time) if time <= now => Ok(Step::Start(state.start(now))),
            Start::At(time) if time > latest => Err(state.no_room(time)),
            Start::At(time) | Start::AfterProbe(time) => Ok(Step::Wait(time)),
        }
    }
}

impl Default for RateLimiter {
    fn default() -> Self {
        Self::unlimited()
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = Instant::now();
        let paused = self.shared.lock().paused_until;
        f.debug_struct("RateLimiter")
            .field("limits", &self.limits)
            .field("concurrency", &self.concurrency)
            .field("path", &self.path)
            .field(
                "paused_for",
                &paused.map(|until| until.saturating_duration_since(now)),
            )
            .finish()
    }
}
