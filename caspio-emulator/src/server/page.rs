//! The requests of the web page.

use super::connection::ConnectionControl;
use super::own;
use crate::app::App;
use crate::http::target::Target;
use crate::http::{Refusal, Response};
use crate::page;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use std::sync::Arc;

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
