//! A plain HTTP caller of the emulator.

#![allow(dead_code, reason = "each test file uses another part")]

use caspio_emulator::{Emulator, EmulatorBuilder};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

/// An emulator and a token for it.
pub(crate) struct Caspio {
    pub(crate) emulator: Emulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    pub(crate) base: &'static str,
}

impl Caspio {
    pub(crate) async fn sample() -> Self {
        Self::start(Emulator::builder().sample_orders(500)).await
    }

    pub(crate) async fn empty() -> Self {
        Self::start(Emulator::builder().empty()).await
    }

    pub(crate) async fn start(builder: EmulatorBuilder) -> Self {
        let emulator = builder.start().await.expect("a free port");
        let http = reqwest::Client::new();
        let token = token(&emulator, &http).await;
        emulator.reset_calls();
        Self {
            emulator,
            http,
            token,
            base: "integrations/rest/v3",
        }
    }

    /// Uses another version from now on, given by its base path.
    pub(crate) fn on(mut self, base: &'static str) -> Self {
        self.base = base;
        self
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{}/{path}", self.emulator.url(), self.base)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, self.url(path))
            .header("Authorization", format!("Bearer {}", self.token))
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Response {
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        self.request(Method::GET, &format!("{path}?{}", query.join("&")))
            .send()
            .await
            .expect("a response")
    }

    /// Reads JSON from a response that must be 200.
    pub(crate) async fn json(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let response = self.get(path, query).await;
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Reads `Result` of a records request.
    pub(crate) async fn rows(&self, path: &str, query: &[(&str, &str)]) -> Vec<Value> {
        match self.json(path, query).await["Result"].take() {
            Value::Array(rows) => rows,
            other => panic!("no array: {other}"),
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let response = self
            .request(method, path)
            .header("Content-Type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .expect("a response");
        read(response).await
    }

    /// Returns the status and the `Code` of a refused read.
    pub(crate) async fn refusal(&self, path: &str, query: &[(&str, &str)]) -> (u16, String) {
        let (status, body) = read(self.get(path, query).await).await;
        (status.as_u16(), code(&body))
    }
}

pub(crate) fn code(body: &Value) -> String {
    body["Code"].as_str().unwrap_or_default().to_owned()
}

pub(crate) async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

pub(crate) async fn token(emulator: &Emulator, http: &reqwest::Client) -> String {
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        emulator.client_id(),
        emulator.client_secret()
    );
    let response = http
        .post(format!("{}/oauth/token", emulator.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .expect("a response");
    let (_, body) = read(response).await;
    body["access_token"].as_str().expect("a token").to_owned()
}

pub(crate) const BOUNDARY: &str = "boundary-of-the-test";

/// Sends files as a multipart form, each given by the names of its part and file.
pub(crate) async fn upload(
    caspio: &Caspio,
    method: Method,
    path: &str,
    parts: &[(&str, &str)],
) -> Response {
    let mut body = String::new();
    for (part, name) in parts {
        body += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{part}\"; \
             filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\nbytes of {name}\r\n"
        );
    }
    body += &format!("--{BOUNDARY}--\r\n");
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = caspio.request(method, path);
    let request = request.header("Content-Type", content_type).body(body);
    request.send().await.expect("a response")
}

/// Percent-encodes everything except letters and digits.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
