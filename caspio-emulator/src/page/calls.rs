//! The calls: counts by operation, and the latest calls.

use super::grouped;
use super::html::Html;
use crate::app::App;
use crate::log::{LoggedBody, LoggedCall};
use std::collections::BTreeMap;

/// Writes how often each operation responded with each status.
pub(super) fn by_operation(page: &mut Html, app: &App) {
    let calls = app.meter.snapshot();
    let mut operations: BTreeMap<&str, Vec<(u16, u64)>> = BTreeMap::new();
    for (operation, status, count) in calls.iter() {
        operations
            .entry(operation)
            .or_default()
            .push((status, count));
    }
    page.raw("<section id=\"operations\"><h2>Calls by operation</h2>");
    if operations.is_empty() {
        page.raw("<p class=\"none\">No calls yet.</p></section>");
        return;
    }
    page.raw("<div class=\"scroll\"><table><thead><tr><th>Operation</th>")
        .raw("<th class=\"number\">Calls</th><th>Responses</th></tr></thead><tbody>");
    for (operation, responses) in operations {
        let total = responses.iter().map(|(_, count)| count).sum();
        page.raw("<tr><td>")
            .text(operation)
            .raw("</td><td class=\"number\">")
            .text(grouped(total))
            .raw("</td><td>");
        for (code, count) in responses {
            status(page, code);
            page.raw(" <span class=\"times\">× ")
                .text(grouped(count))
                .raw("</span> ");
        }
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div></section>");
}

/// Writes the latest calls.
pub(super) fn last(page: &mut Html, app: &App) {
    let entries = app.log.entries();
    page.raw("<section id=\"calls\"><h2>Latest calls</h2>")
        .raw("<form method=\"post\" action=\"/_emulator/page/calls\">")
        .raw("<button>Clear</button></form>");
    if entries.is_empty() {
        page.raw("<p class=\"none\">No calls yet.</p></section>");
        return;
    }
    page.raw("<div class=\"scroll tall\"><table><thead><tr><th>Time (UTC)</th><th>Method</th>")
        .raw("<th>Path</th><th>Operation</th><th>Status</th><th class=\"number\">Took</th>")
        .raw("<th class=\"number\">Records</th></tr></thead><tbody>");
    for entry in entries {
        page.raw("<tr><td class=\"quiet\">")
            .text(entry.at.strftime("%H:%M:%S%.3f"))
            .raw("</td><td class=\"method\">")
            .text(&entry.method)
            .raw("</td><td class=\"path\">")
            .text(&entry.path);
        if !entry.ignored.is_empty() {
            page.raw(" <span class=\"quiet\">ignored: ")
                .text(&entry.ignored)
                .raw("</span>");
        }
        details(page, &entry);
        page.raw("</td><td>").text(entry.operation).raw("</td><td>");
        status(page, entry.status);
        page.raw("</td><td class=\"number\">")
            .text(format_args!(
                "{:.1} ms",
                entry.taken.as_secs_f64() * 1_000.0
            ))
            .raw("</td><td class=\"number\">")
            .text(grouped(entry.rows))
            .raw("</td></tr>");
    }
    page.raw("</tbody></table></div></section>");
}

/// Writes the body, and the call as a command of which a click selects all.
fn details(page: &mut Html, entry: &LoggedCall) {
    page.raw("<details><summary>copy as curl</summary>");
    match &entry.body {
        LoggedBody::None => {}
        LoggedBody::Json(text) => {
            page.raw("<pre>").text(text).raw("</pre>");
        }
        LoggedBody::NotKept(reason) => {
            page.raw("<p class=\"quiet\">The body is not kept: ")
                .text(reason)
                .raw("</p>");
        }
    }
    page.raw("<pre class=\"command\">")
        .text(entry.to_curl())
        .raw("</pre></details>");
}

fn status(page: &mut Html, status: u16) {
    let class = match status {
        200..300 => "good",
        300..500 => "refused",
        _ => "broken",
    };
    page.raw("<span class=\"status ").raw(class).raw("\">");
    match status {
        0 => page.raw("reset"),
        status => page.text(status),
    };
    page.raw("</span>");
}
