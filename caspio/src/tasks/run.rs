//! Starts a task once, also if the response is lost.

use super::task::explained;
use super::{Task, TaskInfo};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::time::Duration;

pub(super) const RUN: &str = "tasks.run";

/// The waits before the reads that find out whether a task has started.
const LOOKS: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

impl Task {
    /// Starts the task, which runs on after that. Two calls: the first reads whether it runs already.
    ///
    /// The task is not started a second time after a lost response. Up to three calls then find out, by its status and
    /// on v2 by the time of its last run, whether it has started.
    ///
    /// # Errors
    ///
    /// `Conflict`: the task runs already. `NotFound`: there is no such task. If the response was lost and no sign of a
    /// start is found, the error of the lost call, with [`maybe_applied`](caspio_core::Error::maybe_applied): the task
    /// may have started and ended, so look at it before you run it again.
    pub fn run(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let this = self.clone();
        async move { this.start().await.map(drop) }
    }

    /// Starts the task, and returns what was reported of it before.
    pub(super) async fn start(&self) -> Result<TaskInfo> {
        self.check(RUN)?;
        let before = self.read().await?;
        if before.is_running() {
            let error = Error::new(ErrorKind::Conflict, "the task runs already");
            let hint = "wait for its end with `wait()`, then run it again";
            return Err(self.with_context(RUN, error).with_hint(hint));
        }
        let requests = self.client.dialect().tasks();
        let id = self.id().as_str();
        let request = requests.run(self.client.base(), id, self.operation(RUN));
        match self.client.send(request).await {
            Ok(_) => Ok(before),
            Err(lost) if lost.maybe_applied() => match self.has_started(&before).await {
                true => Ok(before),
                false => Err(lost.with_hint(
                    "the task may have started: look at it before you run it again, because no sign of a start was found",
                )),
            },
            Err(error) => Err(explained(error)),
        }
    }

    /// Finds out whether the task has started since `before` was read. If nothing shows it, it may still have started,
    /// and ended.
    async fn has_started(&self, before: &TaskInfo) -> bool {
        for wait in LOOKS {
            tokio::time::sleep(wait).await;
            match self.read().await {
                Ok(now) if now.is_running() || now.has_run_since(before) => return true,
                Ok(_) => {}
                Err(error) if error.is_retryable() => {}
                Err(_) => return false,
            }
        }
        false
    }
}
