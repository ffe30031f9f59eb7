//! Reading records over v3: paging and its traps, values, refusals.

mod common;

use caspio_emulator::{ApiProfile, Emulator, Rights};
use common::{Caspio, code, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::HashSet;

fn keys(rows: &[Value]) -> Vec<i64> {
    rows.iter()
        .map(|row| row["PK_ID"].as_i64().expect("a key"))
        .collect()
}

#[tokio::test]
async fn tables_and_views_are_lists_of_names() {
    let caspio = Caspio::sample().await;

    let tables = caspio.json("tables", &[]).await;
    let views = caspio.json("views", &[]).await;
    let one = caspio.json("tables/contacts", &[]).await;

    assert_eq!(tables["Result"][0], "Contacts");
    assert_eq!(views["Result"], json!(["Order_Details", "Active_Contacts"]));
    assert_eq!(one["Result"]["Name"], "Contacts");
}

#[tokio::test]
async fn fields_report_their_type_and_hide_the_key() {
    let caspio = Caspio::sample().await;

    let fields = caspio.json("tables/Contacts/fields", &[]).await;
    let fields = fields["Result"].as_array().expect("a list");

    assert!(fields.iter().all(|field| field["Name"] != "PK_ID"));
    let find = |name: &str| {
        fields
            .iter()
            .find(|field| field["Name"] == name)
            .expect("the field")
    };
    assert_eq!(find("Code")["Type"], "RANDOM ID");
    assert_eq!(find("Code")["Length"], 8);
    assert_eq!(find("Full_Name")["IsFormula"], true);
    assert_eq!(find("Full_Name")["Editable"], false);
    assert_eq!(find("Interests")["ListField"]["1"], "Sailing");
    assert_eq!(find("Email").get("ListField"), None);
}

#[tokio::test]
async fn field_of_a_view_reports_its_origin() {
    let caspio = Caspio::sample().await;

    let field = caspio.json("views/Order_Details/fields/Product", &[]).await;

    assert_eq!(field["Result"]["Name"], "Product");
    assert_eq!(field["Result"]["TableFieldName"], "Products.Name");
    assert_eq!(field["Result"]["Editable"], false);
}

#[tokio::test]
async fn every_type_reads_as_documented() {
    let caspio = Caspio::sample().await;

    let rows = caspio
        .rows("tables/Contacts/records", &[("q.where", "PK_ID=1")])
        .await;
    let row = &rows[0];

    assert_eq!(row["PK_ID"], 1);
    assert_eq!(row["Contact_ID"], 1);
    assert_eq!(row["Number"], "C-0001");
    assert!(row["Active"].is_boolean());
    assert!(row["Updated"].as_str().is_some_and(|text| text.len() >= 19));
    assert_eq!(row["Guid"].as_str().map(str::len), Some(36));
    assert_eq!(row.get("Secret"), None, "a password is never returned");
}

#[tokio::test]
async fn money_is_exact_to_its_last_digit() {
    let caspio = Caspio::sample().await;
    let smallest = caspio
        .get(
            "tables/Contacts/records",
            &[
                ("q.select", "Balance"),
                ("q.where", "PK_ID IN (1,2,3)"),
                ("q.orderBy", "PK_ID"),
            ],
        )
        .await
        .text()
        .await
        .expect("a body");

    assert!(smallest.contains(r#"{"Balance":-0.0001}"#), "{smallest}");
}

#[tokio::test]
async fn a_where_of_sql_server_finds_the_expected_records() {
    let caspio = Caspio::sample().await;
    for filter in [
        "Last_Name = 'O''Brien'",
        "Last_Name LIKE 'O''B%' AND Last_Name IS NOT NULL",
        "[Last_Name] IN (N'O''Brien')",
        "last_name = 'o''brien'",
    ] {
        let rows = caspio
            .rows("tables/Contacts/records", &[("q.where", filter)])
            .await;

        assert!(!rows.is_empty(), "{filter}");
        assert!(rows.iter().all(|row| row["Last_Name"] == "O'Brien"));
    }
}

#[tokio::test]
async fn aggregates_group_and_name_their_columns() {
    let caspio = Caspio::sample().await;

    let rows = caspio
        .rows(
            "tables/Contacts/records",
            &[
                ("q.select", "City, COUNT(*) AS people"),
                ("q.groupBy", "City"),
                ("q.orderBy", "City"),
            ],
        )
        .await;

    let people: i64 = rows.iter().filter_map(|row| row["people"].as_i64()).sum();
    assert_eq!(people, 200);
}

#[tokio::test]
async fn pages_in_a_total_order_contain_every_record_once() {
    let caspio = Caspio::sample().await;
    let mut all = Vec::new();

    for page in 1..=5 {
        let page = page.to_string();
        let rows = caspio
            .rows(
                "tables/Contacts/records",
                &[
                    ("q.orderBy", "PK_ID"),
                    ("q.pageNumber", &page),
                    ("q.pageSize", "40"),
                ],
            )
            .await;
        all.extend(keys(&rows));
    }

    assert_eq!(all, (1..=200).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_without_an_order_skip_and_repeat_records() {
    let caspio = Caspio::sample().await;
    let mut all = HashSet::new();

    for page in ["1", "2", "3", "4", "5"] {
        let rows = caspio
            .rows(
                "tables/Contacts/records",
                &[("q.pageNumber", page), ("q.pageSize", "40")],
            )
            .await;
        assert_eq!(rows.len(), 40);
        all.extend(keys(&rows));
    }

    assert!(all.len() < 200, "{} records", all.len());
}

#[tokio::test]
async fn the_arbitrary_order_is_the_same_for_the_same_seed() {
    let first = Caspio::start(Emulator::builder().sample_orders(0).seed(7)).await;
    let second = Caspio::start(Emulator::builder().sample_orders(0).seed(7)).await;

    let first = first.rows("tables/Contacts/records", &[]).await;
    let second = second.rows("tables/Contacts/records", &[]).await;

    assert_eq!(keys(&first), keys(&second));
}

#[tokio::test]
async fn limit_is_ignored_with_page_numbers() {
    let caspio = Caspio::sample().await;
    let count =
        async |query: &[(&str, &str)]| caspio.rows("tables/Orders/records", query).await.len();

    assert_eq!(count(&[]).await, 100);
    assert_eq!(count(&[("q.limit", "7")]).await, 7);
    assert_eq!(count(&[("q.limit", "5000")]).await, 500);
    assert_eq!(count(&[("q.limit", "50"), ("q.pageNumber", "1")]).await, 25);
    assert_eq!(count(&[("q.limit", "50"), ("q.pageSize", "10")]).await, 10);
    assert_eq!(count(&[("q.pageNumber", "1000")]).await, 0);
}

#[tokio::test]
async fn parameters_out_of_range_are_refused() {
    let caspio = Caspio::sample().await;

    for (name, value) in [
        ("q.pageSize", "4"),
        ("q.pageSize", "1001"),
        ("q.pageSize", "x"),
        ("q.limit", "abc"),
        ("q.limit", "2147483648"),
        ("q.pageNumber", "2147483648"),
        ("q.where", "Age >"),
        ("q.orderBy", "Age; DROP TABLE x"),
    ] {
        assert_eq!(
            caspio
                .refusal("tables/Contacts/records", &[(name, value)])
                .await,
            (400, "IncorrectQueryParameter".into()),
            "{name}={value}"
        );
    }
}

#[tokio::test]
async fn total_is_returned_on_request() {
    let caspio = Caspio::sample().await;
    let query = [("q.pageSize", "10"), ("q.getPaginationInfo", "true")];

    let asked = caspio.json("tables/Orders/records", &query).await;
    let not_asked = caspio.json("tables/Orders/records", &query[..1]).await;

    assert_eq!(
        asked["Pagination"],
        json!({ "TotalCount": 500, "PageNumber": 1, "PageSize": 10 })
    );
    assert_eq!(not_asked["Pagination"], Value::Null);
}

#[tokio::test]
async fn parameter_names_ignore_case_and_unknown_ones_are_ignored() {
    let caspio = Caspio::sample().await;

    let rows = caspio
        .rows(
            "TABLES/contacts/Records",
            &[
                ("Where", "PK_ID=5"),
                ("Q.SELECT", "PK_ID"),
                ("q.distinct", "true"),
                ("q.orderBy", ""),
            ],
        )
        .await;

    assert_eq!(rows, [json!({ "PK_ID": 5 })]);
}

#[tokio::test]
async fn a_view_joins_and_its_key_is_a_text() {
    let caspio = Caspio::sample().await;

    let rows = caspio
        .rows(
            "views/Order_Details/records",
            &[
                ("q.select", "PK_ID, _PK_ID_Orders, _PK_ID_Contacts, Product"),
                ("q.where", "_PK_ID_Orders = 1"),
            ],
        )
        .await;

    let key = rows[0]["PK_ID"].as_str().expect("a text");
    let mut parts = key.split(',');
    assert_eq!(parts.next(), Some("1"));
    assert_eq!(
        parts.next().map(str::to_owned),
        Some(rows[0]["_PK_ID_Contacts"].to_string())
    );
    assert_eq!(parts.count(), 1, "{key}");
}

#[tokio::test]
async fn odd_names_and_values_round_trip() {
    let caspio = Caspio::sample().await;
    let path = format!(
        "tables/{}/records",
        common::encode("Odd [Names] & \"Quotes\"")
    );

    let rows = caspio
        .rows(
            &path,
            &[
                ("q.select", "[Two Words], [It's], [[Bracket]]], [🙂 Mood]"),
                ("q.where", "[It's] = N'🙂🚀👩‍👩‍👧' OR [Two Words] IS NULL"),
            ],
        )
        .await;

    // Emoji have no weight in a comparison, so that other texts without a letter match as well.
    let has_letters = |text: &str| text.contains(|letter: char| letter.is_ascii_alphanumeric());
    assert!(rows.iter().any(|row| row["It's"] == "🙂🚀👩‍👩‍👧"));
    assert!(rows.iter().all(|row| {
        row["Two Words"].is_null() || !row["It's"].as_str().is_some_and(has_letters)
    }));
    assert!(rows[0].get("[Bracket]").is_some());
}

#[tokio::test]
async fn missing_objects_have_different_codes() {
    let caspio = Caspio::sample().await;

    assert_eq!(
        caspio.refusal("tables/Nothing/records", &[]).await,
        (404, "TableNotFound".into())
    );
    assert_eq!(
        caspio.refusal("views/Nothing", &[]).await,
        (404, "ViewNotFound".into())
    );
    assert_eq!(
        caspio.refusal("tables/Contacts/fields/Nothing", &[]).await,
        (404, "FieldNotFound".into())
    );
    let (status, _) = caspio
        .refusal("tables/Contacts/records", &[("q.select", "Nothing")])
        .await;
    assert_eq!(status, 500);
    let (status, _) = caspio
        .refusal("tables/Contacts/records", &[("q.select", "Secret")])
        .await;
    assert!(status >= 400);
}

#[tokio::test]
async fn a_wrong_base_or_path_is_404_and_a_wrong_method_405() {
    let caspio = Caspio::sample().await;
    let status = async |method: Method, url: String| {
        caspio
            .http
            .request(method, url)
            .bearer_auth(&caspio.token)
            .send()
            .await
            .expect("a response")
            .status()
    };
    let url = caspio.emulator.url();

    assert_eq!(
        status(Method::GET, format!("{url}/rest/v3/tables")).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        status(Method::GET, caspio.url("nothing")).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        status(Method::DELETE, caspio.url("tables/Contacts")).await,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn url_above_2047_characters_is_414() {
    let caspio = Caspio::sample().await;
    let base = caspio.url("tables?x=").len();

    let fits = caspio
        .get("tables", &[("x", &"a".repeat(2_047 - base))])
        .await;
    let over = caspio
        .get("tables", &[("x", &"a".repeat(2_048 - base))])
        .await;

    assert_eq!(fits.status(), StatusCode::OK);
    assert_eq!(over.status(), StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn every_response_has_a_request_id_and_errors_repeat_it() {
    let caspio = Caspio::sample().await;

    let fine = caspio.get("tables", &[]).await;
    let refused = caspio.get("tables/Nothing", &[]).await;

    assert!(fine.headers().contains_key("X-Caspio-Request-ID"));
    let id = refused.headers()["X-Caspio-Request-ID"].clone();
    let (_, body) = read(refused).await;
    assert_eq!(code(&body), "TableNotFound");
    assert_eq!(body["RequestId"], id.to_str().expect("text"));
    assert_eq!(body["Resource"], caspio.url("tables/Nothing?"));
}

#[tokio::test]
async fn a_profile_sees_only_granted_objects() {
    let caspio = Caspio::start(
        Emulator::builder()
            .sample_orders(10)
            .profile(ApiProfile::new("few", "few").grant("Orders", Rights::READ)),
    )
    .await;
    let body = "grant_type=client_credentials&client_id=few&client_secret=few";
    let response = caspio
        .http
        .post(format!("{}/oauth/token", caspio.emulator.url()))
        .body(body)
        .send()
        .await
        .expect("a response");
    let (_, token) = read(response).await;
    let few = Caspio {
        token: token["access_token"].as_str().expect("a token").to_owned(),
        ..caspio
    };

    assert_eq!(few.json("tables", &[]).await["Result"], json!(["Orders"]));
    assert_eq!(few.rows("tables/Orders/records", &[]).await.len(), 10);
    assert_eq!(
        few.refusal("tables/Contacts/records", &[]).await,
        (403, "UnsufficientPrivileges".into())
    );
    assert_eq!(
        few.refusal(
            "tables/Orders/records",
            &[("q.where", "Contact_ID IN (SELECT Contact_ID FROM Contacts)")],
        )
        .await,
        (400, "IncorrectQueryParameter".into())
    );
}

#[tokio::test]
async fn calls_are_counted_by_operation_and_status() {
    let caspio = Caspio::sample().await;

    caspio
        .rows("tables/Orders/records", &[("q.limit", "5")])
        .await;
    caspio.refusal("tables/Nothing/records", &[]).await;
    caspio.json("tables", &[]).await;

    let calls = caspio.emulator.calls();
    assert_eq!(calls.total(), 3);
    assert_eq!(calls.records_reads(), 2);
    assert_eq!(calls.responses("ListTableRecords", 404), 1);
    assert_eq!(calls.operation("ListTables"), 1);
    assert_eq!(calls.rows_sent(), 5);
}

#[tokio::test]
async fn parameter_for_sorting_is_refused_and_others_are_ignored() {
    let caspio = Caspio::sample().await;

    for sort in ["Name ASC", ""] {
        let refusal = caspio
            .refusal("tables/City/records", &[("q.sort", sort)])
            .await;
        assert_eq!(refusal, (400, "IncorrectQueryParameter".into()));
    }
    let others = [
        ("q.offset", "5"),
        ("q.distinct", "true"),
        ("q", "{}"),
        ("q.skip", "x"),
    ];
    assert_eq!(caspio.rows("tables/City/records", &others).await.len(), 12);
}

#[tokio::test]
async fn caller_who_accepts_only_xml_is_told_that_there_is_none() {
    let caspio = Caspio::sample().await;
    let answer = async |accept: &str| {
        let request = caspio.request(reqwest::Method::GET, "tables");
        let response = request.header("Accept", accept).send().await;
        common::read(response.expect("a response")).await
    };

    for accept in ["application/xml", "text/xml, application/xml;q=0.9"] {
        let (status, body) = answer(accept).await;
        assert_eq!(
            (status.as_u16(), common::code(&body)),
            (400, "NotEmulated".into())
        );
    }
    for accept in [
        "application/xml, application/json",
        "text/xml, */*",
        "application/json",
    ] {
        assert_eq!(answer(accept).await.0.as_u16(), 200, "{accept}");
    }
}
