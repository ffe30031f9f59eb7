//! `GET /`: a web page that shows the emulator's data, faults and calls.
//!
//! Only callers on this machine get it: callers that are not on loopback get 404, and so do
//! requests for another host name, which a foreign page could have sent. It contains no secret and
//! no token.

mod calls;
mod entry;
mod form;
mod html;
mod place;
mod record_controls;
mod record_form;
mod records;
mod rows;
mod save;
mod switches;
mod tables;

use crate::app::App;
use crate::http::Response;
use crate::http::params::Params;
use axum::http::{HeaderValue, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use html::Html;
use record_form::RecordForm;
use sha2::{Digest as _, Sha256};

pub(crate) use form::submit as form;

const STYLE: &str = include_str!("style.css");
/// Reloads the page while a box is ticked.
const SCRIPT: &str = include_str!("live.js");

/// Renders the page; `query` names the table to show.
pub(crate) fn render(app: &App, query: &str) -> Response {
    show(app, &Params::parse(query), None)
}

/// Renders the page, with the form of a record that was refused. To reload such a page would send the form again.
fn show(app: &App, params: &Params, refused: Option<&RecordForm>) -> Response {
    let mut page = Html::default();
    page.raw("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<title>Caspio emulator</title><link rel=\"icon\" href=\"data:,\"><style>")
        .raw(STYLE)
        .raw("</style></head><body>");
    head(&mut page, app);
    page.raw("<main>");
    tables::write(&mut page, app, params, refused);
    switches::write(&mut page, app);
    calls::by_operation(&mut page, app);
    calls::last(&mut page, app);
    page.raw("</main>");
    if refused.is_none() {
        page.raw("<script>").raw(SCRIPT).raw("</script>");
    }
    page.raw("</body></html>");
    let status = match refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let response = Response::empty(status)
        .with_body("text/html; charset=utf-8", page.into_bytes())
        .header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match HeaderValue::from_str(&policy()) {
        Ok(policy) => response.header(header::CONTENT_SECURITY_POLICY, policy),
        Err(_) => response,
    }
}

/// The page needs its own style, its own script and its own forms, and nothing else.
fn policy() -> String {
    let script = STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; img-src data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn head(page: &mut Html, app: &App) {
    let calls = app.meter.snapshot();
    let schema = app.store.schema();
    page.raw("<header><h1>Caspio emulator</h1><span class=\"account\">account <b>")
        .text(&app.settings.account)
        .raw("</b></span><nav><a href=\"#tables\">Tables</a><a href=\"#faults\">Faults</a>")
        .raw("<a href=\"#operations\">Operations</a><a href=\"#calls\">Calls</a></nav>")
        .raw("<label hidden title=\"reloads the page every three seconds\">")
        .raw("<input type=\"checkbox\" id=\"live\" autocomplete=\"off\"> Live</label>")
        .raw("<dl class=\"figures\">");
    for (name, value) in [
        ("tables", schema.tables.len() as u64),
        ("views", schema.views.len() as u64),
        ("calls", calls.total()),
        ("records returned", calls.rows_sent()),
        ("tokens issued", calls.responses("Token", 200)),
    ] {
        page.raw("<div><dd>")
            .text(grouped(value))
            .raw("</dd><dt>")
            .text(name)
            .raw("</dt></div>");
    }
    page.raw("</dl></header>");
}

/// Formats a number with thousands separators.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
