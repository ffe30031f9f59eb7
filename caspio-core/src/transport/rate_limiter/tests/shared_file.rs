//! Limits that several processes share through a file.

use super::*;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MS: Duration = Duration::from_millis(1);

/// Returns a limiter as another process would have it: it has only the file in common with the others.
fn process(path: &Path) -> RateLimiter {
    RateLimiter::unlimited()
        .limit(5, 200 * MS)
        .shared_by_file(path)
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("calls");
    (folder, path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calls_of_several_processes_together_stay_within_the_limits() {
    let (_folder, path) = file();
    let start = Instant::now();
    let calls = (0..4).map(|_| {
        let limiter = process(&path);
        tokio::spawn(async move {
            let calls = (0..5).map(|_| async {
                acquire(&limiter, far()).await.expect("room");
                start.elapsed()
            });
            futures::future::join_all(calls).await
        })
    });

    let times = futures::future::join_all(calls).await;

    let mut times: Vec<_> = times
        .into_iter()
        .flat_map(|times| times.expect("no panic"))
        .collect();
    times.sort();
    assert_eq!(times.len(), 20);
    // The file counts milliseconds, and a task may note its time a little later than the file.
    let measured = 20 * MS;
    for window in times.windows(6) {
        assert!(window[5] - window[0] + measured >= 200 * MS, "{times:?}");
    }
    assert!(times[19] >= 580 * MS, "{times:?}");
    assert!(times[19] < 1500 * MS, "the limits are used: {times:?}");
}

#[tokio::test]
async fn a_rate_limit_pauses_the_other_processes() {
    let (_folder, path) = file();
    let (first, second) = (process(&path), process(&path));
    acquire(&second, far()).await.expect("room");

    first.pause(|_| 400 * MS);
    // The pause is noted in the background.
    tokio::time::sleep(50 * MS).await;
    let start = Instant::now();
    let error = acquire(&second, start + 100 * MS)
        .await
        .expect_err("a pause");
    acquire(&second, far()).await.expect("room after the pause");

    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(start.elapsed() >= 300 * MS, "{:?}", start.elapsed());
}

#[tokio::test]
async fn calls_do_not_wait_for_other_processes_after_the_pause_is_ended() {
    let (_folder, path) = file();
    let limiter = process(&path);
    limiter.pause(|_| 100 * SECOND);
    tokio::time::sleep(50 * MS).await;
    let start = Instant::now();
    let end = async {
        tokio::time::sleep(50 * MS).await;
        limiter.end_pause();
    };

    let (permit, ()) = futures::join!(acquire(&limiter, far()), end);

    permit.expect("a start");
    assert!(start.elapsed() < 10 * SECOND);
}

#[tokio::test]
async fn the_limits_stay_shared_after_the_pause_is_ended() {
    let (_folder, path) = file();
    let (first, second) = (process(&path), process(&path));
    first.pause(|_| 100 * SECOND);
    tokio::time::sleep(50 * MS).await;
    first.end_pause();
    second.end_pause();
    let start = Instant::now();
    for _ in 0..5 {
        acquire(&second, far()).await.expect("room");
    }

    acquire(&first, far()).await.expect("room");

    let waited = start.elapsed();
    assert!(waited >= 200 * MS && waited < 10 * SECOND, "{waited:?}");
}

#[tokio::test]
async fn the_end_of_a_pause_is_that_of_one_process_and_of_no_later_pause() {
    let (_folder, path) = file();
    let (first, second) = (process(&path), process(&path));
    first.pause(|_| 100 * SECOND);
    // Before the file has the pause.
    first.end_pause();
    tokio::time::sleep(50 * MS).await;
    acquire(&first, far()).await.expect("an ended pause");
    let soon = || Instant::now() + 100 * MS;
    let error = acquire(&second, soon()).await.expect_err("a pause");
    assert_eq!(error.kind(), ErrorKind::RateLimited);

    second.pause(|_| 200 * SECOND);
    tokio::time::sleep(50 * MS).await;

    let error = acquire(&first, soon()).await.expect_err("a later pause");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn a_call_that_waits_for_the_pause_of_another_process_starts_when_it_is_ended() {
    let (_folder, path) = file();
    let (first, second) = (process(&path), process(&path));
    first.pause(|_| 100 * SECOND);
    tokio::time::sleep(50 * MS).await;
    let start = Instant::now();
    let end = async {
        tokio::time::sleep(50 * MS).await;
        second.end_pause();
    };

    let (permit, ()) = futures::join!(acquire(&second, far()), end);

    permit.expect("a start");
    assert!(start.elapsed() < 10 * SECOND);
}

#[tokio::test]
async fn a_file_that_cannot_be_used_holds_up_no_call() {
    let (folder, path) = file();
    let missing = process(&folder.path().join("missing/calls"));
    acquire(&missing, far()).await.expect("a start");

    std::fs::write(&path, "half a fi").expect("written");
    acquire(&process(&path), far()).await.expect("a start");

    let stopped: File = OpenOptions::new()
        .write(true)
        .open(&path)
        .expect("the file");
    stopped.lock().expect("locked");
    let start = Instant::now();
    let limiter = process(&path);
    for _ in 0..5 {
        acquire(&limiter, far()).await.expect("a start");
    }
    assert!(start.elapsed() < 3 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test]
async fn times_of_a_clock_that_was_set_back_are_forgotten() {
    let (_folder, path) = file();
    let future = 99_999_999_999_999_u64;
    let calls = format!(
        r#"{{"starts":[{future},{future},{future},{future},{future}],"paused_until":{future}}}"#
    );
    std::fs::write(&path, calls).expect("written");
    let start = Instant::now();

    acquire(&process(&path), far()).await.expect("room");

    assert!(start.elapsed() < SECOND);
}
