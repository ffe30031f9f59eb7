//! A token endpoint and an API in one scripted service.

use caspio_core::http::{Request, Response, StatusCode, header};
use caspio_core::{Body, Bytes, HttpError, HttpErrorKind, HttpService};
use futures::future::BoxFuture;
use std::sync::Mutex;
use std::time::Duration;

/// The endpoint's reaction to one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Say(u16, Vec<(&'static str, &'static str)>, Bytes),
    Fail(HttpErrorKind),
    Silence,
}

impl Reply {
    pub(crate) fn say(status: u16, body: impl Into<Bytes>) -> Self {
        Self::Say(status, Vec::new(), body.into())
    }

    pub(crate) fn token(number: usize, seconds: u64) -> Self {
        let body = format!(
            r#"{{"access_token":"access-{number}","expires_in":{seconds},"refresh_token":"refresh-{number}"}}"#
        );
        Self::say(200, body)
    }
}

/// The part of a request that the reply depends on.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) path: String,
    pub(crate) authorization: String,
}

impl ReceivedRequest {
    pub(crate) fn is_token_request(&self) -> bool {
        self.path == "/oauth/token"
    }
}

type Script = Box<dyn Fn(&ReceivedRequest, usize) -> Reply + Send + Sync>;

/// Replies with a function of the request and of the number of token requests so far.
pub(crate) struct Endpoint {
    script: Script,
    token_requests: Mutex<Vec<ReceivedRequest>>,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endpoint")
    }
}

impl Endpoint {
    pub(crate) fn new(
        script: impl Fn(&ReceivedRequest, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self {
            script: Box::new(script),
            token_requests: Mutex::default(),
        }
    }

    pub(crate) fn token_requests(&self) -> usize {
        self.token_requests.lock().expect("no panic").len()
    }

    fn reply(&self, request: ReceivedRequest) -> Reply {
        if !request.is_token_request() {
            return (self.script)(&request, self.token_requests());
        }
        let number = {
            let mut requests = self.token_requests.lock().expect("no panic");
            requests.push(request.clone());
            requests.len()
        };
        (self.script)(&request, number)
    }
}

impl HttpService for Endpoint {
    fn call(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        Box::pin(async move {
            let (head, _) = request.into_parts();
            let authorization = head.headers.get(header::AUTHORIZATION);
            let request = ReceivedRequest {
                path: head.uri.path().to_owned(),
                authorization: authorization
                    .map_or("", |v| v.to_str().expect("text"))
                    .to_owned(),
            };
            // A real response takes time, during which other tasks run.
            tokio::task::yield_now().await;
            match self.reply(request) {
                Reply::Fail(kind) => Err(HttpError::new(kind)),
                Reply::Silence => {
                    tokio::time::sleep(Duration::from_secs(1_000_000)).await;
                    Err(HttpError::new(HttpErrorKind::Interrupted))
                }
                Reply::Say(status, headers, body) => {
                    let mut response = Response::new(Body::from(body));
                    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
                    for (name, value) in headers {
                        response
                            .headers_mut()
                            .insert(name, value.parse().expect("a value"));
                    }
                    Ok(response)
                }
            }
        })
    }
}
