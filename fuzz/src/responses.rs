//! A service whose responses are the input of a target.

use caspio::auth::BearerToken;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::{ApiVersion, Client, ClientBuilder, RateLimiter};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Separates the responses of an input.
const SEPARATOR: u8 = 0;
/// The beginning of a response that is not only a body of JSON with status 200.
const HEAD: &[u8] = b"HTTP ";
/// No operation on these responses makes more calls.
const MOST_CALLS: usize = 200;
/// The token of the requests. No error contains it.
pub const TOKEN: &str = "t0ken-of-the-requests";

/// A request as the service received it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its method.
    pub method: Method,
    /// Its URL.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
}

/// Responds to calls with the responses of an input, one after the other; the last one is repeated.
#[derive(Debug)]
pub struct Service {
    responses: Vec<Response<Vec<u8>>>,
    /// Whether they are the responses to requests of tokens. All other requests get an empty list.
    of_tokens: bool,
    seen: Mutex<Vec<Seen>>,
}

impl Service {
    /// Creates a service of an input. Each of its responses is the body of JSON, or `HTTP 400`, lines of headers, an
    /// empty line and a body. They are separated by a NUL.
    pub fn of(input: &[u8]) -> Arc<Self> {
        Self::new(input, false)
    }

    /// Like [`of`](Self::of), with responses to the requests of tokens.
    pub fn of_tokens(input: &[u8]) -> Arc<Self> {
        Self::new(input, true)
    }

    fn new(input: &[u8], of_tokens: bool) -> Arc<Self> {
        Arc::new(Self {
            responses: responses(input),
            of_tokens,
            seen: Mutex::default(),
        })
    }

    /// Returns the responses of the input.
    pub fn responses(&self) -> &[Response<Vec<u8>>] {
        &self.responses
    }

    /// Returns the requests so far.
    pub fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn response(&self, request: &http::Request<Body>) -> Response<Vec<u8>> {
        let is_of_token = request.uri().path() == "/oauth/token";
        let mut seen = self.seen();
        seen.push(Seen {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        });
        assert!(seen.len() < MOST_CALLS, "calls without end");
        if is_of_token != self.of_tokens {
            return Response::new(b"{\"Result\":[]}".to_vec());
        }
        let at = seen.len().min(self.responses.len()) - 1;
        self.responses[at].clone()
    }
}

impl HttpService for Service {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        async move {
            let response = self.response(&request);
            let body = request.into_body().bytes(usize::MAX).await;
            body.map_err(|_| HttpError::new(HttpErrorKind::Interrupted))?;
            Ok(response.map(Body::from))
        }
        .boxed()
    }
}

fn responses(input: &[u8]) -> Vec<Response<Vec<u8>>> {
    input
        .split(|byte| *byte == SEPARATOR)
        .map(response)
        .collect()
}

fn response(text: &[u8]) -> Response<Vec<u8>> {
    match text.strip_prefix(HEAD).and_then(with_head) {
        Some(response) => response,
        None => Response::new(text.to_vec()),
    }
}

/// Reads a response with a head; `None` if its status is none. Lines that are not headers are left out.
fn with_head(text: &[u8]) -> Option<Response<Vec<u8>>> {
    let mut lines = text.splitn(2, |byte| *byte == b'\n');
    let status = StatusCode::from_bytes(lines.next()?).ok()?;
    let mut rest = lines.next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.get(1..).unwrap_or_default();
        if line.is_empty() {
            break;
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next()?).ok();
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default().trim_ascii()).ok();
        if let Some((name, value)) = name.zip(value) {
            headers.append(name, value);
        }
    }
    let mut response = Response::new(rest.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Some(response)
}

/// Returns the version of the API that an input begins with, and the rest of the input.
pub fn version(input: &[u8]) -> (ApiVersion, &[u8]) {
    match input {
        [b'2', rest @ ..] => (ApiVersion::V2, rest),
        [b'3', rest @ ..] => (ApiVersion::V3, rest),
        [b'4', rest @ ..] => (ApiVersion::V4, rest),
        rest => (ApiVersion::V3, rest),
    }
}

/// Returns the settings of a client of a service, with a token that is never renewed.
pub fn builder(service: &Arc<Service>, version: ApiVersion) -> ClientBuilder {
    let token = BearerToken::new(TOKEN).expect("a token");
    Client::builder()
        .account("b3poa")
        .auth(Arc::new(token))
        .api_version(version)
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::clone(service) as _)
}

/// Creates a client of a service.
pub fn client(service: &Arc<Service>, version: ApiVersion) -> Client {
    builder(service, version).build().expect("a client")
}

/// Runs asynchronous work. Waits take no time.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(work)
}
