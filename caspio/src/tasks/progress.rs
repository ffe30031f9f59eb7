//! Whether a run has ended, by what is reported of its task one read after another.

use super::TaskInfo;

/// How many reads in a row have to report a task as ready where nothing else shows that its run is over. Right after
/// the start a task may not be reported as running yet.
const ENOUGH_READY: u32 = 2;

/// What is known of a run.
#[derive(Debug)]
pub(super) struct Progress {
    /// What was reported before the run.
    before: TaskInfo,
    /// Whether the version reports the time of the last run.
    reports_runs: bool,
    has_been_running: bool,
    /// How many reads in a row reported the task as ready.
    ready: u32,
}

/// What a read shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    NotEnded,
    Ended,
    /// It has ended without success.
    Failed,
}

impl Progress {
    /// A run that was started after `before` was read.
    pub(super) fn of_new_run(before: TaskInfo, reports_runs: bool) -> Self {
        Self {
            reports_runs: reports_runs || before.run_time().is_some(),
            before,
            has_been_running: false,
            ready: 0,
        }
    }

    /// A run during which `now` was read.
    pub(super) fn of_present_run(now: TaskInfo, reports_runs: bool) -> Self {
        Self {
            has_been_running: true,
            ..Self::of_new_run(now, reports_runs)
        }
    }

    /// Notes one more read. It is inferred that a task is not ready while it runs, and that the time of its last run
    /// changes by its end: fact `end-of-a-run`.
    pub(super) fn note(&mut self, now: &TaskInfo) -> Shown {
        self.has_been_running |= now.is_running();
        if !now.is_ready() {
            self.ready = 0;
            return Shown::NotEnded;
        }
        self.ready += 1;
        if now.has_run_since(&self.before) {
            return match now.succeeded {
                Some(false) => Shown::Failed,
                _ => Shown::Ended,
            };
        }
        let is_over = match (self.has_been_running, self.reports_runs) {
            (true, false) => true,
            // The time of the run may be reported a little later.
            (true, true) | (false, false) => self.ready >= ENOUGH_READY,
            (false, true) => false,
        };
        match is_over {
            true => Shown::Ended,
            false => Shown::NotEnded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::TaskStatus;

    fn task(status: &str, last_run: Option<&str>, succeeded: Option<bool>) -> TaskInfo {
        TaskInfo {
            status: Some(TaskStatus::from(status.to_owned())),
            last_run: last_run.map(|at| at.parse().expect("a time")),
            succeeded,
            ..TaskInfo::default()
        }
    }

    const FIRST: Option<&str> = Some("2026-01-01T00:00:00");
    const SECOND: Option<&str> = Some("2026-01-02T00:00:00");

    #[test]
    fn a_reported_run_has_ended_when_its_time_is_reported() {
        let mut run = Progress::of_new_run(task("Ready", FIRST, Some(false)), true);

        for _ in 0..5 {
            let shown = run.note(&task("Ready", FIRST, Some(false)));
            assert_eq!(shown, Shown::NotEnded);
        }
        let running = run.note(&task("Processing", SECOND, Some(true)));
        assert_eq!(running, Shown::NotEnded);
        let ended = run.note(&task("Ready", SECOND, Some(true)));
        assert_eq!(ended, Shown::Ended);
    }

    #[test]
    fn a_failed_run_is_noticed_and_an_older_failure_is_not() {
        let before = task("Ready", FIRST, Some(false));
        let mut run = Progress::of_new_run(before.clone(), true);
        assert_eq!(run.note(&task("Ready", SECOND, Some(false))), Shown::Failed);

        let mut run = Progress::of_new_run(before, true);
        assert_eq!(run.note(&task("Busy", FIRST, Some(false))), Shown::NotEnded);
        let ready = task("Ready", FIRST, Some(false));
        assert_eq!(run.note(&ready), Shown::NotEnded);
        assert_eq!(run.note(&ready), Shown::Ended);
    }

    #[test]
    fn without_times_of_runs_one_that_was_seen_ends_when_the_task_is_ready() {
        let ready = task("Ready", None, None);
        let mut run = Progress::of_new_run(ready.clone(), false);

        assert_eq!(run.note(&task("Busy", None, None)), Shown::NotEnded);
        assert_eq!(run.note(&ready), Shown::Ended);

        let mut quick = Progress::of_new_run(ready.clone(), false);
        assert_eq!(quick.note(&ready), Shown::NotEnded);
        assert_eq!(quick.note(&ready), Shown::Ended);
    }

    #[test]
    fn an_unknown_status_is_not_the_end() {
        let mut run = Progress::of_present_run(task("Processing", None, None), false);

        assert_eq!(run.note(&task("Paused", None, None)), Shown::NotEnded);
        assert_eq!(run.note(&TaskInfo::default()), Shown::NotEnded);
        assert_eq!(run.note(&task("ready", None, None)), Shown::Ended);
    }
}
