//! The requests and responses of data import and export tasks.

use super::url::push_segment;
use super::{Members, without_body};
use caspio_core::{Operation, Request, Url};
use jiff::civil::DateTime;
use serde::Deserialize;

/// The requests of one version of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaskRequests {
    /// The first segment of the paths.
    collection: &'static str,
    /// Whether a task that has run reports when, and whether it succeeded. It is inferred that v4 does not, as v3: fact
    /// `runs-in-v4`.
    pub(crate) reports_runs: bool,
}

pub(super) const V2: TaskRequests = TaskRequests {
    collection: "tasks",
    reports_runs: true,
};
pub(super) const V3: TaskRequests = TaskRequests {
    collection: "dataImportExportTasks",
    reports_runs: false,
};
pub(super) const V4: TaskRequests = V3;

impl TaskRequests {
    /// The URL that lists the tasks.
    pub(crate) fn list_url(self, base: &Url) -> Url {
        let mut url = base.clone();
        push_segment(&mut url, self.collection);
        url
    }

    /// The URL of one task.
    pub(crate) fn url(self, base: &Url, id: &str) -> Url {
        let mut url = self.list_url(base);
        push_segment(&mut url, id);
        url
    }

    /// Starts a task. Starting it twice would run it twice.
    pub(crate) fn run(self, base: &Url, id: &str, operation: Operation) -> Request {
        let mut url = self.url(base, id);
        push_segment(&mut url, "run");
        without_body(Request::post(url, operation))
    }
}

/// A task. v4 names its id as its path does, which is inferred: fact `names-in-v4`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct TaskJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) frequency: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) last_run: Option<DateTime>,
    pub(crate) last_run_utc: Option<DateTime>,
    pub(crate) succeeded: Option<bool>,
}

impl TryFrom<Members> for TaskJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        Ok(Self {
            id: members.text(&["ExternalKey", "taskId"])?,
            name: members.text(&["Name"])?,
            status: members.text(&["Status"])?,
            time_zone: members.text(&["TaskTimeZone"])?,
            frequency: members.text(&["Frequency"])?,
            note: members.text(&["Note"])?,
            last_run: members.date(&["LastRunTime"])?,
            last_run_utc: members.date(&["LastRunTimeUTC"])?,
            succeeded: members.flag(&["Success"])?,
        })
    }
}
