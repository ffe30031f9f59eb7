//! The steps of one request.

use super::connection::ConnectionControl;
use super::error_response::error_response;
use super::job::Job;
use super::logging::Begun;
#[cfg(feature = "page")]
use super::page;
use super::{admin, own, token_endpoint};
use crate::app::App;
use crate::faults::{self, Decision, Fault};
use crate::http::multipart;
use crate::http::params::Params;
use crate::http::route::{BodyKind, Route};
use crate::http::target::Target;
use crate::http::{Refusal, Response, Version};
use crate::routes;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response as HttpResponse, StatusCode, header};
use std::error::Error;
use std::iter::successors;
use std::sync::Arc;
use uuid::Uuid;

/// Larger bodies get 413. No source documents Caspio's own limit.
const MAX_BODY: usize = 256 * 1024 * 1024;

/// The destination of a request to the account.
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

/// Handles one request.
pub(crate) async fn serve(
    State(app): State<Arc<App>>,
    ConnectInfo(connection): ConnectInfo<ConnectionControl>,
    request: Request,
) -> HttpResponse<Body> {
    let clock = app.clock.clone();
    let mut response = handle(app, connection, request).await;
    let date = clock.http_date().map(HeaderValue::try_from);
    if let Some(Ok(date)) = date {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn handle(
    app: Arc<App>,
    connection: ConnectionControl,
    request: Request,
) -> HttpResponse<Body> {
    let (head, body) = request.into_parts();
    let request_id = Uuid::new_v4().to_string();
    let mut begun = Begun::now();
    let target = Target::new(app.scheme(), &head.uri, &head.headers);
    let version = Version::of(&target).map_or(Version::V3, |(version, _)| version);
    #[cfg(feature = "page")]
    if page::is_requested(&head, &target, &connection) {
        return page::response(app, target.query)
            .await
            .into_response(&request_id);
    }
    if let Some(path) = target.below(&["_emulator"]) {
        let outcome = administer(Arc::clone(&app), &connection, &head, path.to_vec(), body).await;
        return outcome
            .unwrap_or_else(|refusal| error_response(refusal, version, &target.url, &request_id))
            .into_response(&request_id);
    }
    let destination = find(&head.method, &target);
    let operation = destination
        .as_ref()
        .map_or("Unknown", Destination::operation);
    let decision = app.faults.decide(operation);
    let delay = app.settings.latency + decision.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let accepted = before(&app, &connection, &head.headers, decision.fault);
    let outcome = match accepted.and(destination) {
        Ok(destination) => {
            let body = (body, &mut begun.body);
            run(&app, &connection, destination, &head, &target, body).await
        }
        Err(refusal) => Err(refusal),
    };
    let response = outcome
        .unwrap_or_else(|refusal| error_response(refusal, version, &target.url, &request_id));
    if decision.fault == Some(Fault::ResetAfterwards) {
        connection.reset();
    }
    let status = if connection.is_reset() {
        0
    } else {
        response.status.as_u16()
    };
    app.meter.count(operation, status, response.rows);
    begun.log(&app, &head, &target, operation, (status, response.rows));
    sent_with(&decision, response, &request_id)
}

/// Builds the HTTP response, with a fault of its body or headers if there is one.
fn sent_with(decision: &Decision, mut response: Response, request_id: &str) -> HttpResponse<Body> {
    match decision.fault {
        Some(Fault::NoLocation) => {
            response
                .headers
                .retain(|(name, _)| name != header::LOCATION);
            response.into_response(request_id)
        }
        Some(Fault::CutShort) => response.into_pieces(request_id, faults::cut_short),
        Some(Fault::SlowDrip) => {
            response.into_pieces(request_id, |body| faults::dripping(body, decision.drip))
        }
        _ => response.into_response(request_id),
    }
}

/// Handles a request that came without a connection; `None` if a fault would reset the connection.
pub(crate) async fn respond(app: Arc<App>, request: Request<Bytes>) -> Option<HttpResponse<Bytes>> {
    let connection = ConnectionControl::direct();
    let request = request.map(Body::from);
    let response = serve(State(app), ConnectInfo(connection.clone()), request).await;
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.ok()?;
    (!connection.is_reset()).then(|| HttpResponse::from_parts(head, body))
}

/// Applies the faults that happen before a call is handled.
fn before(
    app: &App,
    connection: &ConnectionControl,
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
            connection.reset();
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

async fn administer(
    app: Arc<App>,
    connection: &ConnectionControl,
    head: &Parts,
    path: Vec<String>,
    body: Body,
) -> Result<Response, Refusal> {
    let is_own = connection.is_direct() || own::is_own(&head.headers);
    if !connection.is_loopback() || !is_own {
        return Err(Refusal::bare(StatusCode::NOT_FOUND));
    }
    let body = collect(body).await?;
    let method = head.method.clone();
    let job = move || {
        #[cfg(feature = "page")]
        if let [first, form @ ..] = path.as_slice()
            && first == "page"
        {
            return page::submit(&app, &method, form, &body);
        }
        admin::handle(&app, &method, &path, &body)
    };
    on_blocking_thread(connection, job).await
}

/// Runs what may wait for the store. A request without a connection has a thread of its own.
async fn on_blocking_thread(
    connection: &ConnectionControl,
    job: impl FnOnce() -> Result<Response, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    if connection.is_direct() {
        return job();
    }
    tokio::task::spawn_blocking(job)
        .await
        .unwrap_or_else(|_| Err(Refusal::internal()))
}

fn find(method: &Method, target: &Target) -> Result<Destination, Refusal> {
    if target.is_too_long() {
        return Err(Refusal::bare(StatusCode::URI_TOO_LONG));
    }
    if target
        .below(&["oauth", "token"])
        .is_some_and(<[_]>::is_empty)
    {
        // One published program sends its form by GET and gets its token.
        return match *method {
            Method::POST | Method::GET => Ok(Destination::Token),
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
    connection: &ConnectionControl,
    destination: Destination,
    head: &Parts,
    target: &Target,
    (body, logged): (Body, &mut Bytes),
) -> Result<Response, Refusal> {
    let (version, route, path) = match destination {
        Destination::Token => {
            let body = collect(body).await?;
            return Ok(token_endpoint::token(app, &head.headers, &body));
        }
        Destination::Operation(version, route, path) => (version, route, path),
    };
    let profile = if route.public {
        None
    } else {
        Some(authorize(app, &head.headers)?)
    };
    if accepts_only_xml(&head.headers) {
        return Err(Refusal::not_emulated(
            "Responses in XML are not emulated. Caspio has them; accept application/json.",
        ));
    }
    let token = bearer(&head.headers).unwrap_or_default();
    let token_left = app.tokens.left(token);
    // A request without a body needs none.
    if route.takes == BodyKind::Form || !body.is_end_stream() {
        check_content_type(route, &head.method, &head.headers)?;
    }
    // Caspio was seen to reset uploads with chunked encoding; that nothing is stored is inferred, fact
    // `reset-uploads`.
    if route.takes == BodyKind::Form && !head.headers.contains_key(header::CONTENT_LENGTH) {
        connection.reset();
        return Err(Refusal::internal());
    }
    let body = collect(body).await?;
    logged.clone_from(&body);
    let parts = match route.takes {
        BodyKind::Form => multipart::read(head, body.clone()).await?,
        BodyKind::Json => Vec::new(),
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
        url: target.url.clone(),
    };
    on_blocking_thread(connection, move || job.run()).await
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

/// Whether a caller accepts XML and neither JSON nor any type.
fn accepts_only_xml(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let accepted: Vec<_> = accepted.filter_map(|accept| accept.to_str().ok()).collect();
    let accepted = accepted.join(",").to_ascii_lowercase();
    accepted.contains("/xml") && !accepted.contains("/json") && !accepted.contains("/*")
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
        BodyKind::Json => ["application/json", "text/json"]
            .iter()
            .any(|json| essence.eq_ignore_ascii_case(json)),
        BodyKind::Form => essence.eq_ignore_ascii_case("multipart/form-data"),
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    }
}

async fn collect(body: Body) -> Result<Bytes, Refusal> {
    to_bytes(body, MAX_BODY).await.map_err(|error| {
        let mut causes = successors(error.source(), |&cause| cause.source());
        let is_broken = causes.any(<dyn Error>::is::<hyper::Error>);
        Refusal::bare(match is_broken {
            true => StatusCode::BAD_REQUEST,
            false => StatusCode::PAYLOAD_TOO_LARGE,
        })
    })
}
