//! The page at `GET /`, as HTML and in a browser.

mod common;

use common::Caspio;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};

const ODD: &str = "Odd [Names] & \"Quotes\"";

async fn page(caspio: &Caspio, path_and_query: &str) -> String {
    let url = format!("{}{path_and_query}", caspio.emulator.url());
    let response = caspio.http.get(url).send().await.expect("a response");
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.expect("a body")
}

/// Posts a form without following the redirect.
async fn submit(caspio: &Caspio, path: &str, form: &'static str, origin: &str) -> StatusCode {
    let client = Client::builder().redirect(Policy::none()).build();
    client
        .expect("a client")
        .post(format!("{}/_emulator/page/{path}", caspio.emulator.url()))
        .header("Origin", origin)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .expect("a response")
        .status()
}

#[tokio::test]
async fn tables_are_shown_with_fields_and_records_a_page_at_a_time() {
    let caspio = Caspio::sample().await;

    let first = page(&caspio, "/").await;
    let second = page(&caspio, "/?table=Orders&page=2").await;

    assert!(first.contains("Contacts"));
    assert!(first.contains("Odd [Names] &amp; &quot;Quotes&quot;"));
    assert!(first.contains("1–25 of 200"));
    assert!(first.contains("PREFIXED AUTONUMBER"));
    assert!(second.contains("26–50 of 500"));
    assert_eq!(caspio.emulator.calls().total(), 0);
}

#[tokio::test]
async fn records_are_searched_by_their_text() {
    let caspio = Caspio::sample().await;

    let found = page(&caspio, "/?table=Contacts&search=contact175%40").await;
    let none = page(&caspio, "/?table=Contacts&search=%27%20OR%201%3D1%20--").await;
    let odd = common::encode(ODD);
    let other = page(&caspio, &format!("/?table={odd}&search=a")).await;

    assert!(found.contains("contact175@example.com"));
    assert!(found.contains("1–1 of 1<"));
    assert!(none.contains("No records."));
    assert!(other.contains("&quot;Quotes&quot;</h3>"));
}

#[tokio::test]
async fn stored_text_never_becomes_html() {
    let caspio = Caspio::empty().await;
    let table = json!({ "Name": "<b>", "Fields": [{ "Name": "<i>", "Type": "TEXT" }] });
    caspio.send(Method::POST, "tables", table).await;
    let record = json!({ "<i>": "<script>alert(1)</script>" });
    caspio.emulator.insert("<b>", record).expect("inserted");

    let page = page(&caspio, "/").await;

    assert!(page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains("<script>alert") && !page.contains("<i>") && !page.contains("<b>\""));
}

#[tokio::test]
async fn calls_are_listed_without_secret_or_token() {
    let caspio = Caspio::sample().await;
    let filter = [("q.where", "PK_ID < 4")];
    caspio.rows("tables/Contacts/records", &filter).await;
    common::token(&caspio.emulator, &caspio.http).await;
    let stray = format!("{}/token?client_secret=demo-secret", caspio.emulator.url());
    caspio.http.get(stray).send().await.expect("a response");

    let page = page(&caspio, "/").await;

    assert!(page.contains("/integrations/rest/v3/tables/Contacts/records?q.where=PK_ID &lt; 4"));
    assert!(page.contains("ListTableRecords"));
    assert!(page.contains("/oauth/token"));
    assert!(!page.contains("demo-secret"));
    assert!(!page.contains(&caspio.token));
}

#[tokio::test]
async fn each_call_is_shown_at_the_emulators_time() {
    let caspio = Caspio::empty().await;
    let time = "2026-02-28T23:59:59.25Z".parse().expect("a time");
    caspio.emulator.set_time(time);
    caspio.json("tables", &[]).await;

    let page = page(&caspio, "/").await;

    assert!(page.contains(">23:59:59.250</td>"), "{page}");
}

#[tokio::test]
async fn each_call_is_shown_as_a_curl_command() {
    let caspio = Caspio::sample().await;
    let path = "tables/City/records?q.where=Name%3D%27Oslo%27";
    let change = json!({ "State": "it's" });
    caspio.send(Method::PUT, path, change).await;

    let page = page(&caspio, "/").await;

    let url = caspio.url(path);
    assert!(
        page.contains(&format!("curl -X PUT &#39;{url}&#39; -H")),
        "{page}"
    );
    assert!(page.contains("it&#39;\\&#39;&#39;s"));
    assert!(!page.contains(&caspio.token));
}

#[tokio::test]
async fn parameters_that_no_operation_reads_are_named() {
    let caspio = Caspio::sample().await;
    let query = [("q.Where", "PK_ID < 4"), ("q.offset", "5"), ("<b>", "1")];
    caspio.rows("tables/City/records", &query).await;

    let page = page(&caspio, "/").await;

    assert!(page.contains(">ignored: q.offset, &lt;b&gt;</span>"));
}

#[tokio::test]
async fn form_sets_and_clears_faults() {
    let caspio = Caspio::sample().await;
    let own = caspio.emulator.url();

    let set = submit(&caspio, "faults", "badGateway=100&latency=1", &own).await;
    let broken = caspio.get("tables", &[]).await.status();
    let shown = page(&caspio, "/").await;
    let calm = submit(&caspio, "calm", "", &own).await;
    let well = caspio.get("tables", &[]).await.status();

    assert_eq!((set, calm), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(broken, StatusCode::BAD_GATEWAY);
    assert!(shown.contains("<option value=\"100\" selected>"));
    assert!(shown.contains("Faults are on."));
    assert_eq!(well, StatusCode::OK);
}

#[tokio::test]
async fn buttons_take_a_snapshot_and_return_to_it() {
    let caspio = Caspio::sample().await;
    let own = caspio.emulator.url();
    let delete = |condition| {
        caspio
            .emulator
            .delete("Orders", condition)
            .expect("deleted")
    };

    delete("PK_ID > 300");
    let taken = submit(&caspio, "snapshot", "", &own).await;
    delete("PK_ID > 100");
    let reset = submit(&caspio, "reset", "", &own).await;
    let stray = submit(&caspio, "reset", "", "https://elsewhere.example").await;
    let shown = page(&caspio, "/?table=Orders").await;

    assert_eq!(
        (taken, reset),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    assert_eq!(stray, StatusCode::NOT_FOUND);
    assert!(shown.contains("1–25 of 300"));
    assert!(shown.contains("Reset</button>"));
}

#[tokio::test]
async fn other_sites_can_neither_read_the_page_nor_submit_its_forms() {
    let caspio = Caspio::sample().await;

    let pressed = submit(&caspio, "faults", "reset=100", "https://elsewhere.example").await;
    let seen = caspio
        .http
        .get(caspio.emulator.url())
        .header("Host", "elsewhere.example")
        .send()
        .await
        .expect("a response");

    assert_eq!(pressed, StatusCode::NOT_FOUND);
    assert_eq!(seen.status(), StatusCode::NOT_FOUND);
    assert_eq!(caspio.get("tables", &[]).await.status(), StatusCode::OK);
}

/// Runs Chromium without a window, and returns its output.
fn browse(profile: &Path, arguments: &[&str]) -> Option<String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let output = names.iter().find_map(|name| {
        Command::new(name)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
            ])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync"])
            .args(["--hide-scrollbars", "--window-size=1360,1760"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(arguments)
            .stderr(Stdio::null())
            .output()
            .ok()
    })?;
    assert!(output.status.success());
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes a screenshot to the build's folder for temporary files.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "it says that it was skipped")]
async fn a_browser_shows_the_page() {
    let caspio = Caspio::start(caspio_emulator::Emulator::builder()).await;
    work(&caspio).await;
    let url = |table: &str| format!("{}/?table={table}", caspio.emulator.url());
    let (contacts, products) = (url("Contacts"), url("Products"));
    let profile = tempfile::tempdir().expect("a folder");
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulator-page.png");
    let _ = std::fs::remove_file(&picture);
    let screenshot = format!("--screenshot={}", picture.display());

    let seen = tokio::task::spawn_blocking(move || {
        let dom = browse(profile.path(), &["--dump-dom", &contacts])?;
        browse(profile.path(), &[&screenshot, &products])?;
        Some(dom)
    });

    let Some(dom) = seen.await.expect("no panic") else {
        eprintln!("skipped: there is no Chromium here");
        return;
    };
    assert!(dom.contains("<h1>Caspio emulator</h1>"));
    assert!(dom.contains("contact7@example.com"));
    assert!(dom.contains("staleTokenAs400"));
    let picture = std::fs::read(picture).expect("a screenshot");
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 20_000);
}

/// Makes calls of every kind, so that the page has something to show.
async fn work(caspio: &Caspio) {
    common::token(&caspio.emulator, &caspio.http).await;
    for page in 1..=6 {
        let number = page.to_string();
        let query = [
            ("q.orderBy", "PK_ID"),
            ("q.pageNumber", number.as_str()),
            ("q.pageSize", "1000"),
        ];
        caspio.rows("tables/Orders/records", &query).await;
    }
    let filter = [("q.where", "Total > 500 AND Product LIKE 'Oak%'")];
    caspio.rows("views/Order_Details/records", &filter).await;
    let city = json!({ "Name": "Tromsø", "State": "Troms", "Population": 77_000 });
    for _ in 0..2 {
        caspio
            .send(Method::POST, "tables/City/records", city.clone())
            .await;
    }
    caspio.refusal("tables/Nothing/records", &[]).await;
    let path = "tables/City/records?q.where=Name%3D%27Oslo%27";
    caspio
        .send(Method::PUT, path, json!({ "Population": 717_000 }))
        .await;
    let own = caspio.emulator.url();
    submit(caspio, "faults", "badGateway=100", &own).await;
    caspio.refusal("views", &[]).await;
    submit(caspio, "faults", "badGateway=5&latency=20&jitter=15", &own).await;
}
