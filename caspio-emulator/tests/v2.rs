//! v2 as old clients use it: the same account with older names.

mod common;

use caspio_emulator::{DataType, FieldDef, TableDef};
use common::{Caspio, code, read, upload};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const V2: &str = "rest/v2";

async fn sample() -> Caspio {
    Caspio::sample().await.on(V2)
}

#[tokio::test]
async fn v2_has_two_base_paths() {
    let caspio = sample().await;
    let tables = caspio.json("tables", &[]).await;

    let other = caspio.on("integrations/rest/v2").json("tables", &[]).await;

    assert_eq!(tables, other);
}

#[tokio::test]
async fn records_have_no_pagination_member() {
    let caspio = sample().await;

    let page = caspio
        .json(
            "tables/Contacts/records",
            &[("q.getPaginationInfo", "true"), ("q.limit", "1")],
        )
        .await;

    let members: Vec<_> = page.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["Result"]);
}

#[tokio::test]
async fn a_client_that_sends_every_parameter_even_empty_gets_its_page() {
    let caspio = sample().await;
    let all = "tables/Contacts/records?q.select=*&q.where=&q.groupBy=&q.orderBy=&q.limit=1000";

    let response = caspio
        .http
        .get(caspio.url(&format!("{all}&q.pageNumber=1&q.pageSize=1000")))
        .header("authorization", format!("bearer {}", caspio.token))
        .header("content-type", "application/json")
        .header("accept", "application/json");

    let (status, page) = read(response.send().await.expect("a response")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(page["Result"].as_array().map(Vec::len), Some(200));
}

#[tokio::test]
async fn insert_returns_the_url_of_the_record() {
    let caspio = Caspio::empty().await.on(V2);
    let pets = TableDef::new("Pets").field(FieldDef::new("Name", DataType::Text255));
    caspio.emulator.create_table(pets).expect("a new table");

    let request = caspio
        .request(Method::POST, "tables/Pets/records?response=")
        .header("Content-Type", "application/json")
        .body(r#"{"Name":"Rex"}"#);
    let response = request.send().await.expect("a response");

    assert_eq!(response.status(), StatusCode::CREATED);
    let location = response.headers()["Location"]
        .to_str()
        .expect("text")
        .to_owned();
    assert_eq!(location, caspio.url("tables/Pets/records/1"));
}

#[tokio::test]
async fn an_update_always_has_a_result() {
    let caspio = sample().await;
    let path = "tables/Contacts/records?q.where=PK_ID%3D1&response=";

    let (status, body) = caspio
        .send(Method::PUT, path, json!({ "Last_Name": "X" }))
        .await;

    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, json!({ "RecordsAffected": 1, "Result": [] }));
}

#[tokio::test]
async fn update_of_lists_only_succeeds_and_reports_that_it_did_not() {
    let caspio = Caspio::empty().await.on(V2);
    let pets = TableDef::new("Pets")
        .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog"]));
    caspio.emulator.create_table(pets).expect("a new table");
    caspio.emulator.insert("Pets", json!({})).expect("a pet");
    let path = "tables/Pets/records?q.where=PK_ID%3D1";

    let (_, silent) = caspio
        .send(Method::PUT, path, json!({ "Kinds": [2] }))
        .await;
    let with_rows = format!("{path}&response=rows");
    let (status, _) = caspio
        .send(Method::PUT, &with_rows, json!({ "Kinds": [1, 2] }))
        .await;

    assert_eq!(silent["RecordsAffected"], 0);
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let rows = caspio.rows("tables/Pets/records", &[]).await;
    assert_eq!(rows[0]["Kinds"], json!({ "1": "Cat", "2": "Dog" }));
}

#[tokio::test]
async fn refusals_have_the_older_codes() {
    let caspio = sample().await;

    let (_, body) = caspio
        .send(
            Method::POST,
            "tables/Contacts/records",
            json!({ "Nope": 1 }),
        )
        .await;

    assert_eq!(code(&body), "ColumnNotFound");
    let password = "tables/Contacts/passwordFields/Nope?q.where=PK_ID%3D1";
    let (status, _) = caspio
        .send(Method::PUT, password, json!({ "Value": "s" }))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        caspio.refusal("tables/Nope/records", &[]).await,
        (404, "ObjectNotFound".into())
    );
    assert_eq!(
        caspio
            .refusal("tables/Contacts/records", &[("q.select", "Nope")])
            .await,
        (400, "SqlServerError".into())
    );
}

#[tokio::test]
async fn table_is_created_with_columns_and_changed_with_new_members() {
    let caspio = Caspio::empty().await.on(V2);
    let pets = json!({ "Name": "Pets", "Columns": [{ "Name": "Title", "Type": "String" }] });

    let (created, _) = caspio.send(Method::POST, "tables", pets).await;
    let change = json!({ "NewName": "Name", "NewLabel": "Its name", "NewUnique": true });
    let (changed, _) = caspio
        .send(Method::PUT, "tables/Pets/fields/Title", change)
        .await;
    let fields = caspio.json("tables/Pets/fields", &[]).await;
    let (dropped, _) = caspio
        .send(Method::DELETE, "tables/Pets/fields/Name", Value::Null)
        .await;

    assert_eq!(created, StatusCode::CREATED);
    assert_eq!((changed, dropped), (StatusCode::OK, StatusCode::OK));
    assert_eq!(
        fields["Result"],
        json!([{
            "Name": "Name", "Type": "STRING", "Unique": true, "Description": "",
            "DisplayOrder": 1, "Label": "Its name", "UniqueAllowNulls": false, "IsFormula": false,
        }])
    );
}

#[tokio::test]
async fn table_created_with_v3_fields_has_no_fields_and_cannot_be_read() {
    let caspio = Caspio::empty().await.on(V2);
    let pets = json!({ "Name": "Pets", "Fields": [{ "Name": "Name", "Type": "STRING" }] });

    let (created, _) = caspio.send(Method::POST, "tables", pets).await;
    let response = caspio.get("tables/Pets/fields", &[]).await;

    assert_eq!(created, StatusCode::CREATED);
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        response
            .text()
            .await
            .expect("a body")
            .starts_with("<!DOCTYPE html>")
    );
}

#[tokio::test]
async fn a_view_has_records_but_no_fields() {
    let caspio = sample().await;

    let rows = caspio
        .rows("views/Active_Contacts/records", &[("q.limit", "5")])
        .await;
    let fields = caspio.get("views/Active_Contacts/fields", &[]).await;

    assert_eq!(rows.len(), 5);
    assert_eq!(fields.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn folders_and_files_come_in_one_list_with_american_dates() {
    let caspio = sample().await;

    let root = caspio.json("files", &[("externalKey", "")]).await;
    let file = &root["Result"]["Files"][0];
    let key = file["ExternalKey"].as_str().expect("a key");
    let alone = caspio.json("files", &[("externalKey", key)]).await;

    let folder = &root["Result"]["Folders"][0];
    assert_eq!(folder["Name"], "Photos");
    assert_eq!(folder["ContentType"], "caspio/folder");
    assert_eq!(file["Name"], "readme.txt");
    let modified = file["LastModified"].as_str().expect("a date");
    assert!(
        modified.contains('/') && modified.ends_with('M'),
        "{modified}"
    );
    assert_eq!(alone["Result"]["Folders"], json!([]));
    assert_eq!(alone["Result"]["Files"], json!([file]));
}

#[tokio::test]
async fn uploads_accept_any_part_name_and_skip_existing_files() {
    let caspio = Caspio::empty().await.on(V2);

    let two = [("file0", "a.png"), ("file1", "b.png")];
    let (first, _) = read(upload(&caspio, Method::POST, "files?externalKey=", &two).await).await;
    let more = [("file0", "a.png"), ("anything", "c.png")];
    let (second, kept) =
        read(upload(&caspio, Method::POST, "files?externalKey=", &more).await).await;
    let (third, refused) =
        read(upload(&caspio, Method::POST, "files?externalKey=", &two).await).await;
    let (replaced, _) = read(
        upload(
            &caspio,
            Method::PUT,
            "files?externalKey=",
            &[("x", "a.png")],
        )
        .await,
    )
    .await;

    assert_eq!((first, second), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(kept["Result"].as_array().map(Vec::len), Some(1));
    assert_eq!(kept["Result"][0]["Name"], "c.png");
    assert_eq!(
        (third, code(&refused)),
        (StatusCode::CONFLICT, "FILE_EXISTS".into())
    );
    assert_eq!(replaced, StatusCode::OK);
}

#[tokio::test]
async fn datapage_is_deployed_by_put_and_undeployed_by_delete() {
    let caspio = sample().await;
    let applications = caspio.json("applications", &[]).await;
    let key = applications["Result"][0]["ExternalKey"]
        .as_str()
        .expect("a key");
    let pages = format!("applications/{key}/datapages");
    let listed = caspio.json(&pages, &[]).await;
    let page = listed["Result"][0]["AppKey"].as_str().expect("a key");
    let deployment = format!("{pages}/{page}/deployment");

    for path in [&deployment, &format!("{pages}/deployment")] {
        for method in [Method::PUT, Method::DELETE] {
            let (status, _) = caspio.send(method, path, json!({})).await;
            assert_eq!(status, StatusCode::OK);
        }
    }
    for letter in "IFULENPAXBYZ".chars() {
        let code = caspio
            .json(&deployment, &[("method", &letter.to_string())])
            .await;
        assert!(
            code.as_str().is_some_and(|code| code.contains(page)),
            "{letter}"
        );
    }
}

#[tokio::test]
async fn task_reports_its_last_run() {
    let caspio = sample().await;
    let tasks = caspio.json("tasks", &[]).await;
    let key = tasks["Result"][0]["ExternalKey"].as_str().expect("a key");
    let path = format!("tasks/{key}");
    assert_eq!(tasks["Result"][0].get("Success"), None);

    let (ran, _) = caspio
        .send(Method::POST, &format!("{path}/run"), Value::Null)
        .await;
    let task = caspio.json(&path, &[]).await;

    assert_eq!(ran, StatusCode::OK);
    assert_eq!(task["Result"]["Success"], true);
    assert!(task["Result"]["LastRunTime"].is_string());
    assert!(task["Result"]["LastRunTimeUTC"].is_string());
}

#[tokio::test]
async fn passwords_are_as_in_v3_and_there_are_no_webhooks() {
    let caspio = sample().await;

    let fields = caspio.json("tables/Contacts/passwordFields", &[]).await;
    let webhooks = caspio.get("outgoingWebhooks", &[]).await;

    assert!(fields["Result"].is_array());
    assert_eq!(webhooks.status(), StatusCode::NOT_FOUND);
}
