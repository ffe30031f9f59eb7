//! What v4 reports about itself and about the caller.

use super::routes;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Response};
use axum::http::StatusCode;
use jiff::SignedDuration;
use serde::Serialize;

pub(super) const ROUTES: &[Route] = &[
    Route::get("", "GetDiscovery", discover).public(),
    Route::get("aiManifest", "GetAiManifest", discover).public(),
    Route::get("me", "GetMe", me),
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Me<'a> {
    ws_profile_name: &'a str,
    account_subdomain: &'a str,
    token_expires_at: String,
    rate_limit: RateLimit,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RateLimit {
    limit: u32,
    window_seconds: u32,
}

/// An operation with its URL. The contents of Caspio's discovery documents are not recorded: it is inferred that they
/// list the operations, and in this form: fact `discovery-of-v4`.
#[derive(Debug, Serialize)]
struct Operation {
    method: &'static str,
    path: String,
}

#[derive(Debug, Serialize)]
struct Manifest {
    operations: Vec<Operation>,
}

fn me(call: &Call<'_>) -> Outcome {
    let left = SignedDuration::try_from(call.token_left).unwrap_or_default();
    let now = call.app.clock.now();
    let expires = now.saturating_add(left).unwrap_or(now);
    Response::json(
        StatusCode::OK,
        &Me {
            ws_profile_name: call.profile.display_name(),
            account_subdomain: &call.app.settings.account,
            token_expires_at: expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            rate_limit: RateLimit {
                limit: 2_000,
                window_seconds: 300,
            },
        },
    )
}

fn discover(_: &Call<'_>) -> Outcome {
    let operations = routes()
        .map(|route| Operation {
            method: route.method.as_str(),
            path: route.path("/v4"),
        })
        .collect();
    Response::json(StatusCode::OK, &Manifest { operations })
}
