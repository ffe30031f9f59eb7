//! Writing records over v3: accepted, generated and refused values.

mod common;

use caspio_emulator::{DataType, FieldDef, TableDef, ViewDef};
use common::{Caspio, code, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const RECORDS: &str = "tables/Pets/records";

/// A table with a field of every kind that a write may use.
async fn pets() -> Caspio {
    let caspio = Caspio::empty().await;
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Pet_ID", DataType::Autonumber))
        .field(
            FieldDef::new("Tag", DataType::PrefixedAutonumber)
                .prefix("P-")
                .format("001"),
        )
        .field(FieldDef::new("Code", DataType::RandomId).length(8))
        .field(FieldDef::new("Guid", DataType::Guid))
        .field(FieldDef::new("Name", DataType::Text255).unique())
        .field(FieldDef::new("Notes", DataType::Text64000))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Weight", DataType::Number))
        .field(FieldDef::new("Age", DataType::Integer))
        .field(FieldDef::new("Born", DataType::DateTime))
        .field(FieldDef::new("Tame", DataType::YesNo))
        .field(FieldDef::new("Photo", DataType::File))
        .field(FieldDef::new("Secret", DataType::Password))
        .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog", "Frog"]))
        .field(FieldDef::new("Made", DataType::Timestamp).on_insert())
        .field(FieldDef::new("Changed", DataType::Timestamp).on_update())
        .field(FieldDef::new("Shout", DataType::Text64000).formula("Name + '!'"));
    caspio.emulator.create_table(table).expect("a new table");
    caspio
}

async fn insert(caspio: &Caspio, record: Value) -> Value {
    let path = format!("{RECORDS}?response=rows");
    let (status, mut body) = caspio.send(Method::POST, &path, record).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["Result"][0].take()
}

async fn refused(caspio: &Caspio, record: Value) -> (u16, String) {
    let (status, body) = caspio.send(Method::POST, RECORDS, record).await;
    (status.as_u16(), code(&body))
}

#[tokio::test]
async fn insert_returns_only_the_url_of_the_record() {
    let caspio = pets().await;

    let response = caspio
        .request(Method::POST, RECORDS)
        .header("Content-Type", "application/json")
        .body(r#"{"Name":"Rex"}"#)
        .send()
        .await
        .expect("a response");

    assert_eq!(response.status(), StatusCode::CREATED);
    let location = response.headers()["Location"].to_str().expect("text");
    assert_eq!(location, caspio.url("tables/Pets/records/1"));
    assert_eq!(response.text().await.expect("a body"), "");
}

#[tokio::test]
async fn omitted_fields_get_defaults_and_generated_fields_get_values() {
    let caspio = pets().await;

    let row = insert(&caspio, json!({ "Name": "Rex" })).await;

    assert_eq!(row["PK_ID"], 1);
    assert_eq!(row["Pet_ID"], 1);
    assert_eq!(row["Tag"], "P-001");
    assert_eq!(row["Code"].as_str().map(str::len), Some(8));
    assert_eq!(row["Guid"].as_str().map(str::len), Some(36));
    assert_eq!(row["Notes"], "");
    assert_eq!(row["Tame"], false);
    assert_eq!(row["Shout"], "Rex!");
    assert!(row["Made"].is_string());
    for field in [
        "Price", "Weight", "Age", "Born", "Photo", "Kinds", "Changed",
    ] {
        assert_eq!(row[field], Value::Null, "{field}");
    }
    assert_eq!(row.get("Secret"), None);
}

#[tokio::test]
async fn every_value_reads_as_it_was_written() {
    let caspio = pets().await;
    let record = json!({
        "Name": "O'Rex 🙂", "Notes": "a\nb", "Price": 12.5, "Weight": 0.1, "Age": -3,
        "Born": "2020-02-29T01:02:03.607", "Tame": true, "Kinds": [3, 1], "Secret": "s",
    });

    let row = insert(&caspio, record.clone()).await;

    for field in ["Name", "Notes", "Price", "Weight", "Age", "Born", "Tame"] {
        assert_eq!(row[field], record[field], "{field}");
    }
    assert_eq!(row["Kinds"], json!({ "1": "Cat", "3": "Frog" }));
}

#[tokio::test]
async fn trailing_zone_of_a_date_is_cut_off() {
    let caspio = pets().await;

    let row = insert(&caspio, json!({ "Born": "2020-02-29T00:00:00.000Z" })).await;

    assert_eq!(row["Born"], "2020-02-29T00:00:00");
}

#[tokio::test]
async fn one_unknown_name_refuses_the_record_and_all_are_named() {
    let caspio = pets().await;

    let (status, body) = caspio
        .send(
            Method::POST,
            RECORDS,
            json!({ "Name": "Rex", "CUID": 1, "CommunityName": 2 }),
        )
        .await;

    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body["Code"], "FieldNotFound");
    assert_eq!(
        body["Message"],
        "Cannot perform operation because the following field(s) do not exist: \
         'CUID', 'CommunityName'."
    );
    assert_eq!(caspio.emulator.count("Pets").expect("the table"), 0);
}

#[tokio::test]
async fn a_value_that_does_not_fit_names_its_field() {
    let caspio = pets().await;
    for record in [
        json!({ "Age": "old" }),
        json!({ "Age": "0.5" }),
        json!({ "Born": "" }),
        json!({ "Name": "x".repeat(256) }),
        json!({ "Kinds": "Cat" }),
        json!({ "Kinds": [9] }),
        json!({ "Tame": "maybe" }),
    ] {
        assert_eq!(
            refused(&caspio, record.clone()).await,
            (400, "InvalidInputValue".into()),
            "{record}"
        );
    }
}

#[tokio::test]
async fn generated_fields_are_read_only() {
    let caspio = pets().await;
    for field in ["PK_ID", "Pet_ID", "Tag", "Code", "Guid", "Made", "Shout"] {
        assert_eq!(
            refused(&caspio, json!({ (field): 1 })).await,
            (400, "AlterReadOnlyData".into()),
            "{field}"
        );
    }
}

#[tokio::test]
async fn duplicate_of_a_unique_value_is_refused_ignoring_case() {
    let caspio = pets().await;
    insert(&caspio, json!({ "Name": "Rex" })).await;

    let again = refused(&caspio, json!({ "Name": "REX" })).await;

    assert_eq!(again, (400, "SqlServerError".into()));
}

#[tokio::test]
async fn a_body_is_one_json_object() {
    let caspio = pets().await;
    let post = async |content_type: Option<&str>, body: &'static str| {
        let mut request = caspio.request(Method::POST, RECORDS).body(body);
        if let Some(content_type) = content_type {
            request = request.header("Content-Type", content_type);
        }
        let (status, body) = read(request.send().await.expect("a response")).await;
        (status.as_u16(), code(&body))
    };
    let json = Some("application/json; charset=utf-8");

    let array = post(json, r#"[{"Name":"Rex"}]"#).await;
    let broken = post(json, r#"{"Name":"#).await;
    let plain = post(Some("text/plain"), "{}").await;
    let missing = post(None, "{}").await;

    assert_eq!(array, (400, "IncorrectBodyParameter".into()));
    assert_eq!(broken, (400, "IncorrectBodyParameter".into()));
    assert_eq!(plain, (415, String::new()));
    assert_eq!(missing, (415, String::new()));

    let none = format!("{RECORDS}?q.where=Name='Nobody'");
    let deleted = caspio.request(Method::DELETE, &none).send().await;
    assert_eq!(
        deleted.expect("a response").status(),
        200,
        "no body, no content type"
    );
}

#[tokio::test]
async fn update_counts_records_and_returns_them_on_request() {
    let caspio = pets().await;
    insert(&caspio, json!({ "Name": "Rex", "Age": 1 })).await;
    insert(&caspio, json!({ "Name": "Tom", "Age": 2 })).await;

    let (status, counted) = caspio
        .send(
            Method::PUT,
            &format!("{RECORDS}?q.where=Age%3E0"),
            json!({ "Notes": "seen", "Kinds": [2] }),
        )
        .await;
    let (_, rows) = caspio
        .send(
            Method::PUT,
            &format!("{RECORDS}?response=rows&where=Name%3D'Tom'"),
            json!({ "Age": null }),
        )
        .await;
    let (_, none) = caspio
        .send(
            Method::PUT,
            &format!("{RECORDS}?q.where=Age%3D99"),
            json!({ "Age": 1 }),
        )
        .await;

    assert_eq!(status, StatusCode::OK);
    assert_eq!(counted, json!({ "RecordsAffected": 2 }));
    assert_eq!(rows["RecordsAffected"], 1);
    assert_eq!(rows["Result"][0]["Age"], Value::Null);
    assert_eq!(rows["Result"][0]["Notes"], "seen");
    assert!(rows["Result"][0]["Changed"].is_string());
    assert_eq!(none, json!({ "RecordsAffected": 0 }));
}

#[tokio::test]
async fn a_write_without_a_condition_is_refused() {
    let caspio = pets().await;
    insert(&caspio, json!({ "Name": "Rex" })).await;

    let (put, _) = caspio.send(Method::PUT, RECORDS, json!({ "Age": 1 })).await;
    let (delete, _) = caspio.send(Method::DELETE, RECORDS, Value::Null).await;

    assert_eq!(put, StatusCode::BAD_REQUEST);
    assert_eq!(delete, StatusCode::BAD_REQUEST);
    assert_eq!(caspio.emulator.count("Pets").expect("the table"), 1);
}

#[tokio::test]
async fn a_refused_update_changes_nothing() {
    let caspio = pets().await;
    insert(&caspio, json!({ "Name": "Rex" })).await;
    insert(&caspio, json!({ "Name": "Tom" })).await;

    let (status, _) = caspio
        .send(
            Method::PUT,
            &format!("{RECORDS}?q.where=PK_ID%3E0"),
            json!({ "Name": "Same" }),
        )
        .await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    let rows = caspio.rows(RECORDS, &[("q.orderBy", "PK_ID")]).await;
    assert_eq!(rows[0]["Name"], "Rex");
}

#[tokio::test]
async fn delete_counts_records_and_keys_are_not_reused() {
    let caspio = pets().await;
    insert(&caspio, json!({ "Name": "Rex" })).await;

    let (status, body) = caspio
        .send(
            Method::DELETE,
            &format!("{RECORDS}?q.where=PK_ID%3D1"),
            Value::Null,
        )
        .await;
    let next = insert(&caspio, json!({ "Name": "Tom" })).await;

    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, json!({ "RecordsAffected": 1 }));
    assert_eq!(next["PK_ID"], 2);
    assert_eq!(next["Pet_ID"], 2);
}

#[tokio::test]
async fn a_password_has_its_own_operation() {
    let caspio = pets().await;
    insert(&caspio, json!({ "Name": "Rex" })).await;

    let listed = caspio.json("tables/Pets/passwordFields", &[]).await;
    let (status, set) = caspio
        .send(
            Method::PUT,
            "tables/Pets/passwordFields/Secret?q.where=PK_ID%3D1",
            json!({ "Value": "new" }),
        )
        .await;
    let (unknown, _) = caspio
        .send(
            Method::PUT,
            "tables/Pets/passwordFields/Name?q.where=PK_ID%3D1",
            json!({ "Value": "new" }),
        )
        .await;

    assert_eq!(listed["Result"], json!(["Secret"]));
    assert_eq!(status, StatusCode::OK);
    assert_eq!(set, json!({ "RecordsAffected": 1 }));
    assert_eq!(unknown, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn view_of_one_table_accepts_writes_and_hides_filtered_records() {
    let caspio = pets().await;
    let view = ViewDef::new("Tame_Pets", "Pets")
        .field_as("Pets.Name", "Pet")
        .field("Pets.Tame")
        .filter("Tame = 1");
    caspio.emulator.create_view(view).expect("a new view");
    let path = "views/Tame_Pets/records?response=rows";

    let (_, shown) = caspio
        .send(Method::POST, path, json!({ "Pet": "Rex", "Tame": true }))
        .await;
    let (status, hidden) = caspio
        .send(Method::POST, path, json!({ "Pet": "Tom", "Tame": false }))
        .await;

    assert_eq!(
        shown["Result"],
        json!([{ "PK_ID": "1", "Pet": "Rex", "Tame": true }])
    );
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(hidden["Result"], json!([]));
    assert_eq!(caspio.emulator.count("Pets").expect("the table"), 2);
}

#[tokio::test]
async fn a_view_of_several_tables_writes_to_the_editable_one() {
    let caspio = Caspio::sample().await;

    let (status, body) = caspio
        .send(
            Method::PUT,
            "views/Order_Details/records?response=rows&q.where=_PK_ID_Orders%3D1",
            json!({ "Status": "Seen" }),
        )
        .await;
    let (refused, _) = caspio
        .send(
            Method::PUT,
            "views/Order_Details/records?q.where=_PK_ID_Orders%3D1",
            json!({ "Product": "Other" }),
        )
        .await;

    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["RecordsAffected"], 1);
    assert_eq!(body["Result"][0]["Status"], "Seen");
    assert_eq!(refused, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn emoji_are_accepted_unless_refuse_emoji_is_set() {
    let caspio = Caspio::start(
        caspio_emulator::Emulator::builder()
            .sample_orders(0)
            .refuse_emoji(),
    )
    .await;

    let (status, body) = caspio
        .send(Method::POST, "tables/City/records", json!({ "Name": "🙂" }))
        .await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(code(&body), "AlterReadOnlyData");
}
