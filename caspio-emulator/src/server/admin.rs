//! `/_emulator/...`: control of the emulator from another process.
//!
//! It serves callers on loopback only, needs no token and is not counted as a call.
//!
//! | path | methods | |
//! |---|---|---|
//! | `faults` | GET, PUT, DELETE | the faults as JSON |
//! | `calls` | GET, DELETE | how often each operation was called |
//! | `snapshot` | PUT | takes the snapshot that a reset returns to |
//! | `reset` | POST | returns to it, or to the data of the start |
//! | `tokens/expire`, `tokens/revoke` | POST | ends every token |

use crate::app::App;
use crate::faults::Faults;
use crate::http::{Refusal, Response};
use crate::routes;
use axum::http::{Method, StatusCode};
use serde::Serialize;

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
    let path: Vec<_> = path.iter().map(String::as_str).collect();
    match (path.as_slice(), method.as_str()) {
        (["faults"], "GET") => Response::json(StatusCode::OK, &app.faults.faults()),
        (["faults"], "PUT") => {
            let faults = faults(body).map_err(|reason| {
                Refusal::incorrect_body_because(format!("invalid faults: {reason}"))
            })?;
            app.faults.set(faults);
            Ok(Response::no_content())
        }
        (["faults"], "DELETE") => {
            app.faults.set(Faults::none());
            Ok(Response::no_content())
        }
        (["calls"], "GET") => Response::json(StatusCode::OK, &counted(app)),
        (["calls"], "DELETE") => {
            app.meter.reset();
            Ok(Response::no_content())
        }
        (["snapshot"], "PUT") => {
            app.set_reset_point()?;
            Ok(Response::no_content())
        }
        (["reset"], "POST") => {
            app.reset()?;
            Ok(Response::no_content())
        }
        (["tokens", "expire"], "POST") => {
            app.tokens.expire();
            Ok(Response::no_content())
        }
        (["tokens", "revoke"], "POST") => {
            app.tokens.revoke();
            Ok(Response::no_content())
        }
        _ => Err(Refusal::bare(StatusCode::NOT_FOUND)),
    }
}

fn faults(body: &[u8]) -> Result<Faults, String> {
    let faults = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    routes::check_rules(&faults)?;
    Ok(faults)
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
