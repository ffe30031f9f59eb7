//! Recordings of a client's calls: nothing of an account is in them.

use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio::raw::{HeaderName, HeaderValue, Method};
use caspio::{ApiVersion, Capability, RateLimiter, RetryPolicy};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::scripted::client_of;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What every name and value of these tests has, so that it is found in any form: letters, digits of numbers and of
/// dates.
const MARKS: [&str; 4] = ["zqx", "zq\\u", "8642097", "1987"];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("calls.jsonl")
    }
}

/// Returns the lines of a recording, after a search for the marks.
fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("a recording");
    for mark in MARKS {
        let found = text.lines().find(|line| line.to_lowercase().contains(mark));
        assert_eq!(found, None, "{mark}");
    }
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines.collect()
}

/// The lines of a path, without the first line of the client.
fn of_path<'l>(lines: &'l [Value], method: &str, ending: &str) -> Vec<&'l Value> {
    let is_meant = |line: &&Value| {
        let path = line["path"].as_str().unwrap_or_default();
        line["method"] == method && path.ends_with(ending)
    };
    lines.iter().filter(is_meant).collect()
}

async fn account() -> Emulator {
    let emulator = Emulator::builder()
        .empty()
        .credentials("zqx-client", "zqx-secret-8642097")
        .start()
        .await
        .expect("an emulator");
    let table = TableDef::new("Zqx_Salaries")
        .field(FieldDef::new("Zqx_Name", DataType::Text255).unique())
        .field(FieldDef::new("Zqx_Pay", DataType::Currency))
        .field(FieldDef::new("Zqx_Age", DataType::Integer))
        .field(FieldDef::new("Zqx_Due", DataType::DateTime))
        .field(FieldDef::new("Zqx_Flag", DataType::YesNo))
        .field(FieldDef::new("Zqx_Word", DataType::Password));
    emulator.create_table(table).expect("a table");
    emulator
        .create_view(ViewDef::new("Zqx_View", "Zqx_Salaries").field("Zqx_Salaries.Zqx_Pay"))
        .expect("a view");
    emulator
        .insert(
            "Zqx_Salaries",
            json!({ "Zqx_Name": "zqx Ann", "Zqx_Pay": 8642097.25, "Zqx_Due": "1987-06-05T04:03:02" }),
        )
        .expect("a record");
    emulator
}

fn recorded(emulator: &Emulator, version: ApiVersion, file: &Path) -> Client {
    Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .retry(RetryPolicy::none())
        .record_to(file)
        .build()
        .expect("a client")
}

/// What the table is called in paths of a version, and how its parameters begin.
async fn spelling(caspio: &Client) -> (String, &'static str) {
    if caspio.supports(Capability::NamesInCalls) {
        return ("Zqx_Salaries".to_owned(), "q.");
    }
    let list = caspio.raw(Method::GET, "tables").await.expect("a list");
    let list: Value = list.json().expect("JSON");
    let id = list["data"][0]["tableId"].as_str().expect("an id");
    (id.to_owned(), "")
}

/// Calls with marked names and values in every place, of which some are refused.
async fn use_every_place(caspio: &Client) {
    let table = caspio.table_named("Zqx_Salaries");
    let _ = caspio.tables().await;
    let _ = table.fields().await;
    let _ = caspio.view_named("Zqx_View").fields().await;
    let (segment, prefix) = spelling(caspio).await;
    read_by_conditions(caspio, &segment, prefix).await;
    write_rows(caspio, &segment).await;
    let row = RecordMap::from([("Zqx_Name", "zqx Dan")]);
    let _ = table.insert(&row).await;
    let eve = RecordMap::from([("Zqx_Name", "zqx Eve")]);
    let _ = table.insert_many(&[eve, row]).await;
    let _ = table.delete_where_raw("Zqx_Name = ?", ("zqx Dan",)).await;
    let password = ["tables", &segment, "passwordFields", "Zqx_Word"];
    let _ = caspio
        .raw(Method::PUT, password)
        .query("q.where", "Zqx_Name = 'zqx Ann'")
        .json(&json!({ "Value": "zqx-password" }))
        .await;
    let file = caspio.raw(Method::GET, ["files", "zqx"]);
    let _ = file.query("zqx", "zqx").any_body().await;
    let strange = Method::from_bytes(b"ZQX").expect("a method");
    let _ = caspio.raw(strange, "tables").await;
}

async fn read_by_conditions(caspio: &Client, segment: &str, prefix: &str) {
    for (condition, select) in [
        ("Zqx_Name = 'zqx Ann' AND [Zqx_Pay] > 8642097.5", "*"),
        (
            "Zqx_Due >= '1987-06-05' OR Zqx_Age IN (8642097, 1987)",
            "SUM(Zqx_Pay) AS zqx_total, 'zqx'",
        ),
        ("Zqx_Nothing = N'zqx'", "Zqx_Name"),
        ("Zqx_Name LIKE '%zqx%' -- zqx", "Zqx_Zero"),
        ("Zqx_Name = 8642097", "8642097"),
        (
            "EXISTS (SELECT zqx_alias.Zqx_Pay FROM Zqx_Salaries zqx_alias)",
            "[Zqx_Name]",
        ),
        ("Zqx_Name = 'zqx", "Zqx_Name"),
    ] {
        for limit in ["5", "zqx"] {
            let call = caspio.raw(Method::GET, ["tables", segment, "records"]);
            let _ = call
                .query(format!("{prefix}where"), condition)
                .query(format!("{prefix}select"), select)
                .query(format!("{prefix}orderBy"), "Zqx_Name, [Zqx_Pay] DESC")
                .query(format!("{prefix}limit"), limit)
                .query("zqx", "8642097")
                .header(
                    HeaderName::from_static("principal"),
                    HeaderValue::from_static("zqx"),
                )
                .header(
                    HeaderName::from_static("zqx-header"),
                    HeaderValue::from_static("zqx"),
                )
                .await;
        }
    }
}

async fn write_rows(caspio: &Client, segment: &str) {
    let rows = [
        json!({ "Zqx_Name": "zqx Bob", "Zqx_Pay": 8642097.5, "Zqx_Due": "1987-06-05T04:03:02", "Zqx_Word": "zqx" }),
        json!({ "Zqx_Name": "zqx Ann" }),
        json!({ "Zqx_Name": "zqx Cid", "zqx@example.com": { "zqx": ["zqx", { "8642097": 8642097 }] } }),
        json!({ "Zqx_Age": "zqx" }),
        json!([{ "Zqx_Name": "zqx Flo" }, { "Zqx_Name": "zqx Ann" }, { "Zqx_Age": "zqx" }]),
    ];
    for row in &rows {
        for path in [
            &["tables", segment, "records"][..],
            &["tables", segment, "records", "bulk"],
            &["zqx", "8642097"],
            &["tables", "zqx", "records", "8642097"],
        ] {
            let _ = caspio.raw(Method::POST, path).json(row).await;
            let change = json!({
                "where": "Zqx_Name = 'zqx' AND Zqx_Age < 8642097", "recordValues": row, "zqx": "zqx",
            });
            let _ = caspio.raw(Method::PATCH, path).json(&change).await;
        }
    }
}

#[tokio::test]
async fn a_recording_has_no_name_no_value_and_no_secret() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let (emulator, folder) = (account().await, Folder::new());
        let caspio = recorded(&emulator, version, &folder.file());

        use_every_place(&caspio).await;
        let (id, _) = spelling(&caspio).await;

        let lines = lines(&folder.file());
        assert!(!format!("{lines:?}").contains(&id), "{version}");
        assert_eq!(lines[0]["recording"], 1);
        assert_eq!(
            lines.len() as u64,
            emulator.calls().total() + 1,
            "{version}"
        );
        let statuses: BTreeSet<i64> = lines
            .iter()
            .filter_map(|line| line["status"].as_i64())
            .collect();
        for status in [200, 201, 400, 404] {
            assert!(
                statuses.contains(&status),
                "{version}: {status} of {statuses:?}"
            );
        }
        assert_eq!(caspio.recording_failure(), None);
    }
}

#[tokio::test]
async fn what_a_strange_server_says_is_not_in_a_recording() {
    let folder = Folder::new();
    let bodies = [
        r#"{"Result":[{"Zqx":1,"PK_ID":8642097},{"zqx":"zqx","Name":"zqx","\u007aqx":null}],"zqx":"zqx"}"#,
        r#"{"Code":"Zqx","Message":"zqx 'zqx' \"zqx\" 8642097 the zqx's","Resource":"zqx","RequestId":"zqx"}"#,
        r#"[{"name":"zqx","message":"zqx"},"zqx",8642097]"#,
        r#"{"error":"zqx","error_description":"zqx is not allowed"}"#,
        "<html>zqx</html>",
        "zqx",
        r#"{"data":[{"status":400,"error":"Field 'zqx' zqx","PK_ID":"8642097"}],"PK_ID":["8642097"]}"#,
    ];
    for body in bodies {
        for status in [200, 207, 302, 400, 404, 500] {
            let caspio = Client::builder()
                .account("zqx-account")
                .credentials("zqx", "zqx")
                .retry(RetryPolicy::none())
                .rate_limiter(RateLimiter::unlimited())
                .http_service(Arc::new(Strange(status, body)))
                .record_to(folder.file())
                .build()
                .expect("a client");
            for path in [
                "tables/zqx/records",
                "tables",
                "tables/zqx/fields",
                "tables/zqx/records/bulk",
                "zqx",
                "files/zqx",
            ] {
                let _ = caspio.raw(Method::GET, path).any_body().await;
                let _ = caspio
                    .raw(Method::POST, path)
                    .json(&json!({ "zqx": "zqx" }))
                    .await;
            }
        }
    }

    let lines = lines(&folder.file());
    assert!(lines.len() > 500, "{}", lines.len());
}

/// Responds to every call with a status and a body, and with marked headers.
#[derive(Debug)]
struct Strange(u16, &'static str);

impl HttpService for Strange {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let is_token = request.uri().path() == "/oauth/token";
        let (status, body) = match is_token {
            true => (
                200,
                r#"{"access_token":"zqx8642097","token_type":"bearer","zqx":1}"#,
            ),
            false => (self.0, self.1),
        };
        let mut response = http::Response::new(Body::from(body));
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        for (name, value) in [
            (
                "location",
                "https://zqx.caspio.com/zqx/tables/zqx/records/8642097?zqx",
            ),
            ("content-type", "application/json; zqx=8642097"),
            ("x-caspio-request-id", "zqx"),
            ("retry-after", "zqx"),
            ("allow", "zqx, GET"),
            ("www-authenticate", "Bearer realm=zqx"),
            ("set-cookie", "zqx"),
            ("zqx", "zqx"),
        ] {
            response.headers_mut().insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        async move { Ok(response) }.boxed()
    }
}

#[tokio::test]
async fn a_line_has_what_a_maintainer_needs() {
    let (emulator, folder) = (account().await, Folder::new());
    let caspio = recorded(&emulator, ApiVersion::V3, &folder.file());
    let table = caspio.table_named("Zqx_Salaries");

    table.fields().await.expect("the fields");
    let records = table.filter_raw("Zqx_Pay > 5", ());
    records.collect().await.expect("records");

    let lines = lines(&folder.file());
    let fields = of_path(&lines, "GET", "/tables/Table1/fields")[0];
    assert_eq!(fields["fields"][1]["type"], "CURRENCY");
    let pay = fields["fields"][1]["name"].as_str().expect("a stand-in");
    let read = of_path(&lines, "GET", "/tables/Table1/records")[0];
    let query = read["query"].to_string();
    assert!(query.contains(&format!("{pay} > {{integer}}")), "{query}");
    assert_eq!(read["status"], 200);
    assert_eq!(read["headers"]["x-caspio-request-id"], "present");
    let record = &read["response"]["json"]["object"]["Result"]["array"]["of"]["object"];
    assert_eq!(record["PK_ID"]["is"], json!(["integer"]), "{record}");
    let token = of_path(&lines, "POST", "/oauth/token")[0];
    assert_eq!(token["request"]["is"], "form");
}

#[tokio::test]
async fn clients_add_to_a_recording_and_to_no_other_file() {
    let (emulator, folder) = (account().await, Folder::new());
    for _ in 0..2 {
        let caspio = recorded(&emulator, ApiVersion::V3, &folder.file());
        caspio.tables().await.expect("the tables");
    }
    let other = folder.0.path().join("notes.txt");
    fs::write(&other, "my notes\n").expect("a file");

    let refused = Client::builder()
        .account("b3poa")
        .credentials("id", "secret")
        .record_to(&other)
        .build();

    let lines = lines(&folder.file());
    let clients: BTreeSet<&str> = lines
        .iter()
        .filter_map(|line| line["client"].as_str())
        .collect();
    assert_eq!((lines.len(), clients.len()), (6, 2));
    let error = refused.expect_err("an error");
    assert_eq!(error.kind(), caspio::ErrorKind::Config);
    assert_eq!(fs::read_to_string(&other).expect("a file"), "my notes\n");
}

#[tokio::test]
async fn calls_that_fail_or_are_given_up_have_a_line() {
    let folder = Folder::new();
    let emulator = Emulator::builder()
        .latency(Duration::from_secs(60))
        .start()
        .await
        .expect("an emulator");
    let caspio = Client::builder()
        .account(emulator.url())
        .auth(Arc::new(
            caspio::auth::BearerToken::new("zqx").expect("a token"),
        ))
        .timeout(Duration::from_millis(50))
        .retry(RetryPolicy::none())
        .record_to(folder.file())
        .build()
        .expect("a client");

    caspio.tables().await.expect_err("no response");
    drop(emulator);
    caspio.tables().await.expect_err("no connection");

    let lines = lines(&folder.file());
    assert_eq!(lines[1]["failure"], "given up");
    assert_eq!(lines[2]["failure"], "not sent");
    assert_eq!(lines[1].get("status"), None);
}

#[tokio::test]
async fn a_client_that_records_nothing_reports_nothing() {
    let caspio = client_of(ApiVersion::V3, |_| "{\"Result\":[]}".to_owned());

    caspio.tables().await.expect("no tables");

    assert_eq!(caspio.recording_failure(), None);
}
