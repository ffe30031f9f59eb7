//! The rate limiter, the retry budget and the deadline, with a service that has limits.

use super::*;
use futures::FutureExt as _;
use futures::future::join_all;

/// A service that takes 8 calls a second and refuses the others; counts the calls it received and those it refused.
fn limited(answers_in: Duration) -> (Arc<Script>, Arc<Mutex<(usize, usize)>>) {
    let counts = Arc::new(Mutex::new((0, 0)));
    let seen = Arc::clone(&counts);
    let recent = Mutex::new(Vec::new());
    let script = Script::by(move |_| {
        let now = Instant::now();
        let mut recent = recent.lock().expect("no panic");
        recent.retain(|start| now - *start < SECOND);
        recent.push(now);
        let mut counts = seen.lock().expect("no panic");
        counts.0 += 1;
        if recent.len() > 8 {
            counts.1 += 1;
            return Reply::new(429, "").after(answers_in);
        }
        ok().after(answers_in)
    });
    (Arc::new(script), counts)
}

fn paced(script: &Arc<Script>, limiter: RateLimiter) -> Transport {
    let transport = builder(script).rate_limiter(limiter);
    transport.build().expect("settings")
}

/// A transport with OAuth 2 whose clock is tokio's.
fn with_credentials(script: &Arc<Script>) -> Transport {
    let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s3cr3t"));
    let auth = auth.service(script.clone()).build().expect("settings");
    builder(script)
        .auth(Arc::new(auth))
        .build()
        .expect("settings")
}

#[tokio::test(start_paused = true)]
async fn calls_of_an_account_keep_to_its_rate_by_default() {
    let (script, counts) = limited(SECOND / 5);
    let default = Transport::builder().account(&account()).service(script);
    let transport = default.build().expect("settings");

    let sent = join_all((0..400).map(|_| transport.send(get()))).await;

    assert!(sent.iter().all(Result::is_ok));
    assert_eq!(*counts.lock().expect("no panic"), (400, 0));
}

#[tokio::test(start_paused = true)]
async fn emulator_is_called_without_a_limit_by_default() {
    let script = Arc::new(Script::by(|_| ok()));
    let account = Account::new("http://127.0.0.1:9").expect("an account");
    let default = Transport::builder().account(&account).service(script);
    let transport = default.build().expect("settings");
    let start = Instant::now();

    let call = || Request::get(account.api_url(ApiVersion::V3), list());
    let sent = join_all((0..400).map(|_| transport.send(call()))).await;

    assert!(sent.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn burst_without_limits_recovers_without_an_error() {
    let (script, counts) = limited(SECOND / 5);
    let transport = paced(&script, RateLimiter::unlimited());

    let sent = join_all((0..100).map(|_| transport.send(get()))).await;

    let errors = sent.iter().filter(|sent| sent.is_err()).count();
    let (calls, refused) = *counts.lock().expect("no panic");
    assert_eq!(errors, 0);
    // The burst itself costs 92, the return to the rate few.
    assert!(calls <= 100 + 92 + 15, "{calls} calls, {refused} refused");
}

#[tokio::test(start_paused = true)]
async fn rate_limit_of_twenty_seconds_fails_no_call() {
    let start = Instant::now();
    let script = Arc::new(Script::by(move |_| {
        let passed = start.elapsed();
        match passed >= 10 * SECOND && passed < 30 * SECOND {
            true => Reply::new(429, "").after(SECOND / 5),
            false => ok().after(SECOND / 5),
        }
    }));
    let transport = paced(&script, RateLimiter::caspio());

    let sent = join_all((0..500).map(|_| transport.send(get()))).await;

    assert!(sent.iter().all(Result::is_ok));
    // The eight calls of one second are refused together, then one call after each of ever longer pauses.
    assert!(script.calls() <= 500 + 8 + 7, "{}", script.calls());
}

#[tokio::test(start_paused = true)]
async fn retries_after_rate_limits_are_in_the_budget() {
    let script = Arc::new(Script::by(|_| Reply::new(429, "").after(SECOND / 10)));
    let transport = paced(&script, RateLimiter::unlimited());
    let start = Instant::now();

    for _ in 0..100 {
        transport.send(get()).await.expect_err("refused");
    }

    let refilled = start.elapsed().as_secs() as usize / 10;
    assert!(script.calls() <= 100 + 10 + refilled, "{}", script.calls());
    let none = RetryPolicy::default().budget(0);
    let transport = builder(&script).retry(none).build().expect("settings");
    let calls = script.calls();
    transport.send(get()).await.expect_err("refused");
    assert_eq!(script.calls(), calls + 1);
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_a_token_are_sent_one_after_another() {
    let script = Arc::new(Script::by(|seen| match seen.is_token_request() {
        true => Reply::new(200, r#"{"access_token":"t"}"#).after(8 * SECOND),
        false => ok(),
    }));
    let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s"));
    let auth = auth.service(script.clone()).build().expect("settings");
    let limiter = RateLimiter::unlimited().limit(2, SECOND);
    let transport = builder(&script).auth(Arc::new(auth)).rate_limiter(limiter);
    let transport = transport.build().expect("settings");

    let sent = join_all((0..40).map(|_| transport.send(get()))).await;

    assert!(sent.iter().all(Result::is_ok));
    let starts: Vec<_> = script.seen().iter().skip(1).map(|seen| seen.at).collect();
    for three in starts.windows(3) {
        assert!(three[2] - three[0] >= SECOND, "{three:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn insert_is_not_sent_without_time_for_its_response() {
    let late = Reply::new(429, "").header("retry-after", "179");
    let (error, calls) = failure(insert(), [late]).await;
    assert_eq!((calls, error.kind()), (1, ErrorKind::RateLimited));
    assert!(!error.maybe_applied());

    let script = Arc::new(Script::by(|_| {
        Reply::new(201, "").after(Duration::from_millis(20))
    }));
    let limiter = RateLimiter::unlimited().limit(1, 60 * SECOND);
    let transport = paced(&script, limiter);

    let sent = join_all((0..5).map(|_| transport.send(insert()))).await;

    let kinds: Vec<_> = sent
        .iter()
        .map(|sent| sent.as_ref().err().map(Error::kind))
        .collect();
    let limited = Some(ErrorKind::RateLimited);
    assert_eq!(kinds, [None, None, None, limited, limited]);
    for error in sent.iter().filter_map(|sent| sent.as_ref().err()) {
        assert!(!error.maybe_applied() && error.attempts() == 0, "{error}");
        assert!(error.retry_after().is_some() && error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn insert_waits_for_a_token_only_as_long_as_it_can_be_sent() {
    let script = Arc::new(Script::by(|seen| match seen.is_token_request() {
        true => Reply::new(200, r#"{"access_token":"t"}"#).after(8 * SECOND),
        false => Reply::new(201, "").after(3 * SECOND),
    }));
    let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s"));
    let auth = auth.service(script.clone()).build().expect("settings");
    let policy = RetryPolicy::default().deadline(10 * SECOND);
    let transport = builder(&script).auth(Arc::new(auth)).retry(policy);
    let transport = transport.build().expect("settings");

    let error = transport.send(insert()).await.expect_err("no time");

    assert!(error.is_timeout() && !error.maybe_applied(), "{error}");
    assert_eq!((error.attempts(), script.calls()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn short_deadline_does_not_keep_a_call_from_being_sent() {
    let script = Arc::new(Script::by(|_| Reply::new(201, "").after(SECOND)));
    let policy = RetryPolicy::default().deadline(2 * SECOND);
    let transport = builder(&script).retry(policy).build().expect("settings");

    assert!(transport.send(insert()).await.is_ok());
    assert!(transport.send(get().timeout(3 * SECOND)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn head_of_a_response_counts_even_if_its_body_does_not_end() {
    for (status, kind, maybe_applied) in [
        (201, ErrorKind::Timeout, true),
        (400, ErrorKind::Invalid, false),
        (409, ErrorKind::Conflict, false),
        (500, ErrorKind::Server, true),
    ] {
        let reply = Reply::new(status, "{").header("x-caspio-request-id", "r-1");

        let (error, calls) = failure(insert(), [reply.stalling()]).await;

        assert_eq!((calls, error.kind()), (1, kind), "{status}");
        assert_eq!(error.maybe_applied(), maybe_applied, "{status}");
        assert_eq!(
            (error.status(), error.request_id()),
            (Some(status), Some("r-1"))
        );
    }
    let limited = Reply::new(429, "{").header("retry-after", "7").stalling();
    let bench = bench([limited, ok()]);
    let start = Instant::now();

    let response = bench
        .transport
        .send(insert())
        .await
        .expect("the second response");

    assert_eq!(response.attempts(), 2);
    assert!(start.elapsed() >= 67 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn failed_token_request_is_repeated_like_a_call() {
    const ONCE: u32 = 1;
    for (trouble, requests) in [
        (Reply::new(429, ""), ONCE),
        (Reply::new(429, "").header("retry-after", "30"), ONCE),
        (Reply::new(400, ARRAY), ONCE),
        (Reply::fail(HttpErrorKind::CutShort), ONCE),
        (Reply::new(200, r#"{"access_to"#), ONCE),
        (Reply::new(502, r#"{"error":"bad gateway"}"#), ONCE),
        (Reply::fail(HttpErrorKind::Timeout), 2),
        // No connection for longer than the token request itself is repeated.
        (Reply::fail(HttpErrorKind::NeverSent), 4),
    ] {
        let failures = AtomicU32::new(0);
        let script = Arc::new(Script::by({
            let trouble = trouble.clone();
            move |seen| match seen.is_token_request() {
                true if failures.fetch_add(1, Ordering::SeqCst) < requests => trouble.clone(),
                true => Reply::new(200, r#"{"access_token":"t"}"#),
                false => Reply::new(201, ""),
            }
        }));
        let transport = with_credentials(&script);

        let sent = join_all((0..20).map(|_| transport.send(insert()))).await;

        for sent in sent {
            let response = sent.unwrap_or_else(|error| panic!("{trouble:?}: {error}"));
            assert_eq!(response.attempts(), 1, "{trouble:?}");
        }
        assert_eq!(script.calls() as u32, requests + 1 + 20, "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_are_not_tried_again() {
    let script = Arc::new(Script::by(|_| {
        Reply::new(400, r#"{"error":"invalid_client"}"#)
    }));
    let transport = with_credentials(&script);

    let error = transport.send(get()).await.expect_err("rejected");

    assert!(error.is_auth());
    assert_eq!(script.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn download_read_to_its_end_is_no_longer_in_progress() {
    let script = Arc::new(Script::by(|_| ok()));
    let limiter = RateLimiter::unlimited().concurrency(1);
    let transport = paced(&script, limiter);
    let mut download = transport.send_streaming(get()).await.expect("a response");
    while download.chunk().await.expect("a chunk").is_some() {}

    let next = tokio::time::timeout(SECOND, transport.send(get())).await;

    assert!(next.is_ok_and(|next| next.is_ok()));
    drop(download);
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_programs_own_limit_are_not_sent() {
    let failures = AtomicU32::new(0);
    let script = with_tokens(move |_| match failures.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::fail(HttpErrorKind::NeverSent),
        1 => Reply::new(502, ""),
        _ => ok(),
    });
    let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s"));
    let auth = auth.service(script.clone()).build().expect("settings");
    let transport = builder(&script).auth(Arc::new(auth)).max_calls(5);
    let transport = transport.build().expect("settings");

    // A token request, a call that is not sent, a lost one and its repetition, then two more.
    let sent = join_all((0..4).map(|_| transport.send(insert()))).await;

    let kinds: Vec<_> = sent
        .iter()
        .map(|sent| sent.as_ref().err().map(Error::kind))
        .collect();
    let is = |kind| kinds.iter().filter(|found| **found == kind).count();
    assert_eq!((is(None), is(Some(ErrorKind::Server))), (3, 1), "{kinds:?}");
    let error = transport.send(insert()).await.expect_err("no call is left");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Budget, 0));
    assert!(!error.maybe_applied() && !error.is_retryable(), "{error}");
    assert_eq!(transport.meter().snapshot().calls, 5);
    assert_eq!(script.calls(), 6, "one was not sent");
}

#[tokio::test(start_paused = true)]
async fn token_request_beyond_the_programs_own_limit_is_not_sent() {
    let script = with_tokens(|_| ok());
    let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s"));
    let auth = auth.service(script.clone()).build().expect("settings");
    let daily = builder(&script)
        .auth(Arc::new(auth.clone()))
        .max_calls_per_day(0);

    let error = daily.build().expect("settings").send(get()).await;

    let error = error.expect_err("no call");
    assert_eq!(error.kind(), ErrorKind::Budget);
    let wait = error.retry_after().expect("until midnight");
    assert!(wait <= 24 * 3600 * SECOND, "{wait:?}");
    let all = builder(&script).auth(Arc::new(auth)).max_calls(0);
    let error = all.build().expect("settings").send(get()).await;
    let error = error.expect_err("no call");
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::Budget, None)
    );
    assert_eq!(script.calls(), 0);
}

/// A service that takes 8 calls in any second and 2,000 in any 300 seconds, and answers in 200 ms.
fn account_limits() -> Arc<Script> {
    let starts = Mutex::new(std::collections::VecDeque::new());
    Arc::new(Script::by(move |_| {
        let now = Instant::now();
        let mut starts = starts.lock().expect("no panic");
        while starts
            .front()
            .is_some_and(|first| now - *first >= 300 * SECOND)
        {
            starts.pop_front();
        }
        let lately = starts.iter().rev().take_while(|at| now - **at < SECOND);
        let takes = starts.len() < 2_000 && lately.count() < 8;
        starts.push_back(now);
        match takes {
            true => ok().after(SECOND / 5),
            false => Reply::new(429, "").after(SECOND / 5),
        }
    }))
}

/// Makes `calls` calls by `tasks` tasks over these transports, and returns the number of errors.
async fn load(transports: &[Transport], tasks: usize, calls: usize) -> usize {
    let left = Mutex::new(calls);
    let errors = AtomicU32::new(0);
    let task = async |number: usize| {
        let transport = &transports[number % transports.len()];
        loop {
            {
                let mut left = left.lock().expect("no panic");
                match left.checked_sub(1) {
                    Some(rest) => *left = rest,
                    None => return,
                }
            }
            if transport.send(get()).await.is_err() {
                errors.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    join_all((0..tasks).map(task)).await;
    errors.into_inner() as usize
}

#[tokio::test(start_paused = true)]
async fn limits_of_an_account_are_used_to_the_full_without_a_refusal() {
    let script = account_limits();
    let transport = paced(&script, RateLimiter::caspio());
    let start = Instant::now();

    let errors = load(&[transport], 40, 6_000).await;

    // 2,000 calls take 250 seconds at 8 calls a second, and the next ones begin after 300.
    let best = (600.0 + 250.0) / start.elapsed().as_secs_f64();
    assert_eq!((errors, script.calls()), (0, 6_000));
    assert!(best >= 0.95, "{best}");
}

#[tokio::test(start_paused = true)]
async fn programs_that_share_an_account_find_their_rates_without_an_error() {
    let script = account_limits();
    let transports: Vec<_> = (0..4)
        .map(|_| paced(&script, RateLimiter::caspio()))
        .collect();
    let start = Instant::now();

    let errors = load(&transports, 40, 1_500).await;

    let best = 1_500.0 / 8.0 / start.elapsed().as_secs_f64();
    let refused = script.calls() - 1_500;
    assert_eq!(errors, 0);
    assert!(
        best >= 0.5 && refused <= 150,
        "{best} of the rate, {refused} refused"
    );
}

#[tokio::test(start_paused = true)]
async fn call_dropped_at_any_point_leaves_nothing_behind() {
    let script = Arc::new(Script::by(|seen| match seen.is_token_request() {
        true => Reply::new(200, r#"{"access_token":"t"}"#).after(SECOND),
        false if seen.url.query().is_some() => Reply::new(429, "").after(SECOND),
        false => ok().after(SECOND),
    }));
    let limiter = RateLimiter::unlimited().limit(2, SECOND).concurrency(2);
    let mut refused = records();
    refused.set_query(Some("refused"));

    for polls in 0..60 {
        let auth = OAuth2::for_account(&account(), ClientCredentials::new("id", "s"));
        let auth = auth.service(script.clone()).build().expect("settings");
        let transport = builder(&script)
            .auth(Arc::new(auth))
            .rate_limiter(limiter.clone());
        let transport = transport.build().expect("settings");
        let requests = [get(), get(), get(), Request::get(refused.clone(), list())];
        let mut calls: Vec<_> = requests
            .map(|request| Box::pin(transport.send(request).fuse()))
            .into();
        for _ in 0..polls {
            for call in &mut calls {
                let _ = futures::poll!(call);
            }
            tokio::time::sleep(SECOND / 4).await;
        }

        drop(calls);

        let sent = join_all((0..4).map(|_| transport.send(get()))).await;
        assert!(sent.iter().all(Result::is_ok), "after {polls} polls");
        let counted = transport.meter().snapshot();
        let operations = counted.operations.values();
        let known: u64 = operations
            .map(|count| count.unanswered + count.statuses.values().sum::<u64>())
            .sum();
        assert_eq!(counted.calls, known, "every call has an outcome");
    }
}
