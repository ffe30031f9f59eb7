//! Uploads, downloads and limits.

use super::*;
use futures::FutureExt as _;

fn once() -> Body {
    Body::from_stream(stream::iter([Ok(Bytes::from_static(b"abc"))]), 3)
}

#[tokio::test(start_paused = true)]
async fn upload_is_repeated_only_if_its_body_can_be_opened_again() {
    let put = |body: Body| Request::put(records(), Operation::new("files.put")).body(body);
    let again = Body::from_source(3, || stream::iter([Ok(Bytes::from_static(b"abc"))]));

    let bench = bench([Reply::new(502, ""), ok()]);
    bench
        .transport
        .send(put(again))
        .await
        .expect("the second response");
    assert!(bench.script.seen().iter().all(|seen| seen.body == "abc"));

    let (error, calls) = failure(put(once()), [Reply::new(502, "")]).await;
    assert_eq!((calls, error.kind()), (1, ErrorKind::Server));
    assert_eq!(bench.transport.meter().snapshot().bytes_sent, 6);
}

#[tokio::test(start_paused = true)]
async fn long_timeout_of_a_request_extends_its_deadline() {
    let bench = bench([ok().after(1000 * SECOND), ok().after(1000 * SECOND)]);

    let long = bench.transport.send(get().timeout(2000 * SECOND)).await;
    let endless = bench.transport.send(get().timeout(Duration::MAX)).await;

    assert!(long.is_ok() && endless.is_ok());
}

#[tokio::test(start_paused = true)]
async fn echoed_secret_of_the_body_is_redacted() {
    let echo = r#"{"Code":"InvalidInputValue","Message":"hunter2 is too short"}"#;
    let request = Request::put(records(), Operation::new("passwords.set"))
        .json(r#"{"Value":"hunter2"}"#)
        .secret("hunter2".into());

    let (error, calls) = failure(request, [Reply::new(400, echo)]).await;

    assert_eq!(calls, 1);
    assert_eq!(
        error.service_message(),
        Some("[REDACTED] is too short"),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn short_secret_is_redacted_where_it_is_a_whole_word() {
    for (secret, message, expected) in [
        (
            "x",
            "the field(s) do not exist: 'Emial'",
            "the field(s) do not exist: 'Emial'",
        ),
        (
            "x",
            "the value 'x' in Pass_x is too short",
            "the value '[REDACTED]' in Pass_x is too short",
        ),
        ("is", "this is: is", "this [REDACTED]: [REDACTED]"),
        (
            "is",
            "Secret%20is%27, \\u0027is, \\nis, isis",
            "Secret%20[REDACTED]%27, \\u0027[REDACTED], \\n[REDACTED], isis",
        ),
        ("a!", "a!a! ba! a!b", "[REDACTED][REDACTED] ba! [REDACTED]b"),
        ("é", "né é", "né [REDACTED]"),
        ("hunter2x", "xhunter2xx", "x[REDACTED]x"),
    ] {
        let echo = serde_json::json!({ "Code": "InvalidInputValue", "Message": message });
        let reply = Reply::new(400, echo.to_string());

        let (error, _) = failure(insert().secret(secret.into()), [reply]).await;

        assert_eq!(error.service_message(), Some(expected), "{secret}");
    }
}

#[test]
fn call_outside_a_runtime_is_an_error() {
    let bench = bench([ok()]);

    let error = bench
        .transport
        .send(get())
        .now_or_never()
        .expect("at once")
        .expect_err("no runtime");

    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    assert_eq!(bench.script.calls(), 0);
}

#[tokio::test]
async fn upload_that_cannot_be_repeated_reports_that_after_a_rejected_token() {
    let script = with_tokens(|_| Reply::new(401, ""));
    let transport = oauth(&script, &Arc::new(ManualClock::new()));
    let request = Request::put(records(), Operation::new("files.put")).body(once());

    let error = transport.send(request).await.expect_err("refused");

    assert!(error.is_auth());
    assert!(
        error.hint().is_some_and(|hint| hint.contains("call again")),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn long_upload_gets_more_time_than_a_short_call() {
    let body = vec![0; 64 * 1024 * 30];
    let bench = bench([ok().after(80 * SECOND)]);
    let request = Request::post(records(), Operation::new("files.put")).body(body);

    assert!(bench.transport.send(request).await.is_ok());
}

#[tokio::test]
async fn download_arrives_in_chunks_of_any_content() {
    let bench = bench([
        Reply::new(200, HTML),
        Reply::new(404, r#"{"Code":"FileNotFound"}"#),
    ]);

    let mut response = bench
        .transport
        .send_streaming(get())
        .await
        .expect("a response");
    assert_eq!(response.content_length(), Some(HTML.len() as u64));
    assert_eq!(
        response.chunk().await.expect("a chunk").as_deref(),
        Some(HTML.as_bytes())
    );
    assert!(response.chunk().await.expect("the end").is_none());
    assert_eq!(
        bench.transport.meter().snapshot().bytes_received,
        HTML.len() as u64
    );

    let error = bench
        .transport
        .send_streaming(get())
        .await
        .expect_err("no file");
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("records.list"));
}

#[tokio::test]
async fn response_larger_than_allowed_is_refused() {
    let script = Arc::new(Script::list([ok()]));
    let transport = builder(&script).max_body(5).build().expect("settings");

    let error = transport.send(get()).await.expect_err("too large");

    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn caller_sets_the_expected_body_and_the_idempotency() {
    let bench = bench([Reply::new(200, HTML)]);
    let file = bench
        .transport
        .send(get().expect(Expect::Anything))
        .await
        .expect("a file");

    assert_eq!(file.into_body(), HTML);
    assert_eq!(bench.script.seen()[0].headers[header::ACCEPT], "*/*");
    assert!(
        insert()
            .idempotency(Idempotency::Idempotent)
            .is_idempotent()
    );
}

#[tokio::test(start_paused = true)]
async fn secret_is_redacted_in_every_form_and_before_the_text_is_shortened() {
    let token: String = "uAnmT0ken".chars().cycle().take(500).collect();
    let filler = "x".repeat(700);
    for secret in [
        &*token,
        "correct horse battery staple",
        "pa\"ss'w\\ö <&> \n!",
    ] {
        let json = serde_json::Value::from(secret).to_string();
        let encoded = crate::percent::encode(secret).to_string();
        let forms = [
            secret.to_owned(),
            json[1..json.len() - 1].to_owned(),
            encoded.to_lowercase(),
            encoded.replace("%20", "+"),
            encoded,
            secret.replace('"', "\"\""),
            secret.replace('\'', "''"),
            secret
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        ];
        for form in forms {
            let message = format!("{filler}{filler}{form} and {form}");
            let message = message[500..].to_owned();
            let body = serde_json::json!({ "Code": "InvalidInputValue", "Message": message });
            let reply = Reply::new(400, body.to_string());

            let (error, _) = failure(insert().secret(secret.into()), [reply]).await;

            let text = format!("{error} {error:?}");
            let text = text.replace("[REDACTED]", "");
            let first: String = form.chars().take(4).collect();
            assert!(!text.contains(&first), "{first} of {form}: {text}");
            let length = error.service_message().unwrap_or_default().chars().count();
            assert!(length <= 1001, "{length}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_sensitive_header_is_redacted() {
    let echo = r#"{"Code":"X","Message":"x-tenant-key: t3nantk3y, bearer"}"#;
    let reply = Reply::new(400, echo).header("x-caspio-request-id", "r-t3nantk3y");
    let script = Arc::new(Script::list([reply]));
    let auth = Arc::new(BearerToken::new("bearer").expect("a token"));
    let transport = builder(&script).auth(auth).build().expect("settings");
    let mut key = http::HeaderValue::from_static("t3nantk3y");
    key.set_sensitive(true);
    let request = get().header(http::HeaderName::from_static("x-tenant-key"), key);

    let error = transport.send(request).await.expect_err("refused");

    let text = format!("{error} {error:?}");
    assert!(
        !text.contains("t3nantk3y") && !text.contains("bearer"),
        "{text}"
    );
}
