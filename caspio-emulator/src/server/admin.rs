//! `/_emulator/...`: control of the emulator from another process.
//!
//! It serves callers on loopback only, needs no token and is not counted as a call.

use crate::app::App;
use crate::faults::Faults;
use crate::http::{Refusal, Response};
use crate::routes;
use axum::http::{HeaderValue, Method, StatusCode, header};
use caspio_schema::nearest;
use serde::Serialize;

/// The paths below `/_emulator`, the methods of each, and what they do.
const PATHS: [ControlPath; 6] = [
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
        ("faults", "PUT") => app.faults.set(faults(body)?),
        ("faults", "DELETE") => app.faults.set(Faults::none()),
        ("calls", "DELETE") => app.forget_calls(),
        ("snapshot", "PUT") => app.set_reset_point()?,
        ("reset", "POST") => app.reset()?,
        ("tokens/expire", "POST") => app.tokens.expire(),
        ("tokens/revoke", "POST") => app.tokens.revoke(),
        _ => return help(method, &path),
    }
    Ok(Response::no_content())
}

fn faults(body: &[u8]) -> Result<Faults, Refusal> {
    let faults = serde_json::from_slice(body).map_err(|error| error.to_string());
    let checked = faults.and_then(|faults| routes::check_rules(&faults).map(|()| faults));
    checked.map_err(|reason| Refusal::incorrect_body_because(format!("invalid faults: {reason}")))
}

/// Responds to a path or a method that does not exist with those that do.
fn help(method: &Method, path: &str) -> Result<Response, Refusal> {
    let known = PATHS.iter().find(|known| known.path == path);
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
