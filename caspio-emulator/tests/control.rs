//! The paths of the emulator itself, `/_emulator/...`.

mod common;

use common::Caspio;
use reqwest::{Method, StatusCode};
use serde_json::Value;

async fn send(caspio: &Caspio, method: Method, path: &str) -> (StatusCode, String, Value) {
    let url = format!("{}/_emulator{path}", caspio.emulator.url());
    let response = caspio.http.request(method, url).send().await;
    let response = response.expect("a response");
    let allowed = response.headers().get("Allow");
    let allowed = allowed.map_or("", |value| value.to_str().expect("text"));
    let allowed = allowed.to_owned();
    let (status, body) = common::read(response).await;
    (status, allowed, body)
}

fn paths(body: &Value) -> Vec<&str> {
    let paths = body["paths"].as_array().expect("an array");
    paths
        .iter()
        .filter_map(|path| path["path"].as_str())
        .collect()
}

#[tokio::test]
async fn a_wrong_path_names_the_nearest_one_and_lists_all() {
    let caspio = Caspio::empty().await;

    let (status, _, body) = send(&caspio, Method::GET, "/fault").await;

    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body["message"],
        "there is no path /_emulator/fault; did you mean /_emulator/faults?"
    );
    assert_eq!(
        paths(&body),
        [
            "faults",
            "calls",
            "snapshot",
            "reset",
            "time",
            "time/advance",
            "fixtures/TABLE.csv",
            "fixtures/TABLE.json",
            "tokens/expire",
            "tokens/revoke"
        ]
    );
}

#[tokio::test]
async fn a_wrong_method_names_those_of_the_path() {
    let caspio = Caspio::empty().await;

    let (status, allowed, body) = send(&caspio, Method::GET, "/tokens/revoke").await;

    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(allowed, "POST");
    assert_eq!(
        body["message"],
        "/_emulator/tokens/revoke has no GET, but POST"
    );
}

#[tokio::test]
async fn every_listed_path_has_the_listed_methods() {
    let caspio = Caspio::empty().await;
    let (status, _, listed) = send(&caspio, Method::GET, "").await;
    assert_eq!(status, StatusCode::OK);

    for path in listed["paths"].as_array().expect("an array") {
        let name = path["path"].as_str().expect("a path");
        for method in path["methods"].as_str().expect("methods").split(", ") {
            let method = method.parse().expect("a method");
            let (status, ..) = send(&caspio, method, &format!("/{name}")).await;
            let known = [
                StatusCode::OK,
                StatusCode::NO_CONTENT,
                StatusCode::BAD_REQUEST,
            ];
            assert!(known.contains(&status), "{name}: {status}");
        }
    }
}

#[tokio::test]
async fn other_sites_do_not_learn_the_paths() {
    let caspio = Caspio::empty().await;
    let url = format!("{}/_emulator/", caspio.emulator.url());

    let request = caspio
        .http
        .get(url)
        .header("Origin", "https://elsewhere.example");
    let response = request.send().await.expect("a response");

    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.text().await.expect("a body"), "");
}
