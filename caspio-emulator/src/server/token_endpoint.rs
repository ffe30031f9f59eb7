//! `POST /oauth/token`, the endpoint that all versions share.

use crate::app::App;
use crate::auth::tokens::Issued;
use crate::http::params::Params;
use crate::http::response::Response;
use crate::json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The credentials of a caller.
struct VisibleField {
    id: String,
    secret: String,
    by_header: bool,
}

/// Handles a token request. The content type is not checked: programs that send `text/plain` are
/// known to get a token.
pub(crate) fn token(app: &App, headers: &HeaderMap, body: &[u8]) -> Response {
    let form = Params::parse(&String::from_utf8_lossy(body));
    let Some(shown) = credentials(headers, &form) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_client", false);
    };
    let Some(profile) = app.profiles.find(&shown.id, &shown.secret) else {
        // Sources have both statuses; it is inferred from the OAuth 2 specification when each applies, fact
        // `refused-credentials`.
        let status = if shown.by_header {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        return refuse(status, "invalid_client", shown.by_header);
    };
    match form.get("grant_type") {
        Some("client_credentials") => grant(&app.tokens.issue(profile)),
        Some("refresh_token") => refresh(app, profile, form.get("refresh_token")),
        // Inferred from the OAuth 2 specification, fact `other-grants`; no source records it.
        Some(_) => refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", false),
        None => refuse(StatusCode::BAD_REQUEST, "invalid_request", false),
    }
}

fn refresh(app: &App, profile: usize, token: Option<&str>) -> Response {
    let owner = token.and_then(|token| app.tokens.redeem(token));
    // The body is inferred, fact `refused-refresh-token`.
    if owner != Some(profile) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_grant", false);
    }
    grant(&app.tokens.issue(profile))
}

fn credentials(headers: &HeaderMap, form: &Params) -> Option<VisibleField> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        return Some(VisibleField {
            id: id.to_owned(),
            secret: secret.to_owned(),
            by_header: true,
        });
    }
    Some(VisibleField {
        id: form.get("client_id")?.to_owned(),
        secret: form.get("client_secret")?.to_owned(),
        by_header: false,
    })
}

fn grant(issued: &Issued) -> Response {
    let mut out = Vec::with_capacity(768);
    out.extend_from_slice(b"{\"access_token\":");
    json::string(&mut out, &issued.access);
    out.extend_from_slice(b",\"token_type\":\"bearer\",\"expires_in\":");
    // Caspio reports a day as 86399.
    let seconds = issued.lifetime.as_secs().saturating_sub(1);
    json::integer(&mut out, i64::try_from(seconds).unwrap_or(i64::MAX));
    if let Some(refresh) = &issued.refresh {
        out.extend_from_slice(b",\"refresh_token\":");
        json::string(&mut out, refresh);
    }
    out.push(b'}');
    Response::raw_json(StatusCode::OK, out)
}

fn refuse(status: StatusCode, error: &str, basic: bool) -> Response {
    let body = format!(r#"{{"error":"{error}"}}"#).into_bytes();
    let response = Response::raw_json(status, body);
    if basic {
        response.header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
    } else {
        response
    }
}
