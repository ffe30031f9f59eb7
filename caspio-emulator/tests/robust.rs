//! Requests that must not end the process, delay others, or come from a page of another site.

mod common;

use common::{BOUNDARY, Caspio};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

/// Sends raw bytes, closes the sending side, and returns all of the response.
async fn exchange(caspio: &Caspio, request: String) -> std::io::Result<String> {
    let address = caspio.emulator.url().replace("http://", "");
    let talk = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(request.as_bytes())?;
        stream.shutdown(Shutdown::Write)?;
        let mut response = String::new();
        stream.read_to_string(&mut response).map(|_| response)
    };
    tokio::task::spawn_blocking(talk).await.expect("no panic")
}

/// Returns the head of a request with a token, to which headers and a body are appended.
fn head(caspio: &Caspio, line: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: demo.caspio.com\r\nConnection: close\r\nAuthorization: Bearer {}\r\n",
        caspio.token
    )
}

/// Sends a body as it is, and returns the status.
async fn status(caspio: &Caspio, method: Method, path: &str, body: String) -> StatusCode {
    let request = caspio.request(method, path);
    let request = request.header("Content-Type", "application/json");
    let response = request.body(body).send().await;
    response.expect("a response").status()
}

#[tokio::test]
async fn deep_json_is_refused() {
    let caspio = Caspio::sample().await;
    let depth = 200_000;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        for (path, before) in [
            ("tables/City/records", ""),
            ("tables/City/records", "{\"Name\":"),
            ("tables/Contacts/records", "{\"Interests\":"),
            ("tables", "{\"Name\":\"Deep\",\"Fields\":"),
            (
                "tables/City/fields",
                "{\"Name\":\"Deep\",\"Type\":\"LIST-STRING\",\"ListField\":",
            ),
            ("outgoingWebhooks", "{\"Name\":\"Deep\",\"OutgoingUrls\":"),
        ] {
            let after = if before.is_empty() { "" } else { "}" };
            let body = format!("{before}{deep}{after}");

            let status = status(&caspio, Method::POST, path, body).await;

            assert!(status.is_client_error(), "{path} {before}: {status}");
        }
    }
    assert_eq!(caspio.emulator.count("City").expect("the table"), 12);
}

#[tokio::test]
async fn deep_conditions_are_refused() {
    let caspio = Caspio::sample().await;
    let caspio = caspio.on("integrations/rest/v4");
    let tables = caspio.json("tables", &[]).await;
    let tables = tables["data"].as_array().expect("a list");
    let city = tables.iter().find(|table| table["name"] == "City");
    let city = city.expect("the table")["tableId"].as_str().expect("an id");
    let path = format!("tables/{city}/records/bulk");
    let depth = 50_000;
    for (open, middle, close) in [
        ("(", "PK_ID = 1", ")"),
        ("NOT ", "PK_ID = 1", ""),
        ("PK_ID = -", "1", ""),
        ("-", "1 = PK_ID", ""),
        ("ABS(", "PK_ID", ")"),
        ("CASE WHEN 1 = 1 THEN ", "1", " END"),
        ("EXISTS (SELECT 1 FROM City WHERE ", "1 = 2", ")"),
        ("(SELECT ", "1", ")"),
        ("PK_ID IN (", "1", ")"),
        ("PK_ID = 99 AND ", "PK_ID = 98", ""),
        ("PK_ID = 99 OR ", "PK_ID = 98", ""),
        ("1 + ", "PK_ID = 2", ""),
        ("'a' + ", "Name = 'b'", ""),
    ] {
        let condition = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
        let body = json!({ "where": condition });

        let (status, body) = caspio.send(Method::DELETE, &path, body).await;

        assert!(status.as_u16() < 500, "{open}: {status} {body}");
    }
    assert_eq!(caspio.emulator.count("City").expect("the table"), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_query_delays_no_other_read_and_no_change_of_the_schema() {
    let caspio = Caspio::sample().await;
    let count = "(SELECT COUNT(*) FROM Orders a, Orders b, Orders c, City d) AS Found";
    let query = [("q.select", count), ("q.limit", "1")];
    let mut slow = std::pin::pin!(caspio.get("tables/City/records", &query));
    let others = async {
        for number in 0..20 {
            assert_eq!(caspio.rows("tables/City/records", &[]).await.len(), 12);
            let field = json!({ "Name": format!("Field_{number}"), "Type": "STRING" });
            let (status, body) = caspio.send(Method::POST, "tables/City/fields", field).await;
            assert_eq!(status, StatusCode::CREATED, "{body}");
        }
    };

    tokio::select! {
        biased;
        response = &mut slow => panic!("the slow query ended first: {}", response.status()),
        () = others => {}
    }
}

#[tokio::test]
async fn upload_without_a_length_is_reset_and_stores_nothing() {
    let caspio = Caspio::sample().await;
    for (line, part) in [
        ("POST /integrations/rest/v3/files", "Files"),
        ("PUT /integrations/rest/v3/files", "File"),
        (
            "PUT /integrations/rest/v3/tables/Contacts/attachments/Resume/7",
            "File",
        ),
        ("POST /rest/v2/files", "Files"),
        ("POST /integrations/rest/v4/fileAssets/files/bulk", "Files"),
    ] {
        let form = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"new.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nbytes\r\n--{BOUNDARY}--\r\n"
        );
        let request = format!(
            "{}Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\
             Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{form}\r\n0\r\n\r\n",
            head(&caspio, line),
            form.len()
        );

        let error = exchange(&caspio, request).await.expect_err("a reset");

        // The latter if it is reset before the request is complete.
        let kinds = [
            std::io::ErrorKind::ConnectionReset,
            std::io::ErrorKind::NotConnected,
        ];
        assert!(kinds.contains(&error.kind()), "{line}: {error}");
    }
    let files = caspio.json("files", &[]).await.to_string();
    assert!(!files.contains("new.txt"), "{files}");
    let filter = [("q.where", "PK_ID = 7")];
    let resume = caspio.rows("tables/Contacts/records", &filter).await;
    assert_ne!(resume[0]["Resume"], "new.txt");
}

#[tokio::test]
async fn broken_body_is_a_bad_request() {
    let caspio = Caspio::sample().await;
    let line = "POST /integrations/rest/v3/tables/City/records";
    for body in [
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Content-Length: 100\r\n\r\n{}",
    ] {
        let request = format!(
            "{}Content-Type: application/json\r\n{body}",
            head(&caspio, line)
        );

        let response = exchange(&caspio, request).await.expect("a response");

        assert!(response.starts_with("HTTP/1.1 400"), "{response}");
    }
}

#[tokio::test]
async fn control_paths_are_not_for_pages_of_other_sites() {
    let caspio = Caspio::sample().await;
    let port = caspio
        .emulator
        .url()
        .rsplit(':')
        .next()
        .expect("a port")
        .to_owned();
    let hosts = [
        ("Origin", "https://evil.example".to_owned()),
        ("Origin", "null".to_owned()),
        ("Origin", "http://127.0.0.1:1".to_owned()),
        ("Host", format!("evil.example:{port}")),
        ("Host", format!("127.0.0.1.evil.example:{port}")),
    ];
    let paths = [
        (Method::GET, "faults"),
        (Method::PUT, "faults"),
        (Method::DELETE, "faults"),
        (Method::GET, "calls"),
        (Method::DELETE, "calls"),
        (Method::POST, "tokens/expire"),
        (Method::POST, "tokens/revoke"),
        (Method::POST, "page/tokens/revoke"),
    ];
    for (header, value) in &hosts {
        for (method, path) in &paths {
            let url = format!("{}/_emulator/{path}", caspio.emulator.url());
            let request = caspio
                .http
                .request(method.clone(), url)
                .header(*header, value);

            let response = request.body("{}").send().await.expect("a response");

            assert_eq!(
                response.status(),
                StatusCode::NOT_FOUND,
                "{method} {path} {value}"
            );
        }
    }
    assert_eq!(caspio.get("tables", &[]).await.status(), StatusCode::OK);
}
