//! Waits for the end of a run.

use super::progress::{Progress, Shown};
use super::run::RUN;
use super::{Task, TaskInfo};
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

const WAIT: &str = "tasks.wait";

/// How much longer each wait is than the one before.
const GROWTH: f64 = 1.5;
/// Each read is a billed call.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);
/// Ten years: the limit for longer durations, which would overflow an `Instant`.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
/// How many reads in a row may fail for a reason that may pass.
const MOST_FAILURES: u32 = 5;

pin_project! {
    /// Waits for the end of a task's run when it is awaited, and returns what the service reports then. Created by
    /// [`Task::run_and_wait`] and [`Task::wait`].
    ///
    /// The status is read after a first wait, then after growing ones, by calls that respect the client's rate limiter.
    /// With the default settings a run of 10 minutes takes about 15 calls. A read that fails for a reason that may pass
    /// is made again at the next turn, up to five times in a row.
    ///
    /// # Cancel safety
    ///
    /// Dropping it ends the wait. The task runs on; [`Task::wait`] waits for its end.
    #[derive(Clone, Debug)]
    #[must_use = "nothing is run and waited for until it is awaited"]
    pub struct TaskRun {
        task: Task,
        starts: bool,
        first_wait: Duration,
        longest_wait: Duration,
        deadline: Duration,
        #[pin]
        work: Work<'static, Result<TaskInfo>>,
    }
}

impl Task {
    /// Starts the task and waits until it has ended; awaiting it returns what the service reports then. The calls of
    /// [`run`](Self::run), and about one for each minute; [`TaskRun`] has the settings.
    ///
    /// v3 and v4 do not report when a task ran last. There, a run that no read saw counts as ended once two reads in a
    /// row show the task as ready, about 12 seconds after the start. Where the service lets a run wait for longer than
    /// that before it begins, set a longer [`first_wait`](TaskRun::first_wait), or use a client of v2.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run) and [`wait`](Self::wait). `Incomplete` also if v2 reports that the run did not
    /// succeed; v3 and v4 do not report it.
    pub fn run_and_wait(&self) -> TaskRun {
        TaskRun::of_new_run(self.clone())
    }

    /// Waits until the task does not run, without starting it. One call if it does not run, otherwise about one for
    /// each minute.
    ///
    /// # Errors
    ///
    /// `Incomplete`: it still ran at the [deadline](TaskRun::deadline), or v2 reports that the run did not succeed.
    /// `NotFound`: there is no such task.
    pub fn wait(&self) -> TaskRun {
        TaskRun::of_present_run(self.clone())
    }
}

impl TaskRun {
    fn of_new_run(task: Task) -> Self {
        Self {
            task,
            starts: true,
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_secs(60),
            deadline: Duration::from_secs(3600),
            work: Work::default(),
        }
    }

    fn of_present_run(task: Task) -> Self {
        Self {
            starts: false,
            ..Self::of_new_run(task)
        }
    }

    /// Sets the wait before the first read of the status; each wait is half as long again as the one before. Default:
    /// 5 seconds.
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// Sets the longest wait between two reads. Default: 60 seconds.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Sets how long the end is waited for. The task runs on after that. Default: one hour.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    async fn run(self) -> Result<TaskInfo> {
        let reports_runs = self.task.client.dialect().tasks().reports_runs;
        if self.starts {
            let before = self.task.start().await?;
            let progress = Progress::of_new_run(before, reports_runs);
            let ended = self.until_end(progress, RUN).await;
            // The task was started.
            return ended.map_err(|error| error.with_maybe_applied(true));
        }
        let now = self.task.read().await?;
        if now.is_ready() {
            return Ok(now);
        }
        let progress = Progress::of_present_run(now, reports_runs);
        self.until_end(progress, WAIT).await
    }

    async fn until_end(&self, mut progress: Progress, operation: &'static str) -> Result<TaskInfo> {
        let end = Instant::now() + self.deadline.min(FOREVER);
        let mut wait = self.first_wait.clamp(SHORTEST_WAIT, FOREVER);
        let mut failures = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.task.with_context(operation, self.late()));
            }
            tokio::time::sleep(wait.min(left)).await;
            wait = wait
                .mul_f64(GROWTH)
                .min(self.longest_wait.min(FOREVER))
                .max(SHORTEST_WAIT);
            let now = match self.task.read().await {
                Ok(now) => now,
                Err(error) if error.is_retryable() && failures < MOST_FAILURES => {
                    failures += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            failures = 0;
            match progress.note(&now) {
                Shown::NotEnded => {}
                Shown::Ended => return Ok(now),
                Shown::Failed => return Err(self.task.with_context(operation, failed())),
            }
        }
    }

    fn late(&self) -> Error {
        let message = format!(
            "the end of the run was not reported within {} s",
            self.deadline.as_secs_f64()
        );
        Error::new(ErrorKind::Incomplete, message).with_hint(
            "the task may still run: `wait()` goes on waiting, `deadline` sets a longer time",
        )
    }
}

fn failed() -> Error {
    Error::new(ErrorKind::Incomplete, "the task has run without success")
        .with_hint("look at the task in Caspio")
}

impl Future for TaskRun {
    type Output = Result<TaskInfo>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let run = Self {
                task: this.task.clone(),
                starts: *this.starts,
                first_wait: *this.first_wait,
                longest_wait: *this.longest_wait,
                deadline: *this.deadline,
                work: Work::default(),
            };
            run.run().boxed()
        })
    }
}
