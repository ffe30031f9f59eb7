//! Bridge applications and their DataPages over HTTP on every version; Flex applications on v4.

use caspio::applications::{ApplicationId, ApplicationInfo, DataPageInfo, DeploymentMethod};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::scripted::client_of;
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

const DESK: &str = "09d18152-7c45-44f1-a0e6-5ffe18881b60";
const NEW_ORDER: &str = "409550008f83dc4dd4554a07b7bf";
const DEPLOY: &str = "UpdateBridgeApplicationDataPageDeployment";
const DEPLOY_ALL: &str = "UpdateBridgeApplicationDataPagesDeployment";

async fn account(version: ApiVersion) -> TestEnv {
    let emulator = Emulator::builder().sample_orders(1);
    TestEnv::with(emulator).version(version).await
}

/// The path, the status and the body of the only call of an operation.
fn only_call(env: &TestEnv, operation: &str) -> (String, Option<u16>, Option<Value>) {
    let calls = env.emulator.calls_of(operation);
    let [call] = calls.latest() else {
        panic!("{} calls of {operation}", calls.count());
    };
    let body = call
        .body()
        .map(|body| serde_json::from_str(body).expect("JSON"));
    (
        format!("{} {}", call.method(), call.path()),
        call.status(),
        body,
    )
}

on_every_version! {
    async fn applications_are_listed_and_read(version) {
        let env = account(version).await;
        let applications = env.caspio.applications();

        let list = applications.list().await.expect("a list");
        let one = applications.application(DESK).info().await.expect("one");

        assert_eq!(list, [one]);
        let desk = &list[0];
        assert_eq!(desk.id, Some(ApplicationId::from(DESK)));
        assert_eq!(desk.name.as_deref(), Some("Order Desk"));
        assert_eq!(desk.data_pages, Some(2));
        assert_eq!(desk.created, "2022-01-25T15:17:10.607".parse().ok());
        assert_eq!((desk.has_default_icon, &desk.icon_file), (Some(true), &None));
    }

    async fn data_pages_are_listed_and_read(version) {
        let env = account(version).await;
        let desk = env.caspio.applications().application(DESK);

        let list = desk.data_pages().await.expect("a list");
        let one = desk.data_page(NEW_ORDER).info().await.expect("one");

        let names: Vec<_> = list.iter().map(|page| page.name.as_deref()).collect();
        assert_eq!(names, [Some("New Order"), Some("Order List")]);
        assert_eq!(list[0], one);
        assert_eq!(one.key.as_ref().map(ToString::to_string).as_deref(), Some(NEW_ORDER));
        assert_eq!(one.application.as_deref(), Some("Order Desk"));
        assert_eq!(one.folder.as_deref(), Some("/Public Interfaces"));
        assert_eq!(one.kind.as_deref(), Some("WEBFORM"));
        assert_eq!(one.created_by.as_deref(), Some("user@example.com"));
        assert_eq!((one.modified_by, one.note), (None, None));
    }

    async fn the_code_of_a_page_is_read_by_each_documented_method(version) {
        use DeploymentMethod::{Embedded, Iframe, Net, Url};
        let env = account(version).await;
        let page = env.caspio.applications().application(DESK).data_page(NEW_ORDER);
        let url = format!("https://demo.caspio.com/dp/{NEW_ORDER}");

        assert_eq!(page.code(Url).await.expect("a URL"), url);
        for method in [Iframe, Embedded, Net] {
            let code = page.code(method).await.expect("a code");
            assert!(code.contains(&url) && code.len() > url.len(), "{code}");
        }
    }

    async fn other_methods_are_those_of_v2(version) {
        use DeploymentMethod::{Asp, Aspx, Facebook, Frame, Link, Php, WordPressEmbed, WordPressFrame};
        let env = account(version).await;
        let page = env.caspio.applications().application(DESK).data_page(NEW_ORDER);

        for method in [Frame, Link, Php, Asp, Aspx, Facebook, WordPressFrame, WordPressEmbed] {
            let code = page.code(method).await;
            if version == ApiVersion::V2 {
                assert!(!code.expect("a code").is_empty());
                continue;
            }
            let error = code.expect_err("no such method");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(error.message().contains(&format!("`{method}`")), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("v2")), "{error}");
        }
        assert_eq!(env.emulator.calls().total() > 0, version == ApiVersion::V2);
    }

    async fn a_page_is_deployed_and_undeployed(version) {
        let env = account(version).await;
        let page = env.caspio.applications().application(DESK).data_page(NEW_ORDER);

        page.deploy().await.expect("deployed");
        let (path, status, body) = only_call(&env, DEPLOY);
        env.emulator.reset_calls();
        page.undeploy().await.expect("undeployed");

        assert!(path.starts_with("PUT ") && path.contains(NEW_ORDER), "{path}");
        match version {
            ApiVersion::V2 => {
                assert_eq!((status, body), (Some(200), None));
                let (path, _, body) = only_call(&env, "DeleteBridgeApplicationDataPageDeployment");
                assert!(path.starts_with("DELETE "), "{path}");
                assert_eq!(body, None);
            }
            _ => {
                let member = if version == ApiVersion::V4 { "deployed" } else { "Deployed" };
                assert_eq!((status, body), (Some(204), Some(json!({ member: true }))));
                assert_eq!(only_call(&env, DEPLOY).2, Some(json!({ member: false })));
            }
        }
    }

    async fn all_pages_are_deployed_and_undeployed(version) {
        let env = account(version).await;
        let desk = env.caspio.applications().application(DESK);

        desk.deploy_all().await.expect("deployed");
        let (path, _, _) = only_call(&env, DEPLOY_ALL);
        env.emulator.reset_calls();
        desk.undeploy_all().await.expect("undeployed");

        assert!(path.starts_with("PUT ") && path.ends_with("/deployment"), "{path}");
        let undeploy = match version {
            ApiVersion::V2 => "DeleteBridgeApplicationDataPagesDeployment",
            _ => DEPLOY_ALL,
        };
        assert_eq!(env.emulator.calls_of(undeploy).count(), 1);
    }

    async fn a_deployment_is_repeated_after_a_lost_response(version) {
        let env = account(version).await;
        let desk = env.caspio.applications().application(DESK);
        let lost = |operation: &str| {
            let rule = Rule::new(Fault::ResetAfterwards).operation(operation).calls([1]);
            Faults::none().rule(rule)
        };

        env.emulator.set_faults(lost(DEPLOY));
        desk.data_page(NEW_ORDER).deploy().await.expect("deployed");
        env.emulator.set_faults(lost(DEPLOY_ALL));
        desk.deploy_all().await.expect("deployed");

        assert_eq!(env.emulator.calls_of(DEPLOY).count(), 2);
        assert_eq!(env.emulator.calls_of(DEPLOY_ALL).count(), 2);
    }

    async fn unknown_applications_and_pages_are_not_found(version) {
        let env = account(version).await;
        let applications = env.caspio.applications();
        let unknown = applications.application("nobody");
        let page = applications.application(DESK).data_page("nothing");

        let errors = [
            ("application \"nobody\"", unknown.info().await.err()),
            ("application \"nobody\"", unknown.data_pages().await.err()),
            ("application \"nobody\"", unknown.deploy_all().await.err()),
            ("DataPage \"nothing\"", page.info().await.err()),
            ("DataPage \"nothing\"", page.code(DeploymentMethod::Url).await.err()),
            ("DataPage \"nothing\"", page.undeploy().await.err()),
        ];

        for (resource, error) in errors {
            let error = error.expect(resource);
            assert!(error.is_not_found(), "{error}");
            assert_eq!(error.resource(), Some(resource));
            assert!(error.hint().is_some_and(|hint| hint.contains("check the id")), "{error}");
        }
    }

    async fn ids_that_would_reach_another_operation_cost_no_call(version) {
        let env = account(version).await;
        let applications = env.caspio.applications();

        for id in ["", "..", "a/b", "a%2Fb", "a\\b", "a?b", "a\tb"] {
            let desk = applications.application(id);
            let errors = [
                desk.info().await.err(),
                desk.data_pages().await.err(),
                desk.deploy_all().await.err(),
                applications.application(DESK).data_page(id).deploy().await.err(),
                desk.data_page(NEW_ORDER).undeploy().await.err(),
            ];
            for error in errors {
                let error = error.expect("no id");
                assert_eq!(error.kind(), ErrorKind::Refused, "{id:?}: {error}");
            }
        }
        // On v4 this key would deploy all pages.
        for key in ["bulk", "BULK", "deployment"] {
            let error = applications.application(DESK).data_page(key).deploy().await;
            let error = error.expect_err("no key");
            assert_eq!(error.kind(), ErrorKind::Refused, "{key}: {error}");
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}

#[tokio::test]
async fn nulls_and_missing_members_are_none() {
    let nulls = r#"{"AppName":null,"ExternalKey":null,"DataPagesCount":null,"DateCreated":null,
        "DateModified":null,"DefaultIcon":null,"IconFileName":null}"#;
    let pages = r#"{"Name":null,"AppKey":null,"AppName":null,"Path":null,"Type":null,"DateCreated":null,
        "DateModified":null,"CreatedBy":null,"ModifiedBy":null,"Note":null}"#;
    let caspio = client_of(ApiVersion::V3, move |url| {
        let object = if url.ends_with("/datapages") {
            pages
        } else {
            nulls
        };
        format!(r#"{{"Result":[{object},{{}}]}}"#)
    });
    let applications = caspio.applications();

    let list = applications.list().await.expect("a list");
    let pages = applications.application("a").data_pages().await;

    let none = ApplicationInfo::default;
    assert_eq!(list, [none(), none()]);
    let none = DataPageInfo::default;
    assert_eq!(pages.expect("a list"), [none(), none()]);
}

#[tokio::test]
async fn an_application_of_v4_has_its_own_names() {
    let caspio = client_of(ApiVersion::V4, |_| {
        r#"{"data":[{"name":"Desk","appId":"x2y7pe","dataPagesCount":3}],"pagination":{"totalCount":1}}"#
            .to_owned()
    });

    let list = caspio.applications().list().await.expect("a list");

    assert_eq!(list[0].id, Some(ApplicationId::from("x2y7pe")));
    assert_eq!(list[0].name.as_deref(), Some("Desk"));
    assert_eq!(list[0].data_pages, Some(3));
}

#[tokio::test]
async fn a_code_is_a_text_or_an_error() {
    for (body, code) in [
        (r#""<iframe src=\"x\">""#, Some("<iframe src=\"x\">")),
        (r#"{"Result":"x"}"#, Some("x")),
        ("7", None),
        ("null", None),
        (r#"{"Result":null}"#, None),
    ] {
        let caspio = client_of(ApiVersion::V3, move |_| body.to_owned());
        let page = caspio.applications().application("a").data_page("b");

        let found = page.code(DeploymentMethod::Iframe).await;

        match code {
            Some(code) => assert_eq!(found.expect(body), code),
            None => {
                let error = found.expect_err(body);
                assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
                assert_eq!(error.operation(), Some("datapages.code"));
            }
        }
    }
}

#[tokio::test]
async fn flex_applications_are_those_of_v4() {
    let env = account(ApiVersion::V4).await;
    let flex = env.caspio.flex_applications();

    assert_eq!(flex.list().await.expect("a list"), []);
    let unknown = flex.get("nobody").await.expect_err("no such application");
    assert!(unknown.is_not_found(), "{unknown}");

    let caspio = client_of(ApiVersion::V4, |url| match url.contains("?") {
        true => r#"{"data":[{"appId":"x2","name":"Shop","pages":[1,2]}]}"#.to_owned(),
        false => r#"{"name":"Shop"}"#.to_owned(),
    });
    let flex = caspio.flex_applications();
    let list = flex.list().await.expect("a list");
    assert_eq!(list[0].id, Some(ApplicationId::from("x2")));
    assert_eq!(list[0].name.as_deref(), Some("Shop"));
    assert_eq!(list[0].others["pages"], json!([1, 2]));
    let one = flex.get("x2").await.expect("one");
    assert_eq!(
        (one.id, one.name.as_deref()),
        (Some("x2".into()), Some("Shop"))
    );
}

#[tokio::test]
async fn flex_applications_are_refused_on_other_versions_without_a_call() {
    for version in [ApiVersion::V2, ApiVersion::V3] {
        let env = account(version).await;
        let flex = env.caspio.flex_applications();

        for error in [flex.list().await.err(), flex.get("x2").await.err()] {
            let error = error.expect("no such operation");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert!(
                error.hint().is_some_and(|hint| hint.contains("v4")),
                "{error}"
            );
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}
