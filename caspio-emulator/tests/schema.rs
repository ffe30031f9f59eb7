//! Creating and changing tables and fields over v3.

mod common;

use common::{Caspio, code};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn create(caspio: &Caspio, body: Value) -> (u16, String) {
    let (status, body) = caspio.send(Method::POST, "tables", body).await;
    (status.as_u16(), code(&body))
}

#[tokio::test]
async fn table_with_every_type_is_created_and_returned() {
    let caspio = Caspio::empty().await;
    let fields = json!([
        { "Name": "A", "Type": "AUTONUMBER", "Unique": true },
        { "Name": "B", "Type": "PREFIXED AUTONUMBER", "Unique": true, "Format": "001", "Prefix": "x" },
        { "Name": "C", "Type": "GUID", "Unique": true },
        { "Name": "D", "Type": "RANDOM ID", "Unique": true, "Format": "0U", "Length": 8 },
        { "Name": "E", "Type": "String", "Label": "Label", "Description": "About" },
        { "Name": "F", "Type": "TEXT" },
        { "Name": "G", "Type": "PASSWORD" },
        { "Name": "H", "Type": "NUMBER" },
        { "Name": "I", "Type": "INTEGER" },
        { "Name": "J", "Type": "CURRENCY" },
        { "Name": "K", "Type": "Date/Time" },
        { "Name": "L", "Type": "YES/NO" },
        { "Name": "M", "Type": "FILE" },
        { "Name": "N", "Type": "TIMESTAMP", "OnInsert": true, "TimeZone": "UTC" },
        { "Name": "O", "Type": "LIST-STRING", "ListField": ["Cat", "Dog"] },
        { "Name": "P", "Type": "LIST-NUMBER", "ListField": [15, "21"] },
        { "Name": "Q", "Type": "LIST-DATE/TIME", "ListField": ["2019-01-20"] },
        { "Name": "R", "Type": "ATTACHMENT" },
    ]);

    let (status, body) = caspio
        .send(
            Method::POST,
            "tables",
            json!({ "Name": "All", "Fields": fields }),
        )
        .await;

    assert_eq!(status, StatusCode::CREATED, "{body}");
    let fields = caspio.json("tables/All/fields", &[]).await;
    let fields = fields["Result"].as_array().expect("a list");
    assert_eq!(fields.len(), 18);
    assert_eq!(fields[4]["Label"], "Label");
    assert_eq!(fields[14]["ListField"], json!({ "1": "Cat", "2": "Dog" }));
    assert_eq!(fields[15]["ListField"], json!({ "1": 15, "2": 21 }));
    assert_eq!(
        fields[16]["ListField"],
        json!({ "1": "2019-01-20T00:00:00" })
    );
    caspio.rows("tables/All/records", &[]).await;
}

#[tokio::test]
async fn invalid_table_is_refused() {
    let caspio = Caspio::empty().await;
    let bad_body = (400, "IncorrectBodyParameter".to_owned());
    let field = json!({ "Name": "A", "Type": "STRING" });

    for body in [
        json!({ "Name": "T", "Columns": [field] }),
        json!({ "Fields": [field] }),
        json!({ "Name": "T", "Fields": [{ "Name": "A", "Type": "BLOB" }] }),
        json!({ "Name": "T", "Fields": [{ "Name": "A", "Type": "GUID" }] }),
        json!({ "Name": "T", "Fields": [field, field] }),
    ] {
        assert_eq!(create(&caspio, body.clone()).await, bad_body, "{body}");
    }
}

#[tokio::test]
async fn a_length_is_read_for_random_ids_only() {
    let caspio = Caspio::empty().await;
    let table = |field: Value| json!({ "Name": "T", "Fields": [field] });
    let id =
        json!({ "Name": "A", "Type": "RANDOM ID", "Unique": true, "Format": "U", "Length": -1 });
    let text = json!({ "Name": "A", "Type": "STRING", "Length": -1 });

    let (status, code) = create(&caspio, table(id)).await;
    assert_eq!((status, code.as_str()), (400, "IncorrectBodyParameter"));
    assert_eq!(create(&caspio, table(text)).await.0, 201);
}

#[tokio::test]
async fn new_field_is_filled_in_existing_records() {
    let caspio = Caspio::sample().await;
    for field in [
        json!({ "Name": "Remark", "Type": "STRING" }),
        json!({ "Name": "Serial", "Type": "GUID", "Unique": true }),
        json!({ "Name": "Number", "Type": "AUTONUMBER", "Unique": true, "DisplayOrder": 1 }),
    ] {
        let (status, body) = caspio.send(Method::POST, "tables/City/fields", field).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }

    let rows = caspio
        .rows("tables/City/records", &[("q.orderBy", "PK_ID")])
        .await;
    let fields = caspio.json("tables/City/fields", &[]).await;

    assert_eq!(rows[0]["Remark"], "");
    assert_eq!(rows[1]["Number"], 2);
    assert_ne!(rows[0]["Serial"], rows[1]["Serial"]);
    assert_eq!(fields["Result"][0]["Name"], "Number");
}

#[tokio::test]
async fn a_field_changes_its_name_and_its_type() {
    let caspio = Caspio::sample().await;

    let (status, _) = caspio
        .send(
            Method::PUT,
            "tables/City/fields/Population",
            json!({ "Name": "People", "Type": "STRING" }),
        )
        .await;

    assert_eq!(status, StatusCode::NO_CONTENT);
    let rows = caspio
        .rows("tables/City/records", &[("q.where", "PK_ID=1")])
        .await;
    assert_eq!(rows[0]["People"], "114394");
    assert_eq!(rows[0].get("Population"), None);
}

#[tokio::test]
async fn a_list_that_is_redefined_keeps_its_keys() {
    let caspio = Caspio::sample().await;

    let (status, _) = caspio
        .send(
            Method::PUT,
            "tables/Contacts/fields/Interests",
            json!({ "ListField": ["Chess", "Knitting"] }),
        )
        .await;

    assert_eq!(status, StatusCode::NO_CONTENT);
    let field = caspio.json("tables/Contacts/fields/Interests", &[]).await;
    assert_eq!(
        field["Result"]["ListField"],
        json!({ "2": "Chess", "7": "Knitting" })
    );
}

#[tokio::test]
async fn unique_field_refuses_duplicates() {
    let caspio = Caspio::sample().await;

    let (status, body) = caspio
        .send(
            Method::PUT,
            "tables/Contacts/fields/City",
            json!({ "Unique": true }),
        )
        .await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(code(&body), "SqlServerError");
}

#[tokio::test]
async fn new_unique_field_needs_values_that_differ() {
    let caspio = Caspio::sample().await;
    for ty in ["STRING", "NUMBER", "CURRENCY", "DATE/TIME", "YES/NO"] {
        let field = json!({ "Name": "New", "Type": ty, "Unique": true });

        let (status, body) = caspio.send(Method::POST, "tables/City/fields", field).await;

        assert_eq!(status, StatusCode::BAD_REQUEST, "{ty}: {body}");
        assert_eq!(code(&body), "SqlServerError");
    }
    assert_eq!(
        caspio.json("tables/City/fields", &[]).await["Result"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn name_of_the_key_and_long_names_are_refused() {
    let caspio = Caspio::sample().await;
    let bad_body = (400, "IncorrectBodyParameter".to_owned());
    let long = "x".repeat(129);
    for name in ["PK_ID", "pk_id", &long] {
        let field = json!({ "Name": name, "Type": "STRING" });
        let table = json!({ "Name": "Odd", "Fields": [field] });

        assert_eq!(create(&caspio, table).await, bad_body, "{name}");
        let (added, _) = caspio.send(Method::POST, "tables/City/fields", field).await;
        let renamed = json!({ "Name": name });
        let (renamed, _) = caspio
            .send(Method::PUT, "tables/City/fields/State", renamed)
            .await;
        assert_eq!((added.as_u16(), renamed.as_u16()), (400, 400), "{name}");
    }
}

#[tokio::test]
async fn table_has_at_most_1024_columns() {
    let caspio = Caspio::empty().await;
    let field = |number: usize| json!({ "Name": format!("F{number}"), "Type": "STRING" });
    let table = |fields: usize| {
        let fields: Vec<_> = (0..fields).map(field).collect();
        json!({ "Name": "Wide", "Fields": fields })
    };

    assert_eq!(create(&caspio, table(1_024)).await.0, 400);
    assert_eq!(create(&caspio, table(1_023)).await.0, 201);
    let (status, _) = caspio
        .send(Method::POST, "tables/Wide/fields", field(1_023))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let record = json!({ "F1022": "a" });
    let (status, body) = caspio
        .send(Method::POST, "tables/Wide/records", record)
        .await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
}

#[tokio::test]
async fn field_of_a_view_or_formula_keeps_its_name_and_type() {
    let caspio = Caspio::sample().await;
    for (table, field) in [
        ("Orders", "Quantity"),
        ("Orders", "Contact_ID"),
        ("Contacts", "Active"),
    ] {
        let path = format!("tables/{table}/fields/{field}");
        for (method, body) in [
            (Method::DELETE, Value::Null),
            (Method::PUT, json!({ "Name": "Other" })),
            (Method::PUT, json!({ "Type": "TEXT" })),
        ] {
            let (status, body) = caspio.send(method, &path, body).await;

            assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {body}");
            assert_eq!(code(&body), "ReferentialIntegrity");
        }
        let (status, _) = caspio
            .send(Method::PUT, &path, json!({ "Label": "Other" }))
            .await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn table_and_view_may_have_one_name() {
    let caspio = Caspio::sample().await;
    let fields = json!([{ "Name": "Code", "Type": "STRING" }]);
    let table = json!({ "Name": "Order_Details", "Fields": fields });
    assert_eq!(create(&caspio, table).await.0, 201);
    let view = caspio_emulator::ViewDef::new("city", "City").field("City.Name");
    caspio.emulator.create_view(view).expect("a new view");

    let code = json!({ "Code": "a" });
    let (status, _) = caspio
        .send(Method::POST, "tables/Order_Details/records", code)
        .await;
    let changed = json!({ "Quantity": 3 });
    let path = "views/Order_Details/records?q.where=Order_ID%3D7%20AND%20Order_Details.Order_ID%3D7&response=rows";
    let (_, changed) = caspio.send(Method::PUT, path, changed).await;

    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(changed["RecordsAffected"], 1);
    assert_eq!(changed["Result"][0]["Quantity"], 3);
    let rows = caspio.rows("tables/Order_Details/records", &[]).await;
    assert_eq!(rows, [json!({ "PK_ID": 1, "Code": "a" })]);
    let rows = caspio
        .rows("views/city/records", &[("q.where", "PK_ID='1'")])
        .await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get("Population"), None);
    let of_table = [
        ("q.where", "'a' IN (SELECT Code FROM Order_Details)"),
        ("q.limit", "1"),
    ];
    assert_eq!(
        caspio
            .rows("views/Order_Details/records", &of_table)
            .await
            .len(),
        1
    );
    let of_view = [(
        "q.where",
        "EXISTS (SELECT 1 FROM _v_Order_Details WHERE Quantity = 3)",
    )];
    assert_eq!(
        caspio
            .rows("tables/Order_Details/records", &of_view)
            .await
            .len(),
        1
    );
}
