//! Requests in the forms that published clients send them.

mod common;

use axum::body::Bytes;
use axum::http::Request;
use caspio_emulator::{Fault, Faults, Rule};
use common::{Caspio, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};

const V2: &str = "rest/v2";

/// Sends raw bytes and returns those of the response.
async fn raw(caspio: &Caspio, request: String) -> String {
    let address = caspio.emulator.url().replace("http://", "");
    let talk = move || {
        let mut stream = std::net::TcpStream::connect(address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        response
    };
    tokio::task::spawn_blocking(talk).await.expect("no panic")
}

#[tokio::test]
async fn condition_of_a_write_has_every_name_in_use() {
    for base in ["integrations/rest/v3", V2] {
        let caspio = Caspio::sample().await.on(base);
        for name in ["q.where", "where", "Where", "Q.Where"] {
            let path = format!("tables/City/records?{name}=PK_ID%3D1");
            let (status, body) = caspio
                .send(Method::PUT, &path, json!({ "Name": name }))
                .await;
            assert_eq!(
                (status, &body["RecordsAffected"]),
                (StatusCode::OK, &json!(1)),
                "{body}"
            );
        }
        let (_, body) = caspio
            .send(
                Method::DELETE,
                "tables/City/records?where=PK_ID%3D1",
                Value::Null,
            )
            .await;
        assert_eq!(body["RecordsAffected"], 1);
    }
}

#[tokio::test]
async fn users_are_deleted_with_a_capital_where() {
    let caspio = Caspio::sample().await;
    let directories = caspio.json("directories", &[]).await;
    let id = directories["Result"][0]["Id"].as_str().expect("an id");

    let path = format!("directories/{id}/users?Where=First_Name%3D%27Ada%27");
    let (_, body) = caspio.send(Method::DELETE, &path, Value::Null).await;

    assert_eq!(body, json!({ "UsersAffected": 1 }));
}

#[tokio::test]
async fn bearer_scheme_may_be_lower_case() {
    let caspio = Caspio::empty().await;

    let request = caspio
        .http
        .get(caspio.url("tables"))
        .header("authorization", format!("bearer {}", caspio.token));

    assert_eq!(
        request.send().await.expect("a response").status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn request_line_may_contain_the_whole_url() {
    let caspio = Caspio::sample().await;

    let response = raw(
        &caspio,
        format!(
            "GET {} HTTP/1.1\r\nHost: demo.caspio.com\r\nAuthorization: Bearer {}\r\n\
             Connection: close\r\n\r\n",
            caspio.url("tables"),
            caspio.token
        ),
    )
    .await;

    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains("Contacts"));
}

#[tokio::test]
async fn slashes_may_be_doubled() {
    let caspio = Caspio::sample().await;

    assert!(caspio.json("/tables//Contacts", &[]).await["Result"].is_object());
}

#[tokio::test]
async fn token_request_may_have_content_type_text_plain() {
    let caspio = Caspio::empty().await;

    let request = caspio
        .http
        .post(format!("{}/oauth/token", caspio.emulator.url()))
        .header("Content-Type", "text/plain")
        .body("grant_type=client_credentials&client_id=demo&client_secret=demo-secret");

    let (status, _) = read(request.send().await.expect("a response")).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn criteria_in_every_style_of_the_connector_find_their_records() {
    let caspio = Caspio::sample().await;

    for (condition, found) in [
        ("PK_ID='5'", 1),
        ("PK_ID=5", 1),
        ("(Email IS NOT NULL AND Email != '') AND PK_ID <= 3", 3),
        ("Email LIKE '%@%' AND PK_ID < 3", 2),
    ] {
        let rows = caspio
            .rows("tables/Contacts/records", &[("q.where", condition)])
            .await;
        assert_eq!(rows.len(), found, "{condition}");
    }
}

#[tokio::test]
async fn empty_response_parameter_of_an_insert_is_ignored() {
    let caspio = Caspio::sample().await;

    let request = caspio
        .request(Method::POST, "tables/City/records?response=")
        .header("Content-Type", "application/json; charset=utf-8")
        .body(r#"{"Name":"Bath"}"#);
    let response = request.send().await.expect("a response");

    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.text().await.expect("a body"), "");
}

#[tokio::test]
async fn requests_are_answered_without_a_connection() {
    let caspio = Caspio::sample().await;
    let url = caspio.url("tables/City/records?q.limit=5");
    let answer = |token: String| {
        let request = Request::get(&url).header("Authorization", token);
        let request = request.body(Bytes::new()).expect("a request");
        caspio.emulator.respond(request)
    };

    let refused = answer("Bearer unknown".to_owned())
        .await
        .expect("a response");
    assert_eq!(refused.status(), 401);

    let answered = answer(format!("Bearer {}", caspio.token))
        .await
        .expect("a response");
    let body: Value = serde_json::from_slice(answered.body()).expect("JSON");
    assert_eq!(body["Result"].as_array().map(Vec::len), Some(5));
    assert_eq!(caspio.emulator.calls().operation("ListTableRecords"), 2);

    caspio
        .emulator
        .set_faults(Faults::none().rule(Rule::new(Fault::Reset).always()));
    assert!(answer(format!("Bearer {}", caspio.token)).await.is_none());
}
