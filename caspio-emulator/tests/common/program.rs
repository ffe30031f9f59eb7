//! The program in its own process.

#![allow(dead_code, reason = "each test file uses another part")]

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running program; it is killed when dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) ready: String,
    pub(crate) url: String,
}

impl Program {
    /// Starts the program on a free port and waits until it is ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = command()
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut ready)
            .expect("a line");
        let url = ready
            .split_whitespace()
            .find(|word| word.starts_with("http"))
            .unwrap_or_else(|| panic!("not ready: '{ready}'"))
            .to_owned();
        Self { child, ready, url }
    }

    /// Kills the process with SIGKILL, which it cannot handle.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// Asks the process to end, as a service manager does.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let sent = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .expect("sent");
        assert!(sent.success());
        self.child.wait().expect("gone")
    }

    /// Returns a caller with a token.
    pub(crate) async fn caller(&self) -> Caller {
        let http = reqwest::Client::new();
        let response = http
            .post(format!("{}/oauth/token", self.url))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials&client_id=demo&client_secret=demo-secret")
            .send()
            .await
            .expect("a response");
        let response: Value = response.json().await.expect("JSON");
        Caller {
            token: response["access_token"]
                .as_str()
                .expect("a token")
                .to_owned(),
            base: format!("{}/integrations/rest", self.url),
            http,
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program without arguments.
pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_caspio-emulator"))
}

/// Sends HTTP requests to a program.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    /// Starts a request to a path below `/integrations/rest`, such as `v3/tables`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/{path}", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/json")
    }

    /// Reads JSON; `None` unless the response is a success.
    pub(crate) async fn json(&self, path: &str) -> Option<Value> {
        let response = self.request(Method::GET, path).send().await.ok()?;
        if response.status().is_success() {
            response.json().await.ok()
        } else {
            None
        }
    }

    /// Sends JSON; any failure of the connection counts as no response.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.request(Method::POST, path).body(body.to_string());
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }
}
