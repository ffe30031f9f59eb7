//! `/_emulator/...`: control of the emulator from another process.
//!
//! It serves callers on loopback only, needs no token and is not counted as a call.

use crate::app::App;
use crate::faults::Faults;
use crate::http::{Refusal, Response};
use crate::routes;
use crate::store::{Fixture, FixtureSource, Format};
use axum::http::{HeaderValue, Method, StatusCode, header};
use caspio_schema::nearest;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The paths below `/_emulator`, the methods of each, and what they do.
const PATHS: [ControlPath; 10] = [
    ControlPath::new("faults", "GET, PUT, DELETE", "the faults as JSON"),
    ControlPath::new(
        "calls",
        "GET, DELETE",
        "how often each operation was called",
    ),
    ControlPath::new("snapshot", "PUT", "copies all data, for reset"),
    ControlPath::new(
        "reset",
        "POST",
        "replaces all data by those of the latest snapshot, or of the start",
    ),
    ControlPath::new(
        "time",
        "GET, PUT, DELETE",
        "the emulator's time as JSON; DELETE returns to that of the system clock",
    ),
    ControlPath::new("time/advance", "POST", "moves the time forward"),
    ControlPath::new("fixtures/TABLE.csv", "POST", "adds records, all or none"),
    ControlPath::new("fixtures/TABLE.json", "POST", "adds records, all or none"),
    ControlPath::new("tokens/expire", "POST", "expires every access token"),
    ControlPath::new("tokens/revoke", "POST", "revokes every token"),
];

#[derive(Clone, Copy, Debug, Serialize)]
struct ControlPath {
    path: &'static str,
    methods: &'static str,
    what: &'static str,
}

impl ControlPath {
    const fn new(path: &'static str, methods: &'static str, what: &'static str) -> Self {
        Self {
            path,
            methods,
            what,
        }
    }

    /// Whether it is this path; `TABLE` is the name of any table.
    fn is(&self, path: &str) -> bool {
        self.path == path
            || self
                .path
                .split_once("TABLE")
                .is_some_and(|(start, end)| path.starts_with(start) && path.ends_with(end))
    }
}

/// The response to a request that is none of the control paths.
#[derive(Debug, Serialize)]
struct Help {
    message: String,
    paths: Vec<ControlPath>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    total: u64,
    rows_sent: u64,
    operations: Vec<Operation>,
}

#[derive(Debug, Serialize)]
struct Operation {
    operation: String,
    status: u16,
    calls: u64,
}

/// The emulator's time, for example `2026-02-28T23:59:59Z`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    time: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

/// Handles a request to `path`, the segments after `_emulator`.
pub(crate) fn handle(
    app: &App,
    method: &Method,
    path: &[String],
    body: &[u8],
) -> Result<Response, Refusal> {
    let path = path.join("/");
    match (path.as_str(), method.as_str()) {
        ("faults", "GET") => return Response::json(StatusCode::OK, &app.faults.faults()),
        ("calls", "GET") => return Response::json(StatusCode::OK, &counted(app)),
        ("time", "GET") => return Response::json(StatusCode::OK, &time(app)),
        ("faults", "PUT") => app.faults.set(faults(body)?),
        ("faults", "DELETE") => app.faults.set(Faults::none()),
        ("calls", "DELETE") => app.forget_calls(),
        ("snapshot", "PUT") => app.set_reset_point()?,
        ("reset", "POST") => app.reset()?,
        ("time", "PUT") => set_time(app, body)?,
        ("time", "DELETE") => app.clock.reset(),
        ("time/advance", "POST") => advance_time(app, body)?,
        ("tokens/expire", "POST") => app.tokens.expire(),
        ("tokens/revoke", "POST") => app.tokens.revoke(),
        (path, "POST") => match fixture(path) {
            Some(of) => fill(app, of, body)?,
            None => return help(method, path),
        },
        _ => return help(method, &path),
    }
    Ok(Response::no_content())
}

fn faults(body: &[u8]) -> Result<Faults, Refusal> {
    let faults = serde_json::from_slice(body).map_err(|error| error.to_string());
    let checked = faults.and_then(|faults| routes::check_rules(&faults).map(|()| faults));
    checked.map_err(|reason| Refusal::incorrect_body_because(format!("invalid faults: {reason}")))
}

fn time(app: &App) -> Time {
    Time {
        time: app.clock.now().to_string(),
    }
}

fn set_time(app: &App, body: &[u8]) -> Result<(), Refusal> {
    let Time { time } = read_time(body)?;
    let time = time.parse::<Timestamp>().map_err(|error| {
        let reason = "is not a time with its zone, such as 2026-02-28T23:59:59Z";
        invalid_time(format!("'{time}' {reason}: {error}"))
    })?;
    app.clock.set(time).map_err(invalid_time)
}

fn advance_time(app: &App, body: &[u8]) -> Result<(), Refusal> {
    let Advance { seconds } = read_time(body)?;
    let advanced = app.clock.advance(Duration::from_secs(seconds));
    advanced.map_err(invalid_time)
}

fn read_time<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| invalid_time(error.to_string()))
}

fn invalid_time(reason: String) -> Refusal {
    Refusal::incorrect_body_because(format!("invalid time: {reason}"))
}

/// Returns the table and the form of the records that are posted to `fixtures/TABLE.csv` or `fixtures/TABLE.json`.
fn fixture(path: &str) -> Option<(&str, Format)> {
    match path.strip_prefix("fixtures/")?.rsplit_once('.')? {
        (table, "csv") => Some((table, Format::Csv)),
        (table, "json") => Some((table, Format::Json)),
        _ => None,
    }
}

fn fill(app: &App, (table, format): (&str, Format), body: &[u8]) -> Result<(), Refusal> {
    let text = str::from_utf8(body);
    let text = text.map_err(|_| Refusal::incorrect_body_because("the text is not UTF-8"))?;
    let filled = app.store.fill(&Fixture {
        table: table.to_owned(),
        format,
        source: FixtureSource::Text(text.to_owned()),
    });
    filled.map_err(|error| Refusal::incorrect_body_because(error.to_string()))
}

/// Responds to a path or a method that does not exist with those that do.
fn help(method: &Method, path: &str) -> Result<Response, Refusal> {
    let known = PATHS.iter().find(|known| known.is(path));
    let (status, message) = match known {
        _ if path.is_empty() => (
            StatusCode::OK,
            "the paths of the emulator itself".to_owned(),
        ),
        Some(known) => (
            StatusCode::METHOD_NOT_ALLOWED,
            format!("/_emulator/{path} has no {method}, but {}", known.methods),
        ),
        None => (StatusCode::NOT_FOUND, missing(path)),
    };
    let help = Help {
        message,
        paths: PATHS.to_vec(),
    };
    let response = Response::json(status, &help)?;
    Ok(match known {
        Some(known) => response.header(header::ALLOW, HeaderValue::from_static(known.methods)),
        None => response,
    })
}

fn missing(path: &str) -> String {
    let near = nearest(path, PATHS.iter().map(|known| known.path));
    let hint = near.map(|near| format!("; did you mean /_emulator/{near}?"));
    format!(
        "there is no path /_emulator/{path}{}",
        hint.unwrap_or_default()
    )
}

fn counted(app: &App) -> Counted {
    let calls = app.meter.snapshot();
    Counted {
        total: calls.total(),
        rows_sent: calls.rows_sent(),
        operations: calls
            .iter()
            .map(|(operation, status, calls)| Operation {
                operation: operation.to_owned(),
                status,
                calls,
            })
            .collect(),
    }
}
