//! Rejected tokens and their renewal.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_with_an_expired_token_cause_one_token_request() {
    let script = with_tokens(|_| ok());
    let clock = Arc::new(ManualClock::new());
    let transport = oauth(&script, &clock);
    transport.send(get()).await.expect("a response");
    clock.advance(48 * 3600 * SECOND);

    let calls = (0..1000).map(|_| {
        let transport = transport.clone();
        tokio::spawn(async move { transport.send(get()).await })
    });
    let responses = futures::future::join_all(calls).await;

    assert!(
        responses
            .into_iter()
            .all(|response| response.expect("no panic").is_ok())
    );
    assert_eq!(transport.meter().snapshot().token_calls, 2);
    assert_eq!(transport.meter().snapshot().calls, 1003);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_rejected_tokens_cause_one_renewal_and_one_retry_each() {
    let script = with_tokens(|token| match token {
        "Bearer t1" => Reply::new(401, "").after(Duration::from_millis(20)),
        _ => ok(),
    });
    let transport = oauth(&script, &Arc::new(ManualClock::new()));

    let responses = futures::future::join_all((0..20).map(|_| transport.send(get()))).await;

    for response in responses {
        let response = response.expect("a response");
        assert_eq!((response.attempts(), response.maybe_repeated()), (2, false));
    }
    assert_eq!(transport.meter().snapshot().token_calls, 2);
    assert_eq!(script.calls(), 2 + 40);
}

#[tokio::test]
async fn insert_with_a_rejected_token_is_sent_again() {
    let script = with_tokens(|token| match token {
        "Bearer t1" => Reply::new(401, ""),
        _ => Reply::new(201, ""),
    });

    let response = oauth(&script, &Arc::new(ManualClock::new()))
        .send(insert())
        .await;

    assert_eq!(response.expect("a response").attempts(), 2);
}

#[tokio::test]
async fn second_rejection_is_an_auth_error() {
    let script = with_tokens(|_| Reply::new(401, ""));
    let transport = oauth(&script, &Arc::new(ManualClock::new()));

    let error = transport.send(get()).await.expect_err("refused twice");

    assert!(error.is_auth());
    assert_eq!((error.attempts(), script.calls()), (2, 4));
}

#[tokio::test]
async fn fixed_token_is_not_renewed() {
    let script = Arc::new(Script::list([Reply::new(401, "")]));
    let auth = BearerToken::new("fixed").expect("a token");
    let transport = builder(&script)
        .auth(Arc::new(auth))
        .build()
        .expect("settings");

    let error = transport.send(get()).await.expect_err("refused");

    assert!(error.is_auth());
    assert_eq!(script.seen()[0].authorization(), "Bearer fixed");
}

#[tokio::test]
async fn query_error_renews_only_an_old_token() {
    const WRONG: &str = r#"{"Code":"IncorrectQueryParameter","Message":"m"}"#;
    let script = with_tokens(|token| match token {
        "Bearer t1" => Reply::new(400, WRONG),
        _ => ok(),
    });
    let clock = Arc::new(ManualClock::new());
    let transport = oauth(&script, &clock);

    let fresh = transport.send(get()).await.expect_err("a wrong query");
    assert_eq!((fresh.kind(), script.calls()), (ErrorKind::Invalid, 2));
    clock.advance(301 * SECOND);
    let old = transport
        .send(get())
        .await
        .expect("a response with the new token");
    assert_eq!((old.attempts(), script.calls()), (2, 5));
}

#[tokio::test]
async fn wrong_query_is_sent_at_most_twice() {
    let script = with_tokens(|_| Reply::new(400, r#"{"Code":"IncorrectQueryParameter"}"#));
    let clock = Arc::new(ManualClock::new());
    let transport = oauth(&script, &clock);
    transport.send(get()).await.expect_err("a wrong query");
    clock.advance(301 * SECOND);

    let error = transport.send(get()).await.expect_err("a wrong query");

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Invalid, 2));
    assert_eq!(script.calls(), 2 + 3);
    transport.send(get()).await.expect_err("a wrong query");
    assert_eq!(script.calls(), 2 + 3 + 1, "the token is new now");
}

#[tokio::test]
async fn failed_renewal_after_a_suspicion_reports_the_query_error_and_keeps_the_token() {
    let issued = AtomicU32::new(0);
    let script = Arc::new(Script::by(move |seen| match seen.is_token_request() {
        true if issued.fetch_add(1, Ordering::SeqCst) == 0 => {
            Reply::new(200, r#"{"access_token":"t1"}"#)
        }
        true => Reply::new(400, r#"{"error":"invalid_client"}"#),
        false if seen.url.query() == Some("bad") => {
            Reply::new(400, r#"{"Code":"IncorrectQueryParameter"}"#)
        }
        false => ok(),
    }));
    let clock = Arc::new(ManualClock::new());
    let transport = oauth(&script, &clock);
    transport.send(get()).await.expect("a response");
    clock.advance(301 * SECOND);
    let mut url = records();
    url.set_query(Some("bad"));

    let error = transport
        .send(Request::get(url, list()))
        .await
        .expect_err("a wrong query");

    assert_eq!(error.code(), Some("IncorrectQueryParameter"));
    assert!(transport.send(get()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_always_rejected_cost_one_renewal_a_minute() {
    let script = Arc::new(Script::by({
        let issued = AtomicU32::new(0);
        move |seen| match (seen.is_token_request(), seen.url.query()) {
            (true, _) => {
                let number = issued.fetch_add(1, Ordering::SeqCst);
                Reply::new(200, format!("{{\"access_token\":\"t{number}\"}}"))
            }
            (false, Some("secret")) => Reply::new(401, ""),
            (false, _) => ok(),
        }
    }));
    let clock = Arc::new(ManualClock::new());
    let transport = oauth(&script, &clock);
    transport.send(get()).await.expect("a response");
    let before = transport.meter().snapshot();
    let mut url = records();
    url.set_query(Some("secret"));

    for _ in 0..100 {
        let request = Request::get(url.clone(), list());
        let error = transport.send(request).await.expect_err("rejected");
        assert!(error.is_auth());
    }

    let after = transport.meter().snapshot();
    assert_eq!(after.token_calls - before.token_calls, 1);
    assert_eq!(after.calls - before.calls, 100 + 2);
    clock.advance(61 * SECOND);
    let request = Request::get(url, list());
    transport.send(request).await.expect_err("rejected");
    assert_eq!(transport.meter().snapshot().calls - after.calls, 3);
}
