//! The error response of each version.

use crate::http::refusal::Body;
use crate::http::{Refusal, Response, Version};
use crate::{json, v4};

/// Turns a refusal into the response that the request `request_id` to `resource` gets.
pub(crate) fn error_response(
    refusal: Refusal,
    version: Version,
    resource: &str,
    request_id: &str,
) -> Response {
    let refusal = version.worded(refusal);
    match &refusal.body {
        Body::Empty => Response::empty(refusal.status),
        Body::Raw { content_type, text } => {
            Response::empty(refusal.status).with_body(content_type, text.clone().into_bytes())
        }
        Body::Caspio { code, message } => {
            let mut body = error_object(code, message, resource, request_id);
            if version == Version::V4 {
                v4::errors::explain(&mut body, code, resource);
            }
            body.push(b'}');
            Response::raw_json(refusal.status, body)
        }
    }
}

/// Begins Caspio's error object without its closing brace.
fn error_object(code: &str, message: &str, resource: &str, request_id: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(b"{\"Code\":");
    json::string(&mut out, code);
    out.extend_from_slice(b",\"Message\":");
    json::string(&mut out, message);
    out.extend_from_slice(b",\"Resource\":");
    json::string(&mut out, resource);
    out.extend_from_slice(b",\"RequestId\":");
    json::string(&mut out, request_id);
    out
}
