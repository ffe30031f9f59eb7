//! What happens to one request, step by step.

use super::connection::ConnectionControl;
use super::error_response::error_response;
use super::{admin, token_endpoint};
use crate::app::App;
use crate::auth::Profile;
use crate::faults::{self, Fault};
use crate::http::multipart::{self, Part};
use crate::http::params::{self, Params};
use crate::http::route::{Route, Takes};
use crate::http::target::Target;
use crate::http::{Answer, Call, Refusal, Version};
use crate::log::Entry;
use crate::{page, routes, v4};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Bodies past this are 413. What Caspio's own limit is, no source says.
const MAX_BODY: usize = 256 * 1024 * 1024;

/// A request that reached one of the account's addresses.
enum Destination {
    Token,
    Operation(Version, &'static Route, Vec<String>),
}

impl Destination {
    fn operation(&self) -> &'static str {
        match self {
            Self::Token => "Token",
            Self::Operation(_, route, _) => route.operation,
        }
    }
}

/// Answers one request.
pub(crate) async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(line): ConnectInfo<ConnectionControl>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let request_id = Uuid::new_v4().to_string();
    let begun = Instant::now();
    let target = Target::new(app.scheme(), &head.uri, &head.headers);
    let version = Version::of(&target).map_or(Version::V3, |(version, _)| version);
    if target.path.is_empty()
        && head.method == Method::GET
        && line.is_loopback()
        && page::is_own(&head.headers)
    {
        return look(app, target.query).await.into_response(&request_id);
    }
    if let Some(path) = target.below(&["_emulator"]) {
        let outcome = administer(&app, &line, &head, path, body).await;
        return outcome
            .unwrap_or_else(|refusal| {
                error_response(refusal, version, &target.address, &request_id)
            })
            .into_response(&request_id);
    }
    let destination = find(&head.method, &target);
    let operation = destination
        .as_ref()
        .map_or("Unknown", Destination::operation);
    let verdict = app.faults.decide(operation);
    let delay = app.settings.latency + verdict.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let outcome = match before(&app, &line, &head.headers, verdict.fault) {
        Ok(()) => match destination {
            Ok(destination) => run(&app, &line, destination, &head, &target, body).await,
            Err(refusal) => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    };
    let answer = outcome
        .unwrap_or_else(|refusal| error_response(refusal, version, &target.address, &request_id));
    if verdict.fault == Some(Fault::ResetAfterwards) {
        line.reset();
    }
    let status = match line.is_reset() {
        true => 0,
        false => answer.status.as_u16(),
    };
    app.meter.count(operation, status, answer.rows);
    app.log.note(Entry {
        at: Timestamp::now(),
        method: head.method.to_string(),
        path: shown(&target, operation),
        operation,
        status,
        taken: begun.elapsed(),
        rows: answer.rows,
    });
    match verdict.fault {
        Some(Fault::CutShort) => answer.into_pieces(&request_id, faults::cut_short),
        Some(Fault::SlowDrip) => {
            answer.into_pieces(&request_id, |body| faults::dripping(body, verdict.drip))
        }
        _ => answer.into_response(&request_id),
    }
}

/// Lets go wrong what goes wrong before a call is looked at.
fn before(
    app: &App,
    line: &ConnectionControl,
    headers: &HeaderMap,
    fault: Option<Fault>,
) -> Result<(), Refusal> {
    match fault {
        Some(Fault::RateLimit | Fault::QuotaUsedUp) => {
            Err(Refusal::rate_limit(StatusCode::TOO_MANY_REQUESTS))
        }
        Some(Fault::RateLimitAs400) => Err(Refusal::rate_limit(StatusCode::BAD_REQUEST)),
        Some(Fault::InternalError) => Err(Refusal::internal()),
        Some(Fault::BadGateway) => Err(Refusal::bad_gateway()),
        Some(Fault::StaleTokenAs400) => Err(Refusal::incorrect_query()),
        Some(Fault::Reset) => {
            line.reset();
            Err(Refusal::internal())
        }
        Some(Fault::RevokeToken) => {
            if let Some(token) = bearer(headers) {
                app.tokens.revoke_one(token);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The address of a call as the page shows it. Beside anything but an operation there may be a
/// secret in the query.
fn shown(target: &Target, operation: &str) -> String {
    let path = format!("/{}", target.path.join("/"));
    match operation {
        "Token" | "Unknown" => path,
        _ if target.query.is_empty() => path,
        _ => format!("{path}?{}", params::decode(&target.query)),
    }
}

/// Renders the page on a thread that may block on the store.
async fn look(app: Arc<App>, query: String) -> Answer {
    tokio::task::spawn_blocking(move || page::answer(&app, &query))
        .await
        .unwrap_or_else(|_| Answer::empty(StatusCode::INTERNAL_SERVER_ERROR))
}

async fn administer(
    app: &App,
    line: &ConnectionControl,
    head: &Parts,
    path: &[String],
    body: Body,
) -> Result<Answer, Refusal> {
    if !line.is_loopback() {
        return Err(Refusal::bare(StatusCode::NOT_FOUND));
    }
    let body = collect(body).await?;
    match path {
        [first, form @ ..] if first == "page" => {
            if head.method != Method::POST || !page::is_own(&head.headers) {
                return Err(Refusal::bare(StatusCode::NOT_FOUND));
            }
            page::form(app, form, &body)
        }
        _ => admin::answer(app, &head.method, path, &body),
    }
}

fn find(method: &Method, target: &Target) -> Result<Destination, Refusal> {
    if target.is_too_long() {
        return Err(Refusal::bare(StatusCode::URI_TOO_LONG));
    }
    if target
        .below(&["oauth", "token"])
        .is_some_and(<[_]>::is_empty)
    {
        return match *method {
            Method::POST => Ok(Destination::Token),
            _ => Err(Refusal::bare(StatusCode::METHOD_NOT_ALLOWED)),
        };
    }
    if let Some((version, path)) = Version::of(target) {
        let (route, values) = routes::find(version, method, path)?;
        return Ok(Destination::Operation(version, route, values));
    }
    Err(Refusal::bare(StatusCode::NOT_FOUND))
}

async fn run(
    app: &Arc<App>,
    line: &ConnectionControl,
    destination: Destination,
    head: &Parts,
    target: &Target,
    body: Body,
) -> Result<Answer, Refusal> {
    let (version, route, path) = match destination {
        Destination::Token => {
            let body = collect(body).await?;
            return Ok(token_endpoint::token(app, &head.headers, &body));
        }
        Destination::Operation(version, route, path) => (version, route, path),
    };
    let profile = match route.public {
        true => None,
        false => Some(authorize(app, &head.headers)?),
    };
    let token = bearer(&head.headers).unwrap_or_default();
    let token_left = app.tokens.left(token);
    check_content_type(route, &head.method, &head.headers)?;
    // Caspio was seen to reset uploads that come in chunks.
    if route.takes == Takes::Form && !head.headers.contains_key(header::CONTENT_LENGTH) {
        line.reset();
    }
    let body = collect(body).await?;
    let parts = match route.takes {
        Takes::Form => multipart::read(head, body.clone()).await?,
        Takes::Json => Vec::new(),
    };
    let job = Job {
        app: Arc::clone(app),
        version,
        route,
        profile,
        token_left,
        path,
        params: Params::parse(&target.query),
        body,
        parts,
        address: target.address.clone(),
    };
    tokio::task::spawn_blocking(move || job.run())
        .await
        .unwrap_or_else(|_| Err(Refusal::internal()))
}

/// Everything a handler needs, owned, for the thread that may block on the store.
struct Job {
    app: Arc<App>,
    version: Version,
    route: &'static Route,
    /// None where no token is asked for.
    profile: Option<usize>,
    token_left: Duration,
    path: Vec<String>,
    params: Params,
    body: Bytes,
    parts: Vec<Part>,
    address: String,
}

impl Job {
    fn run(self) -> Result<Answer, Refusal> {
        let nobody = Profile::nobody();
        let profile = match self.profile {
            None => &nobody,
            Some(index) => {
                let known = self.app.profiles.get(index);
                known.ok_or_else(Refusal::unauthorized)?
            }
        };
        let path = match self.version {
            Version::V4 => v4::named(&self.app, self.route, self.path)?,
            Version::V2 | Version::V3 => self.path,
        };
        (self.route.handler)(&Call {
            app: &self.app,
            version: self.version,
            profile,
            token_left: self.token_left,
            path: &path,
            params: &self.params,
            body: &self.body,
            parts: &self.parts,
            address: &self.address,
            number: self.app.next_request(),
        })
    }
}

fn authorize(app: &App, headers: &HeaderMap) -> Result<usize, Refusal> {
    let token = bearer(headers).ok_or_else(Refusal::unauthorized)?;
    let index = app.tokens.check(token).ok_or_else(Refusal::unauthorized)?;
    match app.profiles.get(index) {
        Some(profile) if profile.is_enabled() => Ok(index),
        _ => Err(Refusal::profile_disabled()),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

fn check_content_type(route: &Route, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    if *method == Method::GET {
        return Ok(());
    }
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let fits = match route.takes {
        Takes::Json => ["application/json", "text/json"]
            .iter()
            .any(|json| essence.eq_ignore_ascii_case(json)),
        Takes::Form => essence.eq_ignore_ascii_case("multipart/form-data"),
    };
    match fits {
        true => Ok(()),
        false => Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
}

async fn collect(body: Body) -> Result<Bytes, Refusal> {
    to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| Refusal::bare(StatusCode::PAYLOAD_TOO_LARGE))
}
