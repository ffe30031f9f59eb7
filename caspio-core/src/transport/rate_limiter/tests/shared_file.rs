//! Limits that several processes share through a file.

use super::*;
use std::fs::OpenOptions;
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

/// Locks the file for a time, as a process that is stopped does.
fn lock_for(path: &Path, time: Duration) -> std::thread::JoinHandle<()> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let file = file.expect("the file");
    file.lock().expect("locked");
    std::thread::spawn(move || {
        std::thread::sleep(time);
        drop(file);
    })
}

/// Checks that the times of calls stay within the limit of 5 in 200 ms.
fn assert_within_limits(mut times: Vec<Duration>) {
    times.sort();
    // The file counts milliseconds, and a task may note its time a little later than the file.
    let measured = 20 * MS;
    for window in times.windows(6) {
        assert!(window[5] - window[0] + measured >= 200 * MS, "{times:?}");
    }
}

/// Starts so many calls at once, and returns their times.
async fn times(limiter: RateLimiter, calls: usize, start: Instant) -> Vec<Duration> {
    let calls = (0..calls).map(|_| async {
        acquire(&limiter, far()).await.expect("room");
        start.elapsed()
    });
    futures::future::join_all(calls).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calls_of_several_processes_together_stay_within_the_limits() {
    let (_folder, path) = file();
    let start = Instant::now();
    let calls = (0..6).map(|_| tokio::spawn(times(process(&path), 8, start)));
    // Longer than a process waits for the lock, but not all of the time that calls wait.
    lock_for(&path, 50 * MS);

    let times = futures::future::join_all(calls).await;

    let times = times.into_iter().flat_map(|times| times.expect("no panic"));
    let times: Vec<Duration> = times.collect();
    assert_eq!(times.len(), 48);
    let last = times.iter().max().expect("calls");
    assert!(*last >= 9 * 200 * MS - 20 * MS, "{times:?}");
    assert!(*last < 4 * SECOND, "the limits are used: {times:?}");
    assert_within_limits(times);
}

#[tokio::test]
async fn calls_that_waited_for_a_file_that_is_not_used_any_more_stay_within_the_limits() {
    let (_folder, path) = file();
    process(&path).pause(|_| 400 * MS);
    tokio::time::sleep(50 * MS).await;
    let calls = times(process(&path), 30, Instant::now());
    let stopped = async {
        tokio::time::sleep(200 * MS).await;
        lock_for(&path, 3 * SECOND)
    };

    let (times, _) = futures::join!(calls, stopped);

    assert_within_limits(times);
}

#[tokio::test]
async fn a_pause_is_noted_although_another_process_has_the_lock() {
    let (_folder, path) = file();
    lock_for(&path, 100 * MS);

    process(&path).pause(|_| 100 * SECOND);

    tokio::time::sleep(300 * MS).await;
    let soon = Instant::now() + 100 * MS;
    let error = acquire(&process(&path), soon).await.expect_err("a pause");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn a_process_with_shorter_limits_keeps_the_calls_that_count_for_others() {
    let (_folder, path) = file();
    let long = RateLimiter::unlimited().limit(3, 100 * SECOND);
    let long = || long.clone().shared_by_file(&path);
    for _ in 0..3 {
        acquire(&long(), far()).await.expect("room");
    }
    tokio::time::sleep(300 * MS).await;

    acquire(&process(&path), far()).await.expect("room");

    let soon = Instant::now() + 100 * MS;
    let error = acquire(&long(), soon).await.expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn calls_that_are_dropped_while_they_wait_are_not_noted() {
    let (_folder, path) = file();
    for _ in 0..5 {
        let limiter = process(&path);
        let locked = lock_for(&path, 20 * MS);
        let call = acquire(&limiter, far());
        let _ = tokio::time::timeout(5 * MS, call).await;
        locked.join().expect("unlocked");
    }
    tokio::time::sleep(50 * MS).await;
    let start = Instant::now();

    times(process(&path), 5, start).await;

    assert!(start.elapsed() < 100 * MS, "{:?}", start.elapsed());
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
async fn many_refusals_at_once_do_not_end_the_sharing() {
    let (_folder, path) = file();
    let limiter = process(&path);
    for _ in 0..32 {
        limiter.pause(|_| 100 * MS);
    }

    acquire(&limiter, far()).await.expect("room");

    let noted = std::fs::read_to_string(&path).expect("the file");
    assert!(
        !noted.starts_with(r#"{"starts":[]"#),
        "no call is noted: {noted}"
    );
}

#[tokio::test]
async fn the_longest_of_many_pauses_at_once_is_noted() {
    for longest in [0, 16, 31] {
        let (_folder, path) = file();
        let limiter = process(&path);
        let locked = lock_for(&path, 50 * MS);
        for refused in 0..32 {
            let time = if refused == longest { 100 * SECOND } else { MS };
            limiter.pause(|_| time);
        }
        locked.join().expect("unlocked");
        tokio::time::sleep(50 * MS).await;

        let soon = Instant::now() + 100 * MS;
        let error = acquire(&process(&path), soon).await.expect_err("a pause");

        assert_eq!(error.kind(), ErrorKind::RateLimited, "{longest}");
    }
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

    std::fs::write(&path, r#"{"starts":[17"#).expect("half written");
    acquire(&process(&path), far()).await.expect("a start");

    let stopped = lock_for(&path, 4 * SECOND);
    let start = Instant::now();
    let limiter = process(&path);
    for _ in 0..5 {
        acquire(&limiter, far()).await.expect("a start");
    }
    assert!(start.elapsed() < 3 * SECOND, "{:?}", start.elapsed());
    stopped.join().expect("unlocked");
}

#[tokio::test]
async fn a_file_with_other_content_is_left_alone() {
    let (_folder, path) = file();
    std::fs::write(&path, "Order,Total\n1,20\n").expect("written");

    acquire(&process(&path), far()).await.expect("a start");

    let text = std::fs::read_to_string(&path).expect("the file");
    assert_eq!(text, "Order,Total\n1,20\n");
}

#[tokio::test]
async fn a_pause_stays_if_the_content_was_not_cut_to_its_length() {
    let (_folder, path) = file();
    process(&path).pause(|_| 30 * SECOND);
    tokio::time::sleep(50 * MS).await;
    let text = std::fs::read_to_string(&path).expect("the file");
    std::fs::write(&path, format!("{text}0,\"paused_at\":7}}")).expect("written");

    let soon = Instant::now() + 100 * MS;
    let error = acquire(&process(&path), soon).await.expect_err("a pause");

    assert_eq!(error.message(), "calls are paused after a rate limit");
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_no_file_holds_up_no_call() {
    let endless = process(Path::new("/dev/zero"));
    let start = Instant::now();

    acquire(&endless, far()).await.expect("a start");

    assert!(start.elapsed() < SECOND);
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

#[tokio::test]
async fn a_pause_that_was_noted_before_the_clock_was_set_back_is_forgotten() {
    let (_folder, path) = file();
    process(&path).pause(|_| 30 * SECOND);
    tokio::time::sleep(50 * MS).await;
    let text = std::fs::read_to_string(&path).expect("the file");
    let mut calls: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for name in ["paused_at", "paused_until"] {
        let time = calls[name].as_u64().expect("a time");
        calls[name] = (time + 1_800_000).into();
    }
    std::fs::write(&path, calls.to_string()).expect("written");
    let start = Instant::now();

    acquire(&process(&path), far()).await.expect("room");

    assert!(start.elapsed() < SECOND);
}
