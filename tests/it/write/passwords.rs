//! Password fields are set, reset and listed, and appear in no error and no log.

use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert, ErrorKind, Password};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::{TestEnv, on_every_version};
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    #[allow(dead_code, reason = "only its columns are used")]
    pk_id: i64,
    #[allow(dead_code, reason = "only its columns are used")]
    #[caspio(password)]
    secret: Password,
    #[allow(dead_code, reason = "only its columns are used")]
    email: Option<String>,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    secret: Password,
    email: Option<String>,
}

/// Whether a contact has this password, as the emulator itself sees it.
fn holds(emulator: &Emulator, id: i64, password: &str) -> bool {
    let held = emulator.holds_password("Contacts", id, "Secret", password);
    held.expect("a contact")
}

on_every_version! {
    async fn a_password_is_set_and_reset(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        assert!(holds(&env.emulator, 7, "sample"));

        contacts.reset_password(7, |c| c.secret).await.expect("reset");
        assert!(!holds(&env.emulator, 7, "sample"));
        assert!(holds(&env.emulator, 8, "sample"));

        contacts.set_password(7, |c| c.secret, "s3cret \"quoted\" é").await.expect("set");
        assert!(holds(&env.emulator, 7, "s3cret \"quoted\" é"));
        assert!(holds(&env.emulator, 8, "sample"));
    }

    async fn a_missing_record_is_not_found(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");

        let set = contacts.set_password(99_999, |_| "Secret", "s3cret").await;
        let reset = contacts.reset_password(&99_999, |_| "Secret").await;

        for (operation, result) in [("passwords.set", set), ("passwords.reset", reset)] {
            let error = result.expect_err(operation);
            assert!(error.is_not_found(), "{error}");
            assert_eq!(error.operation(), Some(operation));
            assert_eq!(error.resource(), Some("table \"Contacts\""));
            assert_eq!((error.field(), error.key()), (Some("Secret"), Some("PK_ID 99999")));
        }
    }

    async fn a_field_of_another_type_is_named(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");

        let error = contacts.set_password(7, |_| "Email", "s3cret").await.expect_err("no password");

        assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("Email")), "{error}");
    }

    async fn the_password_fields_are_listed(version) {
        let env = TestEnv::start().version(version).await;

        let names = env.caspio.table_named("Contacts").password_fields().await;

        assert_eq!(names.expect("names"), ["Secret"]);
        let none = env.caspio.table_named("Orders").password_fields().await;
        assert_eq!(none.expect("none"), Vec::<String>::new());
    }

    async fn a_password_echoed_by_the_service_is_in_no_error(version) {
        let caspio = Client::builder()
            .account("http://127.0.0.1:9")
            .credentials("id", "secret")
            .api_version(version)
            .http_service(Arc::new(Echo))
            .build()
            .expect("a client");
        let contacts = caspio.table::<Contact>();

        let error = contacts.set_password(7, |c| c.secret, "hunter2\"").await.expect_err("refused");

        assert!(error.service_message().is_some_and(|message| message.contains("not allowed")), "{error}");
        assert!(!format!("{error} {error:?} {error:#?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn a_password_of_many_rows_is_in_no_error() {
    let caspio = Client::builder()
        .account("http://127.0.0.1:9")
        .credentials("id", "secret")
        .http_service(Arc::new(Echo))
        .build()
        .expect("a client");
    for email in ["whole", "partial"] {
        let row = NewContact {
            secret: Password::new("hunter2horse"),
            email: Some(email.to_owned()),
        };

        let insert = caspio.table::<Contact>().insert_many([row]);
        let report = insert.await.expect("a report");

        let error = &report.failed()[0].error;
        assert!(error.to_string().contains("is not allowed"), "{error}");
        let text = format!("{error} {error:?} {report:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

/// Responds to every write with an error that repeats its body.
#[derive(Debug)]
struct Echo;

impl HttpService for Echo {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let (status, body) = if path.ends_with("/token") {
                let token = json!({ "access_token": "a-token-of-the-echo", "expires_in": 86_399 });
                (200, token)
            } else if path.ends_with("/tables") {
                let table = json!({ "tableId": "abcdef", "name": "Contacts" });
                (200, json!({ "data": [table], "pagination": null }))
            } else {
                let body = request.into_body().bytes(usize::MAX).await?;
                let sent: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                let value = [&sent["Value"], &sent["value"], &sent[0]["Secret"]];
                let value = value.iter().find_map(|value| value.as_str());
                let message = format!("{} is not allowed", value.unwrap_or_default());
                if sent[0]["Email"] == "partial" {
                    let row = json!({ "status": 400, "error": message });
                    (207, json!({ "PK_ID": [], "data": [row] }))
                } else {
                    let error = json!({ "Code": "InvalidInputValue", "Message": message });
                    (400, error)
                }
            };
            let mut response = http::Response::new(Body::from(body.to_string()));
            *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
            Ok(response)
        })
    }
}

#[tokio::test]
async fn a_password_costs_one_call() {
    let env = TestEnv::start().version(ApiVersion::V3).await;
    let contacts = env.caspio.table::<Contact>();
    contacts
        .set_password(7, |c| c.secret, "one")
        .await
        .expect("set");
    env.emulator.reset_calls();

    contacts
        .set_password(8, |c| c.secret, "two")
        .await
        .expect("set");

    assert_eq!(env.emulator.calls().total(), 1);
}

#[tokio::test]
async fn an_inserted_password_is_in_no_output() {
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Contacts")]
    struct Member {
        #[caspio(pk)]
        pk_id: i64,
        first_name: String,
        #[caspio(password)]
        secret: Password,
    }
    let env = TestEnv::start().version(ApiVersion::V3).await;
    let members = env.caspio.table::<Member>();
    let member = Member {
        pk_id: 0,
        first_name: "Pat".into(),
        secret: "correct horse".into(),
    };
    let id = members.insert(&member).await.expect("an insert");
    let read = members.get(id).await.expect("a read").expect("the record");
    assert_eq!(read.first_name, "Pat");
    assert!(read.secret.secret().is_none());

    env.emulator.set_faults(
        Faults::none().rule(
            Rule::new(Fault::ResetAfterwards)
                .operation("CreateTableRecord")
                .always(),
        ),
    );
    let error = members.insert(&member).await.expect_err("a lost response");
    let shown = format!("{member:?} {error} {error:?} {:?}", error.sent());
    assert!(error.sent().is_some_and(|sent| sent.contains("***")));
    assert!(!shown.contains("horse"), "{shown}");
}
