//! v4 apart from records: designs, schemas, the account, errors, and the operations that are 405 by design.

mod common;

use common::{Caspio, code, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const V4: &str = "integrations/rest/v4";

async fn new_table(caspio: &Caspio) -> String {
    let pets = json!({ "name": "Pets", "fields": [
        { "name": "Name", "dataType": "TEXT255", "label": "Its name", "unique": true },
        { "name": "Notes", "dataType": "text64k" },
        { "name": "Tag", "dataType": "SEQUENCE", "unique": true, "format": "001", "prefix": "P-" },
        { "name": "Code", "dataType": "RANDOM_ID", "unique": true, "format": "0U", "length": 8 },
        { "name": "Kinds", "dataType": "LIST-STRING", "listField": ["Cat", "Dog"] },
        { "name": "Made", "dataType": "TIMESTAMP", "stampOnInsert": true, "stampTimeZone": "UTC" },
    ] });
    let (status, table) = caspio.send(Method::POST, "tables", pets).await;
    assert_eq!(status, StatusCode::CREATED, "{table}");
    table["tableId"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn fields_have_the_names_and_types_of_v4() {
    let caspio = Caspio::empty().await.on(V4);
    let id = new_table(&caspio).await;

    let fields = caspio.json(&format!("tables/{id}/fields"), &[]).await;

    let types: Vec<_> = fields["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|field| field["dataType"].clone())
        .collect();
    assert_eq!(
        types,
        [
            "TEXT255",
            "TEXT64K",
            "SEQUENCE",
            "RANDOM_ID",
            "LIST-STRING",
            "TIMESTAMP"
        ]
    );
    assert_eq!(fields["pagination"]["totalCount"], 6);
    assert_eq!(
        fields["data"][0],
        json!({
            "name": "Name", "dataType": "TEXT255", "label": "Its name", "displayOrder": 1,
            "unique": true, "isFormula": false, "editable": true, "formula": null,
            "relationship": null,
        })
    );
    assert_eq!(fields["data"][4]["listField"], json!(["Cat", "Dog"]));
    assert_eq!(fields["data"][5]["stampOnInsert"], true);
}

#[tokio::test]
async fn a_field_is_added_changed_and_dropped() {
    let caspio = Caspio::empty().await.on(V4);
    let fields = format!("tables/{}/fields", new_table(&caspio).await);

    let (added, _) = caspio
        .send(
            Method::POST,
            &fields,
            json!({ "name": "Age", "dataType": "INTEGER" }),
        )
        .await;
    let age = format!("{fields}/Age");
    let (changed, field) = caspio
        .send(
            Method::PATCH,
            &age,
            json!({ "name": "Years", "dataType": "NUMBER" }),
        )
        .await;
    let years = format!("{fields}/Years");
    let (dropped, _) = caspio.send(Method::DELETE, &years, Value::Null).await;
    let (older, _) = caspio
        .send(
            Method::POST,
            &fields,
            json!({ "name": "Old", "dataType": "STRING" }),
        )
        .await;

    assert_eq!((added, changed), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(
        (&field["name"], &field["dataType"]),
        (&json!("Years"), &json!("NUMBER"))
    );
    assert_eq!(dropped, StatusCode::NO_CONTENT);
    assert_eq!(
        caspio.refusal(&years, &[]).await,
        (404, "FieldNotFound".into())
    );
    assert_eq!(
        older,
        StatusCode::BAD_REQUEST,
        "v3's names of types are not v4's"
    );
}

#[tokio::test]
async fn deleting_and_renaming_tables_is_405() {
    let caspio = Caspio::empty().await.on(V4);
    let table = format!("tables/{}", new_table(&caspio).await);

    for path in [
        table.as_str(),
        "tables",
        "fileAssets/folders/x",
        "flexApplications/x",
    ] {
        for method in [Method::DELETE, Method::PATCH, Method::PUT] {
            let (status, _) = caspio
                .send(method.clone(), path, json!({ "name": "X" }))
                .await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_schema_has_every_object_with_its_fields_in_one_call() {
    let caspio = Caspio::sample().await.on(V4);

    for (path, id, name) in [
        ("schemas/tables", "tableId", "Contacts"),
        ("schemas/views", "viewId", "Order_Details"),
        ("schemas/directories", "directoryId", "Staff"),
    ] {
        let all = caspio.json(path, &[]).await;
        let objects = all["data"].as_array().expect("a list");
        let object = objects.iter().find(|object| object["name"] == name);
        let object = object.unwrap_or_else(|| panic!("{path}: {all}"));
        assert!(object[id].is_string());
        assert!(
            object["fields"]
                .as_array()
                .is_some_and(|fields| !fields.is_empty())
        );
        assert_eq!(object["relationships"], json!([]));
        assert_eq!(object["triggeredActions"], json!([]));
    }
}

#[tokio::test]
async fn lists_are_paged_on_request() {
    let caspio = Caspio::sample().await.on(V4);

    let page = caspio
        .json("tables", &[("pageNumber", "2"), ("pageSize", "5")])
        .await;

    assert_eq!(page["pagination"]["totalCount"], 6);
    assert_eq!(page["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn me_is_the_profile_and_its_limits() {
    let caspio = Caspio::empty().await.on(V4);

    let me = caspio.json("me", &[]).await;

    assert!(me["wsProfileName"].is_string());
    assert_eq!(me["accountSubdomain"], "demo");
    assert!(me["tokenExpiresAt"].is_string());
    assert_eq!(
        me["rateLimit"],
        json!({ "limit": 2000, "windowSeconds": 300 })
    );
}

#[tokio::test]
async fn discovery_and_errors_need_no_token() {
    let caspio = Caspio::empty().await.on(V4);

    for path in ["", "aiManifest", "errors", "errors/FieldNotFound"] {
        let request = caspio
            .http
            .get(caspio.url(path).trim_end_matches('/').to_owned());
        let (status, body) = read(request.send().await.expect("a response")).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(body.is_object(), "{path}");
    }
    let (status, body) = read(caspio.get("errors/Nope", &[]).await).await;
    assert_eq!(
        (status, code(&body)),
        (StatusCode::NOT_FOUND, "ResourceNotFound".into())
    );
}

#[tokio::test]
async fn a_static_key_is_401() {
    let caspio = Caspio::empty().await.on(V4);

    for (name, value) in [
        ("Authorization", "Bearer static-key"),
        ("X-Api-Key", "static-key"),
    ] {
        let request = caspio.http.get(caspio.url("me")).header(name, value);
        let status = request.send().await.expect("a response").status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name}");
    }
}
