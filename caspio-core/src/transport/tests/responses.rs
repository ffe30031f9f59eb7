//! Responses, errors and the meter.

use super::*;

#[tokio::test]
async fn response_contains_its_facts() {
    let reply = ok()
        .header("x-caspio-request-id", "r-1")
        .header("x-ratelimit-limit", "5");
    let bench = bench([reply]);

    let response = bench.transport.send(get()).await.expect("a response");

    assert_eq!(response.status(), 200);
    assert_eq!(response.request_id(), Some("r-1"));
    assert_eq!(response.header("X-RateLimit-Limit"), Some("5"));
    assert_eq!(response.body(), "{\"Result\":[]}");
    assert_eq!((response.attempts(), response.maybe_repeated()), (1, false));
    let seen = bench.script.seen();
    assert_eq!(seen[0].headers[header::ACCEPT], "application/json");
    assert_eq!(seen[0].operation, Some(list()));
}

#[tokio::test]
async fn every_error_names_the_operation_and_the_resource() {
    let body = r#"{"Code":"TableNotFound","Message":"no such table"}"#;
    let (error, calls) = failure(
        get(),
        [Reply::new(404, body).header("x-caspio-request-id", "r-9")],
    )
    .await;

    assert_eq!(calls, 1);
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("records.list"));
    assert_eq!(error.resource(), Some("table \"Contacts\""));
    assert_eq!(error.attempts(), 1);
    assert!(error.elapsed().is_some());
    let text = error.to_string();
    for part in [
        "records.list on table \"Contacts\"",
        "TableNotFound: no such table",
        "404",
        "r-9",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn request_to_another_host_or_with_a_long_url_is_refused_without_a_call() {
    let bench = bench([]);
    let mut long = records();
    long.set_query(Some(&"x".repeat(2047)));
    for url in [
        "https://evil.example/",
        "http://b3poa.caspio.com/",
        "https://b3poa.caspio.com:8443/",
    ] {
        let url = Url::parse(url).expect("a URL");
        let error = bench
            .transport
            .send(Request::get(url, list()))
            .await
            .expect_err("refused");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
        assert_eq!(error.operation(), Some("records.list"));
    }

    let error = bench
        .transport
        .send(Request::get(long, list()))
        .await
        .expect_err("refused");

    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("2047"), "{error}");
    assert_eq!(bench.transport.meter().snapshot().calls, 0);
}

#[tokio::test(start_paused = true)]
async fn meter_and_hook_see_every_call() {
    let script = Arc::new(Script::list([
        Reply::new(429, "").header("x-caspio-request-id", "r-1"),
        Reply::fail(HttpErrorKind::NeverSent),
        ok(),
        Reply::fail(HttpErrorKind::Interrupted),
    ]));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = heard.clone();
    let transport = builder(&script)
        .on_call(move |call| {
            let status = call.status.map(|status| status.as_u16());
            let heard = (
                call.operation.name,
                call.attempt,
                status,
                call.request_id.map(str::to_owned),
            );
            hears.lock().expect("no panic").push(heard);
        })
        .build()
        .expect("settings");

    transport.send(get()).await.expect("the third response");
    transport.send(insert()).await.expect_err("lost");
    let counts = transport.meter().snapshot();
    let list = &counts.operations["records.list"];
    assert_eq!((counts.never_sent, counts.retries), (1, 1));
    assert_eq!(
        (list.statuses.get(&429), list.statuses.get(&200)),
        (Some(&1), Some(&1))
    );
    let inserts = &counts.operations["records.insert"];
    assert_eq!((inserts.calls, inserts.unanswered), (1, 1));
    assert_eq!((counts.bytes_sent, counts.bytes_received), (2, 13));
    let heard = heard.lock().expect("no panic");
    assert_eq!(
        heard[0],
        ("records.list", 1, Some(429), Some("r-1".to_owned()))
    );
    assert_eq!(heard.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn cancelled_call_is_counted() {
    let bench = bench([ok().after(10 * SECOND)]);

    let given_up = tokio::time::timeout(SECOND, bench.transport.send(get())).await;

    assert!(given_up.is_err());
    let list = &bench.transport.meter().snapshot().operations["records.list"];
    assert_eq!((list.calls, list.unanswered), (1, 1));
}

/// For each kind of failure: neither the error nor the transport shows a secret, a token or a query.
#[tokio::test(start_paused = true)]
async fn errors_hide_secrets_tokens_and_queries() {
    for trouble in [
        Reply::fail(HttpErrorKind::NeverSent),
        Reply::fail(HttpErrorKind::Timeout),
        Reply::fail(HttpErrorKind::Interrupted),
        Reply::fail(HttpErrorKind::CutShort),
        Reply::fail(HttpErrorKind::TooLarge),
        Reply::fail(HttpErrorKind::Unsendable),
        Reply::new(200, HTML),
        Reply::new(302, ""),
        Reply::new(400, r#"{"Code":"InvalidInputValue","Message":"m"}"#),
        Reply::new(401, ""),
        Reply::new(403, ""),
        Reply::new(404, ""),
        Reply::new(409, ""),
        Reply::new(429, ""),
        Reply::new(500, HTML),
        Reply::new(
            400,
            r#"{"Code":"t1","Message":"Bearer t1 of s","RequestId":"t1"}"#,
        ),
    ] {
        let script = with_tokens(move |_| trouble.clone());
        let transport = oauth(&script, &Arc::new(ManualClock::new()));
        let mut url = records();
        url.set_query(Some("q.where=hidden"));
        let request = Request::get(url, list());
        let mut shown = format!("{request:?}{transport:?}");

        let error = transport.send(request).await.expect_err("a failure");

        shown.push_str(&format!(
            "{error}{error:?}{error:#?}{:?}{transport:?}",
            transport.meter()
        ));
        for secret in ["s3cr3t", "t1", "t2", "hidden"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn futures_are_send_and_small() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let bench = bench([]);

    let send = sendable(bench.transport.send(get()));

    assert!(size_of_val(&send) < 4096, "{}", size_of_val(&send));
    drop(sendable(bench.transport.send_streaming(get())));
}
