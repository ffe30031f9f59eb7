//! The requests of the web page, and the log of calls that it shows.

use super::connection::ConnectionControl;
use super::own;
use crate::app::App;
use crate::http::params::{self, Params};
use crate::http::target::Target;
use crate::http::{Refusal, Response};
use crate::log::Entry;
use crate::page;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Instant;

/// Returns whether a request asks for the page, from this machine and with this machine's host
/// name.
pub(super) fn is_requested(head: &Parts, target: &Target, connection: &ConnectionControl) -> bool {
    target.path.is_empty()
        && head.method == Method::GET
        && connection.is_loopback()
        && own::is_own(&head.headers)
}

/// Renders the page on a thread that may block on the store.
pub(super) async fn response(app: Arc<App>, query: String) -> Response {
    tokio::task::spawn_blocking(move || page::render(&app, &query))
        .await
        .unwrap_or_else(|_| Response::empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Handles a form of the page.
pub(super) fn submit(
    app: &App,
    method: &Method,
    form: &[String],
    body: &[u8],
) -> Result<Response, Refusal> {
    if *method != Method::POST {
        return Err(Refusal::bare(StatusCode::NOT_FOUND));
    }
    page::form(app, form, body)
}

/// Adds a finished call to the log.
pub(super) fn log_call(
    app: &App,
    head: &Parts,
    target: &Target,
    operation: &'static str,
    status: u16,
    rows: u64,
    begun: Instant,
) {
    app.log.note(Entry {
        at: Timestamp::now(),
        method: head.method.to_string(),
        path: logged_path(target, operation),
        ignored: ignored(target, operation),
        operation,
        status,
        taken: begun.elapsed(),
        rows,
    });
}

/// Returns the path of a call. Only operations are shown with their query, because other queries may contain a
/// secret.
fn logged_path(target: &Target, operation: &str) -> String {
    let path = format!("/{}", target.path.join("/"));
    match operation {
        "Token" | "Unknown" => path,
        _ if target.query.is_empty() => path,
        _ => format!("{path}?{}", params::decode(&target.query)),
    }
}

/// Returns the parameters of an operation that are ignored.
fn ignored(target: &Target, operation: &str) -> String {
    match operation {
        "Token" | "Unknown" => String::new(),
        _ => Params::parse(&target.query).unknown().join(", "),
    }
}
