//! `GET /`: a web page that shows the emulator's data, faults and calls.
//!
//! Only callers on this machine get it: callers that are not on loopback get 404, and so do
//! requests for another host name, which a foreign page could have sent. It contains no secret and
//! no token.

mod calls;
mod form;
mod html;
mod rows;
mod switches;
mod tables;

use crate::app::App;
use crate::http::Response;
use crate::http::params::Params;
use axum::http::{HeaderValue, StatusCode, header};
use html::Html;

pub(crate) use form::submit as form;

/// The page needs its own style and its own forms, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("style.css");

/// Renders the page; `query` names the table to show.
pub(crate) fn render(app: &App, query: &str) -> Response {
    let params = Params::parse(query);
    let mut page = Html::default();
    page.raw("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<title>Caspio emulator</title><link rel=\"icon\" href=\"data:,\"><style>")
        .raw(STYLE)
        .raw("</style></head><body>");
    head(&mut page, app);
    page.raw("<main>");
    tables::write(&mut page, app, &params);
    switches::write(&mut page, app);
    calls::by_operation(&mut page, app);
    calls::last(&mut page, app);
    page.raw("</main></body></html>");
    Response::empty(StatusCode::OK)
        .with_body("text/html; charset=utf-8", page.into_bytes())
        .header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
        .header(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        )
}

fn head(page: &mut Html, app: &App) {
    let calls = app.meter.snapshot();
    let schema = app.store.schema();
    page.raw("<header><h1>Caspio emulator</h1><span class=\"account\">account <b>")
        .text(&app.settings.account)
        .raw("</b></span><nav><a href=\"#tables\">Tables</a><a href=\"#faults\">Faults</a>")
        .raw("<a href=\"#operations\">Operations</a><a href=\"#calls\">Calls</a></nav>")
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
