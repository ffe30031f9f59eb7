//! Records over v4: ids instead of names, one record by its key, bulk operations.

mod common;

use caspio_emulator::{ApiProfile, DataType, Emulator, FieldDef, Rights, TableDef, ViewDef};
use common::{Caspio, code, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const V4: &str = "integrations/rest/v4";

/// A table of pets, the last one without a weight.
async fn pets() -> (Caspio, String) {
    let caspio = Caspio::empty().await.on(V4);
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Name", DataType::Text255).unique())
        .field(FieldDef::new("Kind", DataType::Text255))
        .field(FieldDef::new("Weight", DataType::Number))
        .field(FieldDef::new("Secret", DataType::Password))
        .field(FieldDef::new("Number", DataType::Autonumber));
    caspio.emulator.create_table(table).expect("a new table");
    for (name, kind, weight) in [("Rex", "Dog", 9), ("Tom", "Cat", 4), ("Spike", "Dog", 30)] {
        let pet = json!({ "Name": name, "Kind": kind, "Weight": weight });
        caspio.emulator.insert("Pets", pet).expect("a pet");
    }
    let records = format!(
        "tables/{}/records",
        id(&caspio, "tables", "tableId", "Pets").await
    );
    (caspio, records)
}

async fn id(caspio: &Caspio, list: &str, member: &str, name: &str) -> String {
    let listed = caspio
        .json(list, &[("pageNumber", "1"), ("pageSize", "1000")])
        .await;
    let entries = listed["data"].as_array().expect("a list");
    let entry = entries.iter().find(|entry| entry["name"] == name);
    entry.expect("an entry")[member]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[tokio::test]
async fn table_is_identified_by_six_characters_and_not_by_name() {
    let (caspio, records) = pets().await;

    let id = records.split('/').nth(1).expect("an id");
    assert_eq!(id.len(), 6);
    assert!(
        id.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    );
    assert_eq!(
        caspio.refusal("tables/Pets/records", &[]).await,
        (404, "TableNotFound".into())
    );
}

#[tokio::test]
async fn id_depends_only_on_the_account_and_the_name() {
    let (_, here) = pets().await;
    let (_, again) = pets().await;
    let other = Caspio::start(Emulator::builder().empty().account("other"))
        .await
        .on(V4);
    other
        .emulator
        .create_table(TableDef::new("Pets"))
        .expect("a new table");

    let there = id(&other, "tables", "tableId", "Pets").await;

    assert_eq!(here, again);
    assert_ne!(here, format!("tables/{there}/records"));
}

#[tokio::test]
async fn list_always_has_the_total() {
    let (caspio, records) = pets().await;

    let page = caspio
        .json(
            &records,
            &[
                ("select", "Name"),
                ("where", "Kind='Dog'"),
                ("orderBy", "Name DESC"),
                ("limit", "1"),
            ],
        )
        .await;

    assert_eq!(
        page,
        json!({
            "data": [{ "Name": "Spike" }],
            "pagination": { "totalCount": 2, "pageNumber": 1, "pageSize": 1 },
        })
    );
}

#[tokio::test]
async fn grouping_may_have_having() {
    let (caspio, records) = pets().await;

    let page = caspio
        .json(
            &records,
            &[
                ("select", "Kind, COUNT(*) AS pets"),
                ("groupBy", "Kind HAVING COUNT(*) > 1"),
            ],
        )
        .await;

    assert_eq!(page["data"], json!([{ "Kind": "Dog", "pets": 2 }]));
}

#[tokio::test]
async fn page_size_below_five_is_refused() {
    let (caspio, records) = pets().await;

    let refused = caspio.refusal(&records, &[("pageSize", "4")]).await;

    assert_eq!(refused, (400, "IncorrectQueryParameter".into()));
}

#[tokio::test]
async fn one_record_is_read_changed_and_deleted_by_its_key() {
    let (caspio, records) = pets().await;
    let rex = format!("{records}/1");

    let read = caspio.json(&rex, &[("select", "PK_ID, Name")]).await;
    assert_eq!(read, json!({ "PK_ID": 1, "Name": "Rex" }));

    let (status, _) = caspio
        .send(Method::PATCH, &rex, json!({ "Weight": null }))
        .await;
    assert_eq!(status, StatusCode::OK);
    let echo = format!("{rex}?echo=true");
    let (status, put) = caspio
        .send(Method::PUT, &echo, json!({ "Name": "Max" }))
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(put["Name"], "Max");
    assert_eq!(put["Weight"], Value::Null);

    let (status, _) = caspio.send(Method::DELETE, &rex, Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(caspio.emulator.count("Pets").expect("a table"), 2);
}

#[tokio::test]
async fn missing_record_is_404_for_every_method() {
    let (caspio, records) = pets().await;

    for key in ["99", "x", "1%20OR%201=1"] {
        let path = format!("{records}/{key}");
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let response = caspio
                .send(method.clone(), &path, json!({ "Kind": "Ox" }))
                .await;
            assert_eq!(response.0, StatusCode::NOT_FOUND, "{method} {key}");
            assert_eq!(code(&response.1), "ResourceNotFound");
        }
    }
}

#[tokio::test]
async fn insert_returns_the_new_key_or_the_record() {
    let (caspio, records) = pets().await;

    let (status, body) = caspio
        .send(Method::POST, &records, json!({ "Name": "Kit" }))
        .await;
    assert_eq!(
        (status, body),
        (StatusCode::CREATED, json!({ "PK_ID": "4" }))
    );

    let echo = format!("{records}?echo=true");
    let (status, body) = caspio
        .send(Method::POST, &echo, json!({ "Name": "Pip" }))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(body["PK_ID"], 5);
    assert_eq!(body["Name"], "Pip");
}

#[tokio::test]
async fn bulk_insert_returns_the_keys_in_order() {
    let (caspio, records) = pets().await;
    let new: Vec<_> = (0..1_000)
        .map(|n| json!({ "Name": format!("Pet {n}") }))
        .collect();

    let (status, body) = caspio
        .send(Method::POST, &format!("{records}/bulk"), json!(new))
        .await;

    assert_eq!(status, StatusCode::CREATED);
    let keys: Vec<_> = (4..1_004).map(|key: u32| key.to_string()).collect();
    assert_eq!(body, json!({ "PK_ID": keys }));
    assert_eq!(caspio.emulator.calls().total(), 2);
}

#[tokio::test]
async fn partly_failed_bulk_insert_reports_the_result_of_each_record() {
    let (caspio, records) = pets().await;
    let new = json!([
        { "Name": "Kit" }, { "Name": "Bad", "Weight": "heavy" }, { "Name": "rex" },
        { "Title": "x" }, { "Name": "Pip" },
    ]);

    let (status, body) = caspio
        .send(Method::POST, &format!("{records}/bulk"), new)
        .await;

    assert_eq!(status, StatusCode::MULTI_STATUS);
    assert_eq!(body["PK_ID"], json!(["4", "5"]));
    let results = body["data"].as_array().expect("a list");
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result["status"].clone())
        .collect();
    assert_eq!(statuses, [201, 400, 400, 404, 201]);
    assert_eq!(results[4]["PK_ID"], "5");
    assert!(
        results[1]["error"]
            .as_str()
            .is_some_and(|error| error.contains("Weight"))
    );
    assert_eq!(caspio.emulator.count("Pets").expect("a table"), 5);
}

#[tokio::test]
async fn more_than_a_thousand_records_or_none_are_refused() {
    let (caspio, records) = pets().await;
    let bulk = format!("{records}/bulk");

    for count in [0, 1_001] {
        let new: Vec<_> = (0..count)
            .map(|n| json!({ "Name": format!("Pet {n}") }))
            .collect();
        let (status, _) = caspio.send(Method::POST, &bulk, json!(new)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(caspio.emulator.count("Pets").expect("a table"), 3);
}

#[tokio::test]
async fn records_are_changed_and_deleted_by_a_condition_in_the_body() {
    let (caspio, records) = pets().await;
    let bulk = format!("{records}/bulk");

    let change = json!({ "where": "Kind = N'Dog'", "recordValues": { "Kind": "Wolf" } });
    let (changed, _) = caspio.send(Method::PATCH, &bulk, change).await;
    let delete = json!({ "where": "Kind = 'Wolf' AND Weight > 10" });
    let (deleted, _) = caspio.send(Method::DELETE, &bulk, delete).await;

    assert_eq!((changed, deleted), (StatusCode::OK, StatusCode::OK));
    let left = caspio
        .json(&records, &[("orderBy", "PK_ID"), ("select", "Name, Kind")])
        .await;
    assert_eq!(
        left["data"],
        json!([{ "Name": "Rex", "Kind": "Wolf" }, { "Name": "Tom", "Kind": "Cat" }])
    );
}

#[tokio::test]
async fn a_condition_that_is_always_true_or_missing_writes_nothing() {
    let (caspio, records) = pets().await;
    let bulk = format!("{records}/bulk");

    for condition in [
        json!("1=1"),
        json!("PK_ID > 0"),
        json!("Kind='x' OR 1=1"),
        json!(""),
        Value::Null,
    ] {
        let body = json!({ "where": condition, "recordValues": { "Kind": "Ox" } });
        for method in [Method::PATCH, Method::DELETE] {
            let (status, _) = caspio.send(method, &bulk, body.clone()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        }
    }
    assert_eq!(caspio.emulator.count("Pets").expect("a table"), 3);
}

#[tokio::test]
async fn a_view_is_written_through_and_its_key_is_a_text() {
    let (caspio, _) = pets().await;
    let view = ViewDef::new("Dogs", "Pets")
        .field("Pets.Name")
        .field("Pets.Kind")
        .filter("Kind = 'Dog'");
    caspio.emulator.create_view(view).expect("a new view");
    let records = format!(
        "views/{}/records",
        id(&caspio, "views", "viewId", "Dogs").await
    );

    let spike = caspio.json(&format!("{records}/3"), &[]).await;
    let (cat, _) = caspio
        .send(
            Method::PATCH,
            &format!("{records}/2"),
            json!({ "Kind": "Ox" }),
        )
        .await;
    let (status, new) = caspio
        .send(
            Method::POST,
            &format!("{records}/bulk"),
            json!([{ "Name": "Kit", "Kind": "Dog" }]),
        )
        .await;

    assert_eq!(spike["PK_ID"], "3");
    assert_eq!(cat, StatusCode::NOT_FOUND);
    assert_eq!(
        (status, new),
        (StatusCode::CREATED, json!({ "PK_ID": ["4"] }))
    );
}

#[tokio::test]
async fn passwords_are_set_and_reset_for_all_that_meet_a_condition() {
    let (caspio, records) = pets().await;
    let path = format!("{records}/bulk/passwordFields/Secret");

    let set = json!({ "where": "Kind = 'Dog'", "value": "s3cret" });
    let (set, _) = caspio.send(Method::PATCH, &path, set).await;
    let (reset, _) = caspio
        .send(Method::DELETE, &path, json!({ "where": "PK_ID = 1" }))
        .await;
    let missing = path.replace("Secret", "Nothing");
    let (unknown, _) = caspio
        .send(Method::DELETE, &missing, json!({ "where": "PK_ID = 1" }))
        .await;

    assert_eq!((set, reset), (StatusCode::OK, StatusCode::OK));
    assert_eq!(unknown, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn error_has_a_documentation_url_and_a_hint() {
    let (caspio, records) = pets().await;

    let (status, body) = caspio
        .send(Method::POST, &records, json!({ "Number": 7 }))
        .await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(code(&body), "AlterReadOnlyData");
    assert!(body["RequestId"].is_string());
    assert!(body["Hint"]["Note"].is_string());
    assert!(body["Hint"]["Remediation"].is_string());
    let refused = caspio
        .http
        .get(body["DocumentationUrl"].as_str().expect("a URL"));
    let (_, error) = read(refused.send().await.expect("a response")).await;
    assert_eq!(error["Code"], "AlterReadOnlyData");
}

#[tokio::test]
async fn missing_permission_is_403() {
    let reader = ApiProfile::new("reader", "s").grant("Contacts", Rights::READ);
    let builder = Emulator::builder().sample_orders(5).profile(reader);
    let mut caspio = Caspio::start(builder).await.on(V4);
    let path = format!(
        "tables/{}/records",
        id(&caspio, "tables", "tableId", "Contacts").await
    );
    let form = "grant_type=client_credentials&client_id=reader&client_secret=s";
    let response = caspio
        .http
        .post(format!("{}/oauth/token", caspio.emulator.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    let (_, token) = read(response.send().await.expect("a response")).await;
    caspio.token = token["access_token"].as_str().expect("a token").to_owned();

    let allowed = caspio.get(&path, &[("where", "PK_ID=1")]).await;
    let condition = json!({ "where": "PK_ID = 1" });
    let (refused, body) = caspio
        .send(Method::DELETE, &format!("{path}/bulk"), condition)
        .await;

    assert_eq!(allowed.status(), StatusCode::OK);
    assert_eq!(refused, StatusCode::FORBIDDEN);
    assert_eq!(code(&body), "UnsufficientPrivileges");
    assert_eq!(
        caspio.json("tables", &[]).await["pagination"]["totalCount"],
        1
    );
}

#[tokio::test]
async fn parameters_with_v3_prefix_are_accepted() {
    let (caspio, records) = pets().await;

    let page = caspio.json(&records, &[("q.where", "Kind='Cat'")]).await;

    assert_eq!(page["pagination"]["totalCount"], 1);
}
