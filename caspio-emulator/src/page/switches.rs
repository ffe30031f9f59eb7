//! The current faults, and a form to change them.

use super::html::Html;
use crate::app::App;
use crate::faults::{Fault, Faults, Rule};

/// The shares of calls that a switch offers, in percent.
const SHARES: [u32; 6] = [0, 5, 10, 25, 50, 100];

/// A fault with its name in JSON and forms, and its description.
pub(super) const FAULTS: [(Fault, &str, &str); 12] = [
    (Fault::RateLimit, "rateLimit", "429 with Caspio's array"),
    (
        Fault::RateLimitAs400,
        "rateLimitAs400",
        "the same array with 400",
    ),
    (
        Fault::QuotaUsedUp,
        "quotaUsedUp",
        "the period's calls are used up",
    ),
    (
        Fault::InternalError,
        "internalError",
        "500 with Caspio's error body",
    ),
    (Fault::BadGateway, "badGateway", "502 with a gateway's HTML"),
    (Fault::Reset, "reset", "connection reset, no effect"),
    (
        Fault::ResetAfterwards,
        "resetAfterwards",
        "the call takes effect, then connection reset",
    ),
    (
        Fault::CutShort,
        "cutShort",
        "half of the response, then the connection breaks",
    ),
    (Fault::SlowDrip, "slowDrip", "the response in small pieces"),
    (
        Fault::NoLocation,
        "noLocation",
        "an insert without its Location",
    ),
    (
        Fault::RevokeToken,
        "revokeToken",
        "the token is revoked: 401",
    ),
    (
        Fault::StaleTokenAs400,
        "staleTokenAs400",
        "expired token, reported as 400",
    ),
];

/// Whether a rule is one that the form makes: all operations, with a share only.
pub(super) fn is_switch(rule: &Rule) -> bool {
    rule.operation.is_none() && rule.calls.is_empty()
}

/// Writes the form with the current values.
pub(super) fn write(page: &mut Html, app: &App) {
    let faults = app.faults.faults();
    page.raw("<section id=\"faults\"><h2>Faults</h2>");
    page.raw(if faults == Faults::none() {
        "<p class=\"state calm\">No faults.</p>"
    } else {
        "<p class=\"state\">Faults are on.</p>"
    });
    page.raw("<form method=\"post\" action=\"/_emulator/page/faults\"><div class=\"waits\">");
    for (name, label, value) in [
        ("latency", "latency", faults.latency_ms),
        ("jitter", "jitter", faults.jitter_ms),
        ("drip", "slow-drip pause", faults.drip_ms),
    ] {
        page.raw("<label>")
            .text(label)
            .raw(" <input type=\"number\" min=\"0\" max=\"600000\" name=\"")
            .text(name)
            .raw("\" value=\"")
            .text(value)
            .raw("\"> ms</label>");
    }
    page.raw("</div><div class=\"switches\">");
    for (fault, name, words) in FAULTS {
        switch(page, name, words, share(&faults, fault));
    }
    page.raw("</div>");
    others(page, &faults);
    page.raw("<p class=\"buttons\"><button class=\"main\">Apply</button> ")
        .raw("<button formaction=\"/_emulator/page/calm\">Clear faults</button> ")
        .raw("<button formaction=\"/_emulator/page/tokens/expire\">Expire tokens</button> ")
        .raw("<button formaction=\"/_emulator/page/tokens/revoke\">Revoke tokens</button></p>")
        .raw("</form></section>");
}

fn share(faults: &Faults, fault: Fault) -> u32 {
    let rule = faults
        .rules
        .iter()
        .find(|rule| rule.fault == fault && is_switch(rule));
    rule.map_or(0, |rule| (rule.rate * 100.0).round() as u32)
}

fn switch(page: &mut Html, name: &'static str, words: &'static str, share: u32) {
    page.raw(match share {
        0 => "<label class=\"switch\">",
        _ => "<label class=\"switch on\">",
    });
    page.raw("<span><b>")
        .raw(name)
        .raw("</b><small>")
        .raw(words)
        .raw("</small></span><select name=\"")
        .raw(name)
        .raw("\">");
    let known = SHARES.contains(&share);
    let extra = (!known).then_some(share);
    for offered in SHARES.into_iter().chain(extra) {
        page.raw("<option value=\"").text(offered).raw("\"");
        if offered == share {
            page.raw(" selected");
        }
        page.raw(">");
        match offered {
            0 => page.raw("off"),
            100 => page.raw("always"),
            share => page.text(format_args!("{share} %")),
        };
        page.raw("</option>");
    }
    page.raw("</select></label>");
}

/// Rules that a program added; the form does not change them.
fn others(page: &mut Html, faults: &Faults) {
    let mut lines = Vec::new();
    if let Some((calls, window)) = faults.rate_limit {
        lines.push(format!("rate limit of {calls} calls in {window} ms"));
    }
    if let Some(quota) = faults.quota {
        lines.push(format!("quota of {quota} calls"));
    }
    for rule in faults.rules.iter().filter(|rule| !is_switch(rule)) {
        let operation = rule.operation.as_deref().unwrap_or("every operation");
        let mut line = format!("{:?} on {operation}", rule.fault);
        if !rule.calls.is_empty() {
            line += &format!(", calls {:?}", rule.calls);
        }
        if rule.rate > 0.0 {
            line += &format!(", {:.0} %", rule.rate * 100.0);
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return;
    }
    page.raw("<p class=\"quiet\">Also set by a program:</p><ul class=\"others\">");
    for line in lines {
        page.raw("<li>").text(line).raw("</li>");
    }
    page.raw("</ul>");
}
