//! How a run is started once and its end is waited for, by a clock that is moved.

use super::service::{Read, Service};
use Read::{Forbidden, HasRun, Is, Lost};
use caspio::tasks::TaskStatus;
use caspio::{ApiVersion, ErrorKind};
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const FIRST: &str = "2026-01-01T00:00:00";
const NEXT: &str = "2026-01-02T00:00:00";

#[tokio::test(start_paused = true)]
async fn a_lost_run_that_is_seen_running_has_started() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let service = Service::new([Is("Ready"), Is("Ready"), Is("Busy")]).losing_runs();

        service.task(version).run().await.expect("it has started");

        assert_eq!(service.runs(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_run_without_a_sign_is_an_error_and_not_repeated() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let service = Service::new([Is("Ready")]).losing_runs();

        let error = service
            .task(version)
            .run()
            .await
            .expect_err("it is not known");

        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        assert_eq!(error.operation(), Some("tasks.run"));
        assert!(error.maybe_applied());
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("may have started"))
        );
        assert_eq!((service.runs(), service.calls()), (1, 5));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_run_is_not_looked_for() {
    let service = Service::new([Is("Ready")]).refusing_runs();

    let error = service.task(ApiVersion::V3).run_and_wait().await;

    let error = error.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
    assert!(!error.maybe_applied(), "{error}");
    assert_eq!(service.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_old_run_is_no_sign_of_a_lost_one() {
    let service = Service::new([HasRun("Ready", FIRST, true)]).losing_runs();
    let started = Service::new([HasRun("Ready", FIRST, true), HasRun("Ready", NEXT, true)]);
    let started = started.losing_runs();

    let error = service.task(ApiVersion::V2).run().await;
    let found = started.task(ApiVersion::V2).run().await;

    assert!(error.expect_err("no sign").maybe_applied());
    found.expect("it has run");
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_after_a_lost_run_are_made_again() {
    let service = Service::new([Is("Ready"), Lost, Is("Processing")]).losing_runs();

    service
        .task(ApiVersion::V3)
        .run()
        .await
        .expect("it has started");

    assert_eq!(service.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_reads_are_few() {
    let running = std::iter::repeat_n(Is("Processing"), 14);
    let reads = [Is("Ready"), Is("Busy")].into_iter().chain(running);
    let service = Service::new(reads.chain([Is("Ready")]));
    let started = Instant::now();

    let ended = service.task(ApiVersion::V3).run_and_wait().await;

    assert_eq!(ended.expect("the end").status, Some(TaskStatus::Ready));
    assert_eq!(service.calls(), 2 + 16);
    let taken = started.elapsed();
    assert!(taken > 600 * SECOND, "{taken:?}");
    assert!(taken < 900 * SECOND, "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_does_not_end_is_an_error_at_the_deadline() {
    let service = Service::new([Is("Ready"), Is("Processing")]);
    let task = service.task(ApiVersion::V4);
    let started = Instant::now();

    let error = task.run_and_wait().deadline(90 * SECOND).await;

    let error = error.expect_err("it runs");
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    assert!(error.maybe_applied());
    assert!(error.hint().is_some_and(|hint| hint.contains("wait()")));
    assert_eq!(started.elapsed().as_secs(), 90);
    assert_eq!(service.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_longest_durations_do_not_overflow() {
    let service = Service::new([Is("Ready"), Is("Ready")]);
    let run = service.task(ApiVersion::V3).run_and_wait();

    let run = run
        .deadline(Duration::MAX)
        .first_wait(Duration::ZERO)
        .longest_wait(Duration::MAX);

    run.await.expect("the end");
}

#[tokio::test(start_paused = true)]
async fn waits_of_no_time_make_no_flood_of_calls() {
    let service = Service::new([Is("Processing")]);
    let wait = service.task(ApiVersion::V3).wait();

    let wait = wait
        .first_wait(Duration::ZERO)
        .longest_wait(Duration::ZERO)
        .deadline(SECOND);

    wait.await.expect_err("it runs");
    assert!(service.calls() <= 12, "{}", service.calls());
}

#[tokio::test(start_paused = true)]
async fn a_run_without_success_is_an_error_on_v2() {
    let reads = [
        HasRun("Ready", FIRST, true),
        HasRun("Processing", FIRST, true),
        HasRun("Ready", NEXT, false),
    ];
    let service = Service::new(reads);

    let error = service.task(ApiVersion::V2).run_and_wait().await;

    let error = error.expect_err("no success");
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    assert!(error.message().contains("without success"), "{error}");
    assert!(error.maybe_applied());
}

#[tokio::test(start_paused = true)]
async fn the_failure_of_an_earlier_run_is_not_that_of_this_one() {
    let reads = [
        HasRun("Ready", FIRST, false),
        HasRun("Busy", FIRST, false),
        HasRun("Ready", NEXT, true),
    ];
    let service = Service::new(reads);

    let ended = service.task(ApiVersion::V2).run_and_wait().await;

    assert_eq!(ended.expect("the end").succeeded, Some(true));
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_for_a_while_do_not_end_the_wait() {
    let lost = std::iter::repeat_n(Lost, 5);
    let reads = [Is("Ready"), Is("Busy")].into_iter().chain(lost);
    let service = Service::new(reads.chain([Is("Ready")]));

    let ended = service.task(ApiVersion::V3).run_and_wait().await;

    ended.expect("the end");
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_on_and_on_end_the_wait() {
    for (failure, kind) in [
        (Lost, ErrorKind::Interrupted),
        (Forbidden, ErrorKind::Permission),
    ] {
        let service = Service::new([Is("Ready"), Is("Busy"), failure]);

        let error = service.task(ApiVersion::V3).run_and_wait().await;

        let error = error.expect_err("no reads");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.maybe_applied(), "it was started: {error}");
        assert_eq!(service.runs(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_task_that_does_not_run_takes_one_call() {
    let service = Service::new([HasRun("Ready", FIRST, false)]);

    let now = service.task(ApiVersion::V2).wait().await.expect("ready");

    assert_eq!(now.succeeded, Some(false));
    assert_eq!((service.calls(), service.runs()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_task_that_runs_ends_with_the_run() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        let service = Service::new([Is("Busy"), Is("Processing"), Is("Ready")]);

        service.task(version).wait().await.expect("the end");

        assert_eq!((service.calls(), service.runs()), (3, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_that_is_not_known_is_not_the_end() {
    let service = Service::new([Is("Ready"), Is("Paused"), Is("Ready")]);

    let ended = service.task(ApiVersion::V3).run_and_wait().await;

    ended.expect("the end");
    assert_eq!(service.calls(), 2 + 3);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_leaves_the_run() {
    let service = Service::new([Is("Ready"), Is("Processing")]);
    let run = service.task(ApiVersion::V3).run_and_wait();

    let dropped = tokio::time::timeout(60 * SECOND, run).await;

    assert!(dropped.is_err());
    assert_eq!(service.runs(), 1);
    let calls = service.calls();
    tokio::time::sleep(600 * SECOND).await;
    assert_eq!(service.calls(), calls);
}
