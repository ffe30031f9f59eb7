//! What the service reports of a task.

use super::{TaskId, TaskStatus};
use crate::dialect::TaskJson;
use jiff::civil::DateTime;

/// A data import or export task, as the service reports it. What is null, empty or missing is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskInfo {
    /// The task's id.
    pub id: Option<TaskId>,
    /// The task's name.
    pub name: Option<String>,
    /// What it does at present.
    pub status: Option<TaskStatus>,
    /// The name of the time zone in which it is started, such as `UTC`.
    pub time_zone: Option<String>,
    /// When it runs by itself, such as `On demand`, `Every day` or `1 of the month`.
    pub frequency: Option<String>,
    /// The note that it has in Caspio.
    pub note: Option<String>,
    /// When it ran last, in its own time zone. Only v2 reports it, and only after the first run.
    pub last_run: Option<DateTime>,
    /// When it ran last, in UTC. Only v2 reports it.
    pub last_run_utc: Option<DateTime>,
    /// Whether the last run succeeded. Only v2 reports it.
    pub succeeded: Option<bool>,
}

impl TaskInfo {
    pub(super) fn is_running(&self) -> bool {
        self.status.as_ref().is_some_and(TaskStatus::is_running)
    }

    pub(super) fn is_ready(&self) -> bool {
        self.status == Some(TaskStatus::Ready)
    }

    /// The time of the last run in either zone.
    pub(super) fn run_time(&self) -> Option<DateTime> {
        self.last_run_utc.or(self.last_run)
    }

    /// Whether the task has run since `before` was read, as far as it is reported.
    pub(super) fn has_run_since(&self, before: &Self) -> bool {
        self.run_time().is_some() && self.run_time() != before.run_time()
    }
}

impl From<TaskJson> for TaskInfo {
    fn from(json: TaskJson) -> Self {
        Self {
            id: json.id.map(TaskId::from),
            name: json.name,
            status: json.status.map(TaskStatus::from),
            time_zone: json.time_zone,
            frequency: json.frequency,
            note: json.note,
            last_run: json.last_run,
            last_run_utc: json.last_run_utc,
            succeeded: json.succeeded,
        }
    }
}
