//! A service with one task, whose reports and failures a test writes.

use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio::tasks::Task;
use caspio::{ApiVersion, RateLimiter, RetryPolicy};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// What a read returns.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// A status.
    Is(&'static str),
    /// A status with the time of the last run, and whether it succeeded.
    HasRun(&'static str, &'static str, bool),
    /// The connection is lost.
    Lost,
    /// The profile may not read it.
    Forbidden,
}

/// What a call that starts the task gets.
#[derive(Clone, Copy, Debug, Default)]
enum Starting {
    #[default]
    Started,
    Lost,
    Forbidden,
}

#[derive(Debug, Default)]
struct State {
    /// The reads to come; the last one is repeated.
    reads: VecDeque<Read>,
    calls: usize,
    runs: usize,
    starting: Starting,
}

/// The service; clones share its state.
#[derive(Clone, Debug, Default)]
pub(super) struct Service(Arc<Mutex<State>>);

impl Service {
    pub(super) fn new(reads: impl IntoIterator<Item = Read>) -> Self {
        let service = Self::default();
        service.with(|state| state.reads = reads.into_iter().collect());
        service
    }

    /// Loses the responses to runs.
    pub(super) fn losing_runs(self) -> Self {
        self.with(|state| state.starting = Starting::Lost);
        self
    }

    /// Refuses runs.
    pub(super) fn refusing_runs(self) -> Self {
        self.with(|state| state.starting = Starting::Forbidden);
        self
    }

    pub(super) fn runs(&self) -> usize {
        self.with(|state| state.runs)
    }

    /// The number of calls without those for tokens.
    pub(super) fn calls(&self) -> usize {
        self.with(|state| state.calls)
    }

    /// The task, by a client that makes one attempt for each call.
    pub(super) fn task(&self, version: ApiVersion) -> Task {
        let client = Client::builder()
            .account("b3poa")
            .credentials("id", "secret")
            .api_version(version)
            .retry(RetryPolicy::none())
            .rate_limiter(RateLimiter::unlimited())
            .http_service(Arc::new(self.clone()))
            .build();
        client.expect("a client").tasks().task("b7c3")
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn run(&self) -> Result<http::Response<Body>, HttpError> {
        let starting = self.with(|state| {
            state.runs += 1;
            state.starting
        });
        match starting {
            Starting::Started => Ok(response(204, "")),
            Starting::Lost => Err(HttpError::new(HttpErrorKind::Interrupted)),
            Starting::Forbidden => Ok(forbidden()),
        }
    }

    fn read(&self, is_v4: bool) -> Result<http::Response<Body>, HttpError> {
        let read = self.with(|state| match state.reads.len() {
            0 | 1 => state.reads.front().copied(),
            _ => state.reads.pop_front(),
        });
        let members = match read.expect("a read") {
            Read::Is(status) => format!(r#""Status":"{status}""#),
            Read::HasRun(status, at, succeeded) => {
                format!(r#""Status":"{status}","LastRunTime":"{at}","Success":{succeeded}"#)
            }
            Read::Lost => return Err(HttpError::new(HttpErrorKind::Interrupted)),
            Read::Forbidden => return Ok(forbidden()),
        };
        let task = format!(r#"{{"ExternalKey":"b7c3",{members}}}"#);
        Ok(match is_v4 {
            true => response(200, &task),
            false => response(200, &format!(r#"{{"Result":{task}}}"#)),
        })
    }
}

impl HttpService for Service {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let path = request.uri().path();
        let response = if path == "/oauth/token" {
            let token = r#"{"access_token":"token","token_type":"bearer","expires_in":86399}"#;
            Ok(response(200, token))
        } else {
            self.with(|state| state.calls += 1);
            match path.ends_with("/run") {
                true => self.run(),
                false => self.read(path.contains("/v4/")),
            }
        };
        async move { response }.boxed()
    }
}

fn forbidden() -> http::Response<Body> {
    response(403, r#"{"Code":"UnsufficientPrivileges","Message":"no"}"#)
}

fn response(status: u16, body: &str) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(body.as_bytes().to_vec()));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
}
