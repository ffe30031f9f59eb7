//! The emulator's time: set, moved forward, and seen wherever Caspio's own time is.

mod common;
#[path = "common/receiver.rs"]
mod receiver;

use caspio_emulator::{
    DataType, Emulator, EmulatorBuilder, EmulatorErrorKind, Faults, FieldDef, TableDef, Timestamp,
};
use common::{Caspio, code, read, upload};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const V2: &str = "rest/v2";
const V3: &str = "integrations/rest/v3";
const V4: &str = "integrations/rest/v4";

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// An emulator whose time stands still in the last second of February.
fn in_february() -> EmulatorBuilder {
    Emulator::builder()
        .empty()
        .time(time("2026-02-28T23:59:59Z"))
}

/// An emulator with a table of visits, and a token for a year.
async fn visits(base: &'static str) -> Caspio {
    let builder = in_february().token_lifetime(365 * DAY);
    let caspio = Caspio::start(builder).await.on(base);
    let stamp = |name| FieldDef::new(name, DataType::Timestamp);
    let table = TableDef::new("Visits")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Due", DataType::DateTime))
        .field(stamp("Made").on_insert())
        .field(
            stamp("There")
                .on_insert()
                .time_zone("Pacific Standard Time"),
        )
        .field(stamp("Changed").on_update())
        .field(FieldDef::new("Late", DataType::Integer).formula("DATEDIFF(hour, Due, GETDATE())"));
    caspio.emulator.create_table(table).expect("a new table");
    caspio
}

/// Returns the path of the visits, which v4 knows by an id.
async fn records(caspio: &Caspio) -> String {
    if caspio.base != V4 {
        return "tables/Visits/records".to_owned();
    }
    let tables = caspio.json("tables", &[]).await;
    let id = tables["data"][0]["tableId"].as_str().expect("an id");
    format!("tables/{id}/records")
}

async fn insert(caspio: &Caspio, record: Value) {
    let records = records(caspio).await;
    let (status, body) = caspio.send(Method::POST, &records, record).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
}

async fn rows(caspio: &Caspio, query: &[(&str, &str)]) -> Value {
    let mut page = caspio.json(&records(caspio).await, query).await;
    let member = if caspio.base == V4 { "data" } else { "Result" };
    page[member].take()
}

async fn status(caspio: &Caspio) -> StatusCode {
    caspio.get("tables", &[]).await.status()
}

#[tokio::test]
async fn a_timestamp_field_has_the_set_time_in_its_own_zone() {
    for base in [V2, V3, V4] {
        let caspio = visits(base).await;
        let query = [("select", "Made, There"), ("orderBy", "PK_ID")];
        let stamps = async || rows(&caspio, &query).await;

        insert(&caspio, json!({ "Name": "Ann" })).await;
        let winter = json!({ "Made": "2026-02-28T23:59:59", "There": "2026-02-28T15:59:59" });
        assert_eq!(stamps().await, json!([winter]), "{base}");

        caspio.emulator.set_time(time("2026-07-01T02:30:00+02:00"));
        insert(&caspio, json!({ "Name": "Ann" })).await;
        let summer = json!({ "Made": "2026-07-01T00:30:00", "There": "2026-06-30T17:30:00" });
        assert_eq!(stamps().await[1], summer, "{base}");
    }
}

#[tokio::test]
async fn an_update_has_the_time_to_which_it_was_advanced() {
    let caspio = visits(V3).await;
    insert(&caspio, json!({ "Name": "Ann" })).await;

    caspio.emulator.advance_time(SECOND);
    let path = "tables/Visits/records?q.where=PK_ID%3D1";
    let (status, body) = caspio
        .send(Method::PUT, path, json!({ "Name": "Bea" }))
        .await;

    assert_eq!(status, StatusCode::OK, "{body}");
    let stamps = json!([{ "Made": "2026-02-28T23:59:59", "Changed": "2026-03-01T00:00:00" }]);
    assert_eq!(rows(&caspio, &[("select", "Made, Changed")]).await, stamps);
}

#[tokio::test]
async fn getdate_is_the_set_time_in_conditions_select_lists_and_formulas() {
    for base in [V2, V3, V4] {
        let caspio = visits(base).await;
        insert(&caspio, json!({ "Due": "2026-03-01T00:00:00" })).await;
        let due = [("select", "PK_ID"), ("where", "Due <= GETDATE()")];
        let now = [("select", "GETDATE() AS Now, Late")];

        assert_eq!(rows(&caspio, &due).await, json!([]), "{base}");
        caspio.emulator.advance_time(SECOND + HOUR);

        assert_eq!(rows(&caspio, &due).await, json!([{ "PK_ID": 1 }]), "{base}");
        let shown = json!([{ "Now": "2026-03-01T01:00:00", "Late": 1 }]);
        assert_eq!(rows(&caspio, &now).await, shown, "{base}");
    }
}

#[tokio::test]
async fn getdate_is_the_set_time_in_the_condition_of_a_write() {
    let caspio = visits(V3).await;
    insert(&caspio, json!({ "Due": "2026-03-01T00:00:00" })).await;
    let condition = common::encode("Due <= GETDATE()");
    let path = format!("tables/Visits/records?q.where={condition}");
    let delete = async || caspio.send(Method::DELETE, &path, Value::Null).await.1;

    assert_eq!(delete().await, json!({ "RecordsAffected": 0 }));
    caspio.emulator.advance_time(SECOND);

    assert_eq!(delete().await, json!({ "RecordsAffected": 1 }));
}

#[tokio::test]
async fn a_token_is_refused_when_its_lifetime_has_passed() {
    for base in [V2, V3, V4] {
        let builder = in_february().token_lifetime(HOUR);
        let mut caspio = Caspio::start(builder).await.on(base);

        caspio.emulator.advance_time(HOUR - SECOND);
        assert_eq!(status(&caspio).await, StatusCode::OK, "{base}");
        caspio.emulator.advance_time(SECOND);
        assert_eq!(status(&caspio).await, StatusCode::UNAUTHORIZED, "{base}");

        caspio.token = common::token(&caspio.emulator, &caspio.http).await;
        assert_eq!(status(&caspio).await, StatusCode::OK, "{base}");
    }
}

#[tokio::test]
async fn an_unused_refresh_token_is_refused_after_sixty_days_and_a_used_one_after_a_year() {
    let caspio = Caspio::start(in_february()).await;
    let ask = async |form: &str| {
        let url = format!("{}/oauth/token", caspio.emulator.url());
        let request = caspio.http.post(url).body(form.to_owned());
        let request = request.basic_auth("demo", Some("demo-secret"));
        read(request.send().await.expect("a response")).await
    };
    let issue = async || {
        let (_, issued) = ask("grant_type=client_credentials").await;
        let token = issued["refresh_token"].as_str().expect("a refresh token");
        format!("grant_type=refresh_token&refresh_token={token}")
    };

    let error = json!({ "error": "invalid_grant" });
    let refused = (StatusCode::UNAUTHORIZED, error);

    let (unused, used) = (issue().await, issue().await);
    caspio.emulator.advance_time(59 * DAY);
    assert_eq!(ask(&used).await.0, StatusCode::OK);
    caspio.emulator.advance_time(DAY);
    assert_eq!(ask(&unused).await, refused);
    assert_eq!(ask(&used).await.0, StatusCode::OK);

    for days in [119, 178, 237, 296, 355] {
        caspio.emulator.advance_time(59 * DAY);
        assert_eq!(ask(&used).await.0, StatusCode::OK, "after {days} days");
    }
    caspio.emulator.advance_time(10 * DAY);
    assert_eq!(ask(&used).await, refused);
}

#[tokio::test]
async fn me_has_the_time_at_which_the_token_expires() {
    let caspio = Caspio::start(in_february()).await.on(V4);
    let expiry = async || caspio.json("me", &[]).await["tokenExpiresAt"].take();

    let at_first = expiry().await;
    caspio.emulator.advance_time(HOUR);

    assert_eq!(at_first, "2026-03-01T23:59:59Z");
    assert_eq!(expiry().await, "2026-03-01T23:59:59Z");
}

/// The receiver refuses the first attempt: the pause before the second one ends while the time stands still.
#[tokio::test]
async fn a_webhook_and_its_messages_have_the_set_time() {
    let caspio = visits(V3).await;
    let (url, mut messages) = receiver::receiver(1).await;
    let webhook = json!({ "Name": "Test", "OutgoingUrls": [url] });
    let (_, webhook) = caspio.send(Method::POST, "outgoingWebhooks", webhook).await;
    let path = format!(
        "outgoingWebhooks/{}",
        webhook["Id"].as_str().expect("an id")
    );
    let event = json!({ "EventType": "table.recordInsert", "ObjectName": "Visits" });
    caspio
        .send(Method::POST, &format!("{path}/events"), event)
        .await;

    caspio.emulator.advance_time(SECOND);
    insert(&caspio, json!({ "Name": "Ann" })).await;
    let (_, first) = receiver::next(&mut messages).await;
    let (_, second) = receiver::next(&mut messages).await;
    let change = json!({ "Description": "changed" });
    let (_, changed) = caspio.send(Method::PUT, &path, change).await;

    assert_eq!(first["eventDate"], "2026-03-01T00:00:00");
    assert_eq!(first, second);
    assert_eq!(webhook["DateCreated"], "2026-02-28T23:59:59Z");
    assert_eq!(changed["DateCreated"], "2026-02-28T23:59:59Z");
    assert_eq!(changed["LastModified"], "2026-03-01T00:00:00Z");
}

#[tokio::test]
async fn a_file_has_the_times_of_its_upload_and_of_its_replacement() {
    let caspio = Caspio::start(in_february()).await;
    caspio.emulator.create_folder("/Photos").expect("a folder");
    upload(&caspio, Method::POST, "files", &[("Files", "a.png")]).await;

    caspio.emulator.advance_time(SECOND);
    upload(&caspio, Method::PUT, "files", &[("File", "a.png")]).await;

    let files = caspio.json("files", &[]).await;
    assert_eq!(files["Result"][0]["DateCreated"], "2026-02-28T23:59:59");
    assert_eq!(files["Result"][0]["LastModified"], "2026-03-01T00:00:00");
    let folders = caspio.json("files/folders", &[]).await;
    assert_eq!(folders["Result"][0]["DateCreated"], "2026-02-28T23:59:59");
}

#[tokio::test]
async fn an_attachment_has_the_times_of_its_upload_and_of_its_new_name() {
    let builder = in_february().sample_data().sample_orders(10);
    let caspio = Caspio::start(builder).await;
    let base = "tables/Contacts/attachments/Resume";
    let file = [("File", "cv.pdf")];
    upload(&caspio, Method::PUT, &format!("{base}/7"), &file).await;

    caspio.emulator.advance_time(SECOND);
    let path = format!("{base}/fileInfo");
    let name = json!({ "FileName": "resume" });
    let put = format!("{path}?q.where=PK_ID%3D7");
    caspio.send(Method::PUT, &put, name).await;

    let info = caspio.json(&path, &[("q.where", "PK_ID=7")]).await;
    assert_eq!(info["Result"][0]["DateCreated"], "2026-02-28T23:59:59Z");
    assert_eq!(info["Result"][0]["DateUpdated"], "2026-03-01T00:00:00Z");
}

#[tokio::test]
async fn directories_and_runs_of_tasks_have_the_set_time() {
    let builder = in_february().sample_data().sample_orders(10);
    let caspio = Caspio::start(builder).await;
    let directories = caspio.json("directories", &[]).await;
    let caspio = caspio.on(V2);
    let tasks = caspio.json("tasks", &[]).await;
    let key = tasks["Result"][0]["ExternalKey"].as_str().expect("a key");

    caspio.emulator.advance_time(SECOND);
    caspio
        .send(Method::POST, &format!("tasks/{key}/run"), Value::Null)
        .await;
    let task = caspio.json(&format!("tasks/{key}"), &[]).await;

    let directory = &directories["Result"][0];
    assert_eq!(directory["DateCreated"], "2026-02-28T23:59:59");
    assert_eq!(directory["DateUpdated"], "2026-02-28T23:59:59");
    assert_eq!(task["Result"]["LastRunTimeUTC"], "2026-03-01T00:00:00");
}

#[tokio::test]
async fn a_response_has_the_set_time_as_its_date() {
    let caspio = Caspio::start(in_february()).await;

    let response = caspio.get("tables", &[]).await;

    let dates: Vec<_> = response.headers().get_all("Date").iter().collect();
    assert_eq!(dates, ["Sat, 28 Feb 2026 23:59:59 GMT"]);
}

#[tokio::test]
async fn time_stands_still_once_it_is_set_and_runs_otherwise() {
    let caspio = Caspio::empty().await;
    let emulator = &caspio.emulator;

    let before = Timestamp::now();
    let running = emulator.time();
    assert!((before..=Timestamp::now()).contains(&running));

    emulator.advance_time(HOUR);
    let advanced = emulator.time();
    assert!(advanced >= before + HOUR);

    emulator.set_time(time("2026-02-28T23:59:59Z"));
    emulator.advance_time(SECOND);
    assert_eq!(emulator.time(), time("2026-03-01T00:00:00Z"));

    emulator.reset_time();
    assert!(emulator.time() < advanced);
}

#[tokio::test]
async fn emulators_of_one_builder_have_a_clock_each() {
    let builder = in_february().token_lifetime(HOUR);
    let first = Caspio::start(builder.clone()).await;
    let second = Caspio::start(builder).await;

    first.emulator.advance_time(HOUR);

    assert_eq!(status(&first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&second).await, StatusCode::OK);
    assert_eq!(second.emulator.time(), time("2026-02-28T23:59:59Z"));
}

#[tokio::test]
async fn the_window_of_a_rate_limit_is_that_of_the_system_clock() {
    let caspio = Caspio::start(in_february()).await;
    let faults = Faults::none().rate_limit(1, 60 * SECOND);
    caspio.emulator.set_faults(faults);

    assert_eq!(status(&caspio).await, StatusCode::OK);
    caspio.emulator.advance_time(HOUR);

    assert_eq!(status(&caspio).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_time_is_not_part_of_a_snapshot() {
    let caspio = visits(V3).await;
    let snapshot = caspio.emulator.snapshot().expect("a snapshot");
    caspio.emulator.advance_time(SECOND);

    caspio.emulator.reset_to(&snapshot).expect("reset");
    let builder = Emulator::builder().snapshot(&snapshot);
    let other = builder.start().await.expect("an emulator");

    assert_eq!(caspio.emulator.time(), time("2026-03-01T00:00:00Z"));
    assert!(other.time() > caspio.emulator.time());
    insert(&caspio, json!({ "Name": "Ann" })).await;
    let made = rows(&caspio, &[("select", "Made")]).await;
    assert_eq!(made, json!([{ "Made": "2026-03-01T00:00:00" }]));
}

/// Sends a request to a path of the emulator itself.
async fn control(caspio: &Caspio, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let url = format!("{}/_emulator/{path}", caspio.emulator.url());
    let request = caspio.http.request(method, url).body(body.to_string());
    read(request.send().await.expect("a response")).await
}

#[tokio::test]
async fn another_process_sets_advances_and_resets_the_time() {
    let caspio = Caspio::empty().await;
    let get = async || control(&caspio, Method::GET, "time", Value::Null).await;

    let wanted = json!({ "time": "2026-02-28T23:59:59Z" });
    let (set, _) = control(&caspio, Method::PUT, "time", wanted.clone()).await;
    assert_eq!(set, StatusCode::NO_CONTENT);
    assert_eq!(get().await, (StatusCode::OK, wanted));

    let hour = json!({ "seconds": 3_600 });
    let (advanced, _) = control(&caspio, Method::POST, "time/advance", hour).await;
    assert_eq!(advanced, StatusCode::NO_CONTENT);
    let later = json!({ "time": "2026-03-01T00:59:59Z" });
    assert_eq!(get().await, (StatusCode::OK, later));

    let before = Timestamp::now();
    let (reset, _) = control(&caspio, Method::DELETE, "time", Value::Null).await;
    assert_eq!(reset, StatusCode::NO_CONTENT);
    let (_, now) = get().await;
    assert!(time(now["time"].as_str().expect("a time")) >= before);
    assert_eq!(caspio.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_refused_time_is_named_and_changes_nothing() {
    let caspio = Caspio::start(in_february()).await;

    for (method, path, body, reason) in [
        (
            Method::PUT,
            "time",
            json!({ "time": "2026-02-28T23:59:59" }),
            "'2026-02-28T23:59:59' is not a time with its zone, such as 2026-02-28T23:59:59Z",
        ),
        (
            Method::PUT,
            "time",
            json!({ "time": "2026-02-30T00:00:00Z" }),
            "'2026-02-30T00:00:00Z' is not a time",
        ),
        (
            Method::PUT,
            "time",
            json!({ "time": "1752-12-31T23:59:59Z" }),
            "1752-12-31T23:59:59Z is before 1753",
        ),
        (
            Method::PUT,
            "time",
            json!({ "hour": "2026-02-28T23:59:59Z" }),
            "unknown field `hour`, expected `time`",
        ),
        (
            Method::POST,
            "time/advance",
            json!({ "seconds": -1 }),
            "expected u64",
        ),
        (
            Method::POST,
            "time/advance",
            json!({ "hours": 1 }),
            "unknown field `hours`, expected `seconds`",
        ),
        (
            Method::POST,
            "time/advance",
            json!({ "seconds": 300_000_000_000_u64 }),
            "a time after the year 9999 does not exist",
        ),
    ] {
        let (status, refusal) = control(&caspio, method, path, body).await;

        assert_eq!(status, StatusCode::BAD_REQUEST, "{reason}");
        assert_eq!(code(&refusal), "IncorrectBodyParameter");
        let message = refusal["Message"].as_str().expect("a message");
        assert!(message.starts_with("invalid time: "), "{message}");
        assert!(message.contains(reason), "{message}");
    }
    assert_eq!(caspio.emulator.time(), time("2026-02-28T23:59:59Z"));
}

#[tokio::test]
#[should_panic(
    expected = "1752-12-31T23:59:59Z is before 1753, the first year of a date in Caspio"
)]
async fn a_time_that_no_field_can_hold_is_a_mistake_of_the_test() {
    let caspio = Caspio::empty().await;

    caspio.emulator.set_time(time("1752-12-31T23:59:59Z"));
}

#[tokio::test]
async fn an_emulator_does_not_start_with_a_time_that_no_field_can_hold() {
    let builder = Emulator::builder().time(time("1752-12-31T23:59:59Z"));

    let refused = builder.start().await.expect_err("refused");

    assert_eq!(refused.kind(), EmulatorErrorKind::Refused);
    assert!(refused.to_string().contains("is before 1753"), "{refused}");
}
