//! Responses on webhooks with every nullable member null, in other envelopes, and of other types.

use caspio::ApiVersion::{self, V3, V4};
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio::webhooks::{EventSettings, NewWebhook, WantedWebhook};
use caspio::{ErrorKind, RateLimiter};
use caspio_tests::scripted::client_of;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// All members of v3's document that are null where they may be.
const NULL_WEBHOOK: &str = r#"{"Id":null,"Status":null,"Name":null,"Description":null,"OutgoingUrls":null,
    "CallThrottling":0,"Events":0,"Messages":0,"Calls":0,"Errors":0,"LastModified":null,"ModifiedBy":null,
    "DateCreated":"0001-01-01T00:00:00","CreatedBy":null,"Secret":null,"NotDocumented":{}}"#;
const NULL_EVENT: &str = r#"{"Id":null,"Type":null,"Status":null,"ObjectName":null,"ObjectId":null,"ObjectFields":null,
    "EventSources":null,"CustomPayloadFields":null,"CustomPayloadTemplate":null,"Messages":0,"Calls":0,"Errors":0,
    "LastModified":null,"ModifiedBy":null,"DateCreated":"0001-01-01T00:00:00Z","CreatedBy":null}"#;

/// A client whose calls are all responded to with one text.
fn answering(version: ApiVersion, body: impl Into<String>) -> Client {
    let body = body.into();
    client_of(version, move |_| body.clone())
}

#[tokio::test]
async fn null_members_fail_no_read() {
    let listed = answering(V3, format!("[{NULL_WEBHOOK}]"));
    let all = listed.webhooks().list().await.expect("a list");
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].id.as_str(), &all[0].name), ("", &None));
    let refused = listed.webhooks().get(&all[0].id).await.expect_err("no id");
    assert_eq!(refused.kind(), ErrorKind::Refused);

    let one = answering(V3, NULL_WEBHOOK).webhooks();
    one.get(&"b5x49p".into()).await.expect("a webhook");
    let new = NewWebhook::new("Orders", ["https://example.com/"]);
    let created = one.create(new).await.expect("a webhook");
    assert!(created.secret.is_none());

    let events = answering(V3, format!("[{NULL_EVENT}]"))
        .webhooks()
        .events(&"b5x49p".into());
    let all = events.list().await.expect("a list");
    assert_eq!(all[0].settings(), None);
    let one = answering(V3, NULL_EVENT)
        .webhooks()
        .events(&"b5x49p".into());
    let event = one
        .create(EventSettings::inserted("Orders"))
        .await
        .expect("an event");
    assert_eq!((event.table, event.template), (None, None));
}

/// The first response to a deletion is lost, and the second one is this.
#[derive(Debug)]
struct LostDeletion(AtomicU32, &'static str);

impl HttpService for LostDeletion {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let token = r#"{"access_token":"token","token_type":"bearer","expires_in":86399}"#;
        let (status, body) = match request.method() == http::Method::DELETE {
            true if self.0.fetch_add(1, Ordering::SeqCst) == 0 => {
                return ready(Err(HttpError::new(HttpErrorKind::Interrupted))).boxed();
            }
            true => (404, self.1),
            false => (200, token),
        };
        let mut response = http::Response::new(Body::from(body.as_bytes().to_vec()));
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        ready(Ok(response)).boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_404_without_a_code_does_not_confirm_a_deletion() {
    let gone = r#"{"Code":"ResourceNotFound","Message":"no"}"#;
    for (body, is_deleted) in [(gone, true), ("{}", false), ("", false)] {
        let service = Arc::new(LostDeletion(AtomicU32::new(0), body));
        let client = Client::builder()
            .account("b3poa")
            .credentials("id", "secret")
            .api_version(V3)
            .rate_limiter(RateLimiter::unlimited())
            .http_service(service.clone())
            .build()
            .expect("a client");

        let deleted = client.webhooks().delete(&"b5x49p".into()).await;

        assert_eq!(service.0.load(Ordering::SeqCst), 2, "{body}: {deleted:?}");
        match deleted {
            Ok(()) => assert!(is_deleted, "{body}"),
            Err(error) => {
                assert!(!is_deleted && error.maybe_applied(), "{body}: {error}");
                assert_eq!(error.kind(), ErrorKind::NotFound, "{body}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_list_may_be_empty_or_in_an_envelope() {
    for (version, body, count) in [
        (V3, "[]", 0),
        (V3, r#"{"Result":[{"Id":"a"}]}"#, 1),
        (V3, r#"{"Result":[],"Pagination":null}"#, 0),
        (V4, r#"{"data":[],"pagination":null}"#, 0),
        (
            V4,
            r#"{"data":[{"webhookId":"a"},{"id":"b"}],"pagination":{"totalCount":2}}"#,
            2,
        ),
    ] {
        let all = answering(version, body)
            .webhooks()
            .list()
            .await
            .expect(body);
        assert_eq!(all.len(), count, "{body}");
        assert!(all.iter().all(|webhook| !webhook.id.as_str().is_empty()));
    }
}

#[tokio::test]
async fn what_is_no_list_is_an_error_and_not_an_empty_list() {
    for (version, body) in [
        (V3, "{}"),
        (V3, "null"),
        (V3, r#"{"Result":null}"#),
        (V3, "[1]"),
        (V3, r#"["hunter2"]"#),
        (V4, "{}"),
        (V4, r#"{"data":null}"#),
        (V4, r#"{"data":[1]}"#),
        (
            V4,
            r#"{"data":[{"webhookId":"a"}],"pagination":{"totalCount":5}}"#,
        ),
    ] {
        let error = answering(version, body)
            .webhooks()
            .list()
            .await
            .expect_err(body);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{body}: {error}");
        assert_eq!(error.operation(), Some("webhooks.list"), "{body}");
    }
}

#[tokio::test]
async fn a_creation_whose_response_cannot_be_read_may_have_been_done() {
    for body in ["[]", "true", r#""hunter2""#] {
        let client = answering(V3, body);
        let new = NewWebhook::new("Orders", ["https://example.com/"]);
        let error = client.webhooks().create(new).await.expect_err(body);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{body}: {error}");
        assert!(error.maybe_applied() && error.hint().is_some(), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    let client = answering(V4, r#"{"webhookId":"a"}"#);
    let error = client
        .webhooks()
        .regenerate_secret(&"a".into())
        .await
        .expect_err("no secret");
    assert!(error.maybe_applied(), "{error}");
}

#[tokio::test]
async fn no_id_reaches_another_path() {
    let urls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&urls);
    let client = client_of(V4, move |url| {
        seen.lock().expect("no panic").push(url.to_owned());
        "{}".to_owned()
    });

    let webhooks = client.webhooks();
    for id in [
        "",
        "..",
        ".",
        "../tables",
        "a/regenerateSecret",
        "a?b#c",
        "a\nb",
        "é%2f",
    ] {
        let error = webhooks.get(&id.into()).await.expect_err("no id");
        assert_eq!(error.kind(), ErrorKind::Refused, "{id:?}");
        let event = webhooks.events(&"b5x49p".into()).get(&id.into()).await;
        let error = event.expect_err("no id");
        assert_eq!(error.kind(), ErrorKind::Refused, "{id:?}");
    }
    for id in ["events", "é 1"] {
        webhooks.get(&id.into()).await.expect("an object");
        let events = webhooks.events(&id.into());
        events.get(&id.into()).await.expect("an object");
    }

    for url in urls.lock().expect("no panic").iter() {
        let (_, path) = url.split_once("/v4/").expect("v4");
        let segments: Vec<_> = path.split('/').collect();
        assert_eq!(segments[0], "outgoingWebhooks", "{url}");
        assert!(matches!(segments.len(), 2 | 4), "{url}");
        assert!(!url.contains(['?', '#', '\n']), "{url}");
    }
}

/// Whatever the service returns of sources and names, what was ensured is not written again.
#[tokio::test]
async fn an_account_that_reports_less_is_not_written_again() {
    let client = client_of(V3, |url| {
        match url.ends_with("/events") {
            true => r#"[{"Id":"e","Type":"TABLE.RECORDINSERT","ObjectName":"orders","EventSources":null}]"#,
            false => r#"[{"Id":"w","Name":"app","OutgoingUrls":["https://example.com"],"Description":null}]"#,
        }
        .to_owned()
    });
    let webhook = NewWebhook::new("app", ["https://example.com/"]);
    let wanted = WantedWebhook::new(webhook).event(EventSettings::inserted("Orders"));

    let report = client.webhooks().ensure([wanted]).await.expect("ensured");

    assert!(report.is_unchanged(), "{report:?}");
}
