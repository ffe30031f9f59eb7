//! What the service describes of itself: its errors, its directories, its webhooks.

use caspio::discovery::ErrorDescription;
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::scripted::client_of;
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

on_every_version! {
    async fn errors_are_described_without_a_token(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;

        let all = env.caspio.error_codes().await.expect("a list");
        let one = env.caspio.error_code("InvalidInputValue").await.expect("a call");

        let one = one.expect("a known code");
        assert!(all.len() > 10, "{} codes", all.len());
        assert!(all.contains(&one));
        assert_eq!(one.code.as_deref(), Some("InvalidInputValue"));
        assert_eq!(one.status, Some(400));
        assert!(one.note.is_some() && one.remediation.is_some());
        assert!(one.documentation.is_some_and(|url| url.ends_with("/v4/errors/InvalidInputValue")));
        assert_eq!(env.emulator.calls().operation("Token"), 0);
        assert_eq!(env.caspio.meter().snapshot().calls, 2);
    }

    async fn the_fields_of_directories_are_listed(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let staff = TableDef::new("Staff")
            .field(FieldDef::new("First_Name", DataType::Text255))
            .field(FieldDef::new("Skills", DataType::ListText).list(["Rust", "SQL"]));
        let id = env.emulator.create_directory(staff).expect("a directory");

        let directories = env.caspio.directory_schemas().await.expect("a list");

        let [staff] = &directories[..] else {
            panic!("{directories:?}");
        };
        assert_eq!((staff.id.as_ref(), staff.name.as_deref()), (Some(&id), Some("Staff")));
        let names: Vec<_> = staff.fields.iter().map(|field| field.name.as_str()).collect();
        assert!(names.contains(&"First_Name") && names.contains(&"Email"), "{names:?}");
    }

    async fn webhooks_are_listed_as_they_are_described(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let hook = json!({ "Name": "Hook", "OutgoingUrls": ["https://localhost/hook"] });
        let created = env
            .caspio
            .raw(caspio::raw::Method::POST, "outgoingWebhooks")
            .version(ApiVersion::V3)
            .json(&hook);
        created.await.expect("a webhook");

        let webhooks = env.caspio.webhook_schemas().await.expect("a list");

        assert_eq!(webhooks.len(), 1);
        assert!(webhooks[0].id.is_some());
        assert_eq!(webhooks[0].name.as_deref(), Some("Hook"));
        assert_eq!(webhooks[0].others["events"], json!([]));
    }
}

#[tokio::test]
async fn wrong_credentials_are_no_obstacle_to_the_codes() {
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let stranger = Client::builder()
        .account(env.emulator.url())
        .credentials("nobody", "nothing")
        .build()
        .expect("a client");

    let described = stranger.error_code("FieldNotFound").await;

    assert!(described.expect("a call").is_some());
    assert_eq!(env.emulator.calls().operation("Token"), 0);
    let profile = stranger.profile().await.expect_err("it needs a token");
    assert!(profile.is_auth(), "{profile}");
}

#[tokio::test]
async fn an_unknown_code_is_none_and_a_text_that_is_no_code_costs_no_call() {
    let env = TestEnv::with(Emulator::builder().empty()).await;

    let unknown = env.caspio.error_code("NoSuchCode").await.expect("a call");
    assert_eq!(unknown, None);
    assert_eq!(env.emulator.calls().total(), 1);

    for code in ["", "..", "a/b", "a?b", "a\nb"] {
        let error = env.caspio.error_code(code).await.expect_err("no code");
        assert_eq!(error.kind(), ErrorKind::Refused, "{code:?}: {error}");
    }
    assert_eq!(env.emulator.calls().total(), 1);
}

#[tokio::test]
async fn descriptions_are_read_in_every_spelling() {
    for list in [
        r#"{"data":[{"code":"A","status":"404","hint":{"note":"n","remediation":"r"}},{}]}"#,
        r#"[{"Code":"A","Status":404,"Hint":{"Note":"n","Remediation":"r"},"Message":null},{"Hint":null}]"#,
    ] {
        let caspio = client_of(ApiVersion::V3, move |_| list.to_owned());

        let errors = caspio.error_codes().await.expect("a list");

        assert_eq!(errors[0].code.as_deref(), Some("A"));
        assert_eq!(errors[0].status, Some(404));
        assert_eq!(errors[0].note.as_deref(), Some("n"));
        assert_eq!(errors[0].remediation.as_deref(), Some("r"));
        assert_eq!(errors[1], ErrorDescription::default());
    }
}

#[tokio::test]
async fn a_list_of_codes_that_is_not_whole_is_an_error() {
    let part = r#"{"data":[{"code":"A"}],"pagination":{"totalCount":2000}}"#;
    let caspio = client_of(ApiVersion::V3, move |_| part.to_owned());

    let error = caspio.error_codes().await.expect_err("a part");

    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    assert_eq!(error.operation(), Some("errors.list"));
}
