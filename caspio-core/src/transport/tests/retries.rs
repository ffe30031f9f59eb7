//! Retries, waits and the deadline.

use super::*;

#[tokio::test(start_paused = true)]
async fn read_is_retried_after_lost_responses_and_gateway_failures() {
    for trouble in [
        Reply::fail(HttpErrorKind::NeverSent),
        Reply::fail(HttpErrorKind::Timeout),
        Reply::fail(HttpErrorKind::Interrupted),
        Reply::fail(HttpErrorKind::CutShort),
        Reply::new(500, ""),
        Reply::new(502, HTML),
        Reply::new(503, "").header("retry-after", "1"),
        Reply::new(504, ""),
        Reply::new(408, ""),
        Reply::new(200, "{\"Result\":["),
        Reply::new(200, "{}").header("content-length", "9"),
        ok().after(61 * SECOND),
    ] {
        let bench = bench([trouble.clone(), trouble.clone(), ok()]);
        let response = bench
            .transport
            .send(get())
            .await
            .expect("the third response");
        assert_eq!(response.attempts(), 3, "{trouble:?}");
        assert_eq!(bench.transport.meter().snapshot().never_sent % 2, 0);

        let (error, calls) =
            failure(get(), [trouble.clone(), trouble.clone(), trouble.clone()]).await;
        assert_eq!((calls, error.attempts()), (3, 3), "{trouble:?}");
        assert!(error.is_retryable() && !error.maybe_applied(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn insert_is_repeated_only_if_it_certainly_never_arrived() {
    for (trouble, kind) in [
        (Reply::fail(HttpErrorKind::Timeout), ErrorKind::Timeout),
        (
            Reply::fail(HttpErrorKind::Interrupted),
            ErrorKind::Interrupted,
        ),
        (Reply::fail(HttpErrorKind::CutShort), ErrorKind::Protocol),
        (Reply::new(500, ""), ErrorKind::Server),
        (
            Reply::new(503, "").header("retry-after", "1"),
            ErrorKind::Server,
        ),
        (Reply::new(201, "{\"Result\":["), ErrorKind::Protocol),
        (Reply::new(200, HTML), ErrorKind::Protocol),
        (ok().after(61 * SECOND), ErrorKind::Timeout),
    ] {
        let (error, calls) = failure(insert(), [trouble.clone()]).await;
        assert_eq!((calls, error.kind()), (1, kind), "{trouble:?}");
        assert!(
            error.maybe_applied() && !error.is_retryable(),
            "{trouble:?}: {error}"
        );
    }
    for harmless in [
        Reply::fail(HttpErrorKind::NeverSent),
        Reply::new(429, ""),
        Reply::new(400, ARRAY),
    ] {
        let bench = bench([harmless, Reply::new(201, "")]);
        let response = bench
            .transport
            .send(insert())
            .await
            .expect("the second response");
        assert_eq!((response.attempts(), response.maybe_repeated()), (2, false));
    }
}

#[tokio::test(start_paused = true)]
async fn repeated_write_reports_that_it_may_have_been_applied_before() {
    let bench = bench([
        Reply::fail(HttpErrorKind::Timeout),
        Reply::new(200, "{\"RecordsAffected\":0}"),
    ]);
    let delete = Request::delete(records(), Operation::new("records.delete"));

    let response = bench
        .transport
        .send(delete)
        .await
        .expect("the second response");

    assert!(response.maybe_repeated());
    let patch = Request::patch(records(), Operation::new("records.update"));
    let (error, calls) = failure(patch, [Reply::fail(HttpErrorKind::Timeout)]).await;
    assert_eq!(calls, 1);
    assert!(error.maybe_applied());
    let put = Request::put(records(), Operation::new("records.update")).json("{}");
    let (error, calls) = failure(
        put,
        [Reply::fail(HttpErrorKind::Timeout), Reply::new(403, "")],
    )
    .await;
    assert_eq!((calls, error.kind()), (2, ErrorKind::Permission));
    assert!(
        error.maybe_applied(),
        "the first attempt may have been executed"
    );
}

#[tokio::test(start_paused = true)]
async fn refusal_with_a_code_is_not_retried() {
    for (status, code) in [
        (500, "SqlServerError"),
        (500, "InvalidInputValue"),
        (500, "AlterReadOnlyData"),
        (400, "InvalidInputValue"),
    ] {
        let (error, calls) = failure(
            get(),
            [Reply::new(
                status,
                format!("{{\"Code\":\"{code}\",\"Message\":\"m\"}}"),
            )],
        )
        .await;
        assert_eq!((calls, error.code()), (1, Some(code)));
        assert!(!error.is_retryable() && !error.maybe_applied());
    }
    for reply in [
        Reply::new(200, HTML),
        Reply::new(302, ""),
        Reply::new(404, HTML),
        Reply::fail(HttpErrorKind::TooLarge),
    ] {
        let (error, calls) = failure(get(), [reply]).await;
        assert_eq!((calls, error.kind()), (1, ErrorKind::Protocol));
        assert!(error.hint().is_some(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn wait_after_a_rate_limit_follows_the_service() {
    let bench = bench([Reply::new(429, "").header("retry-after", "30"), ok()]);
    let start = Instant::now();

    bench
        .transport
        .send(get())
        .await
        .expect("the second response");

    let waited = start.elapsed();
    assert!(waited >= 30 * SECOND && waited < 32 * SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn wait_beyond_the_deadline_fails_immediately_with_the_wait() {
    let bench = bench([Reply::new(429, "").header("retry-after", "900")]);
    let start = Instant::now();

    let error = bench.transport.send(get()).await.expect_err("no time");
    let next = bench.transport.send(get()).await.expect_err("held");

    assert!(start.elapsed() < SECOND);
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::RateLimited, 1)
    );
    assert!(error.retry_after().is_some_and(|wait| wait >= 900 * SECOND));
    assert_eq!((next.kind(), next.attempts()), (ErrorKind::RateLimited, 0));
    assert!(next.retry_after().is_some_and(|wait| wait > 890 * SECOND));
    assert_eq!(bench.script.calls(), 1, "a held call spends nothing");
}

#[tokio::test(start_paused = true)]
async fn one_rate_limit_pauses_all_calls() {
    let bench = bench([
        Reply::new(400, ARRAY).header("retry-after", "20"),
        ok(),
        ok(),
        ok(),
    ]);
    let start = Instant::now();
    let first = bench.transport.clone();
    let first = tokio::spawn(async move { first.send(get()).await });
    tokio::time::sleep(SECOND).await;

    let others = (0..2).map(|_| bench.transport.send(get()));
    let others = futures::future::join_all(others).await;

    assert!(start.elapsed() >= 20 * SECOND);
    assert!(others.iter().all(Result::is_ok));
    assert!(first.await.expect("no panic").is_ok());
    assert_eq!(
        bench.script.calls(),
        4,
        "nobody collected a rate limit of his own"
    );
}

#[tokio::test(start_paused = true)]
async fn deadline_limits_attempts_and_waits_together() {
    let script = Arc::new(Script::by(|_| {
        Reply::fail(HttpErrorKind::Timeout).after(40 * SECOND)
    }));
    let policy = RetryPolicy::default()
        .max_attempts(100)
        .deadline(100 * SECOND);
    let transport = builder(&script).retry(policy).build().expect("settings");
    let start = Instant::now();

    let error = transport.send(get()).await.expect_err("never responded");

    assert!(start.elapsed() <= 100 * SECOND, "{:?}", start.elapsed());
    assert!(error.is_timeout());
    assert_eq!(error.elapsed(), Some(start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn retries_do_not_amplify_an_outage() {
    let script = Arc::new(Script::by(|_| Reply::new(503, "")));
    let transport = builder(&script).build().expect("settings");

    for _ in 0..100 {
        transport.send(get()).await.expect_err("an outage");
    }

    assert!(script.calls() <= 115, "{}", script.calls());
}

#[tokio::test(start_paused = true)]
async fn rate_limit_applies_between_calls() {
    let script = Arc::new(Script::by(|_| ok()));
    let pace = RateLimiter::unlimited().limit(8, SECOND);
    let transport = builder(&script)
        .rate_limiter(pace)
        .build()
        .expect("settings");
    let start = Instant::now();

    futures::future::join_all((0..80).map(|_| transport.send(get()))).await;

    assert_eq!(start.elapsed().as_secs(), 9);
}

#[tokio::test(start_paused = true)]
async fn excessive_wait_is_an_error_and_pauses_calls_for_at_most_an_hour() {
    let reply = Reply::new(429, "").header("retry-after", "99999999999999999999");
    let bench = bench([reply, ok()]);

    let error = bench.transport.send(get()).await.expect_err("no time");
    tokio::time::advance(3601 * SECOND).await;

    assert!(error.is_rate_limited());
    assert!(bench.transport.send(get()).await.is_ok());
}

#[test]
fn unknown_methods_are_not_idempotent() {
    for (method, idempotent) in [
        ("GET", true),
        ("OPTIONS", true),
        ("DELETE", true),
        ("PATCH", false),
        ("MERGE", false),
        ("INSERT", false),
    ] {
        let method = http::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = Request::new(method, records(), list());
        assert_eq!(request.is_idempotent(), idempotent, "{request:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_calls_of_bulk_writes_wait_out_the_period_of_a_rate_limit() {
    let limited = || {
        let start = Instant::now();
        bench_by(move |_| match start.elapsed() < 300 * SECOND {
            true => Reply::new(429, ""),
            false => ok(),
        })
    };

    let single = limited();
    let error = single.transport.send(insert()).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(single.script.calls(), 14);

    let bulk = limited();
    let sent = bulk.transport.send(insert().of_bulk_write()).await;
    sent.expect("after the period");
    assert!(bulk.script.calls() < 20, "{}", bulk.script.calls());
}

#[tokio::test(start_paused = true)]
async fn calls_of_bulk_writes_do_not_wait_for_ever() {
    let bench = bench_by(|_| Reply::new(429, ""));
    let start = Instant::now();
    let error = bench.transport.send(insert().of_bulk_write()).await;
    assert_eq!(error.expect_err("refused").kind(), ErrorKind::RateLimited);
    let waited = start.elapsed();
    assert!(
        waited >= 300 * SECOND && waited <= 360 * SECOND,
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_budget_does_not_end_the_wait_of_a_bulk_write() {
    let start = Instant::now();
    let script = Arc::new(Script::by(move |_| match start.elapsed() < 100 * SECOND {
        true => Reply::new(429, ""),
        false => ok(),
    }));
    let policy = RetryPolicy::default()
        .rate_limit_backoff(SECOND / 50, SECOND)
        .budget(1);
    let transport = builder(&script).retry(policy).build().expect("settings");

    let sent = transport.send(insert().of_bulk_write()).await;

    sent.expect("after the rate limit");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_in_a_wait_has_the_error_of_its_refusal() {
    let script = Arc::new(Script::by(|seen| match seen.is_token_request() {
        true => ok(),
        false => Reply::new(429, "").header(REQUEST_ID, "r-1"),
    }));
    // The wait of another call is longer than this one has time for.
    let limiter = RateLimiter::unlimited().limit(1, 20 * SECOND);
    let policy = RetryPolicy::default()
        .deadline(30 * SECOND)
        .rate_limit_backoff(SECOND / 10, SECOND / 10);
    let transport = builder(&script).rate_limiter(limiter).retry(policy);
    let transport = transport.build().expect("settings");

    let error = transport.send(get()).await.expect_err("refused");

    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.request_id(), Some("r-1"), "{error}");
    assert!(error.attempts() >= 1);
}

#[tokio::test(start_paused = true)]
async fn without_retries_calls_of_bulk_writes_are_sent_once() {
    for policy in [RetryPolicy::none(), RetryPolicy::default().budget(0)] {
        let script = Arc::new(Script::by(|_| Reply::new(429, "")));
        let transport = builder(&script).retry(policy).build().expect("settings");
        let sent = transport.send(insert().of_bulk_write()).await;
        sent.expect_err("refused");
        assert_eq!(script.calls(), 1);
    }
}
