//! What a recording keeps of a request and its response.
//!
//! Everything is made of words that are listed here: what is not known as a word of the API is replaced by the kind of
//! a value or by a stand-in. Nothing is copied and then cleaned.

use super::exchange::{Content, Exchange};
use super::names::Names;
use super::path::{Resource, Route, route};
use super::shape::{Members, RawMembers, of_form, shape};
use super::{headers, objects, order, query, sql, text};
use caspio_core::Bytes;
use caspio_core::http::{HeaderMap, Method, StatusCode, request, response};

/// A body as it was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) size: u64,
    /// The whole body, if it was read.
    pub(super) bytes: Option<Bytes>,
}

/// What the response to a request needs of it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    resource: Resource,
    order_by: String,
    has_key: bool,
}

/// Returns what is kept of a request.
pub(super) fn request(parts: &request::Parts, body: &Seen, names: &mut Names) -> (Exchange, Asked) {
    let Route { path, resource } = route(parts.uri.path(), names);
    let url_query = parts.uri.query().unwrap_or_default();
    let asked = Asked {
        resource,
        order_by: query::order_by(url_query),
        has_key: path.contains("/records/"),
    };
    let members = match resource {
        Resource::BulkRecords if parts.method != Method::POST => Members::Records,
        Resource::Records | Resource::BulkRecords => Members::Fields,
        _ => Members::Api,
    };
    let condition = match members {
        Members::Records => condition(body, names),
        _ => None,
    };
    let mut request = content(&parts.headers, body, resource, members, names);
    if let Some(content) = &mut request {
        content.condition = condition;
    }
    let exchange = Exchange {
        method: method(&parts.method),
        path,
        query: query::parameters(url_query, names),
        request_headers: headers::of_request(&parts.headers, names),
        request,
        ..Exchange::default()
    };
    (exchange, asked)
}

/// Adds what is kept of a response.
pub(super) fn response(
    exchange: &mut Exchange,
    asked: &Asked,
    parts: &response::Parts,
    body: &Seen,
    names: &mut Names,
) {
    let status = parts.status;
    let is_refusal = status.is_client_error() || status.is_server_error();
    let bytes = body.bytes.as_deref().unwrap_or_default();
    if status.is_success() {
        match asked.resource {
            Resource::Objects(kind) => objects::learn_ids(bytes, kind, names),
            Resource::Fields => exchange.fields = objects::fields(bytes, names),
            Resource::Records if !asked.order_by.is_empty() => {
                exchange.order = order::order(&asked.order_by, bytes);
            }
            _ => {}
        }
    }
    if is_refusal || status == StatusCode::MULTI_STATUS {
        exchange.errors = text::errors(bytes, is_refusal, names);
    }
    exchange.status = Some(status.as_u16());
    exchange.headers = headers::of_response(&parts.headers, names);
    let members = members_of_response(asked, is_refusal);
    exchange.response = content(&parts.headers, body, asked.resource, members, names);
}

/// Returns whether the body of a response is to be read.
pub(super) fn is_read(asked: &Asked, parts: &response::Parts) -> bool {
    let is_file = asked.resource == Resource::Content && parts.status.is_success();
    !is_file && headers::may_be_json(&parts.headers)
}

fn members_of_response(asked: &Asked, is_refusal: bool) -> Members {
    match asked.resource {
        _ if is_refusal => Members::Api,
        Resource::BulkRecords => Members::Outcomes,
        // A record of v4 has no envelope.
        Resource::Records if asked.has_key => Members::Fields,
        Resource::Records => Members::Records,
        _ => Members::Api,
    }
}

fn content(
    headers: &HeaderMap,
    body: &Seen,
    resource: Resource,
    members: Members,
    names: &mut Names,
) -> Option<Content> {
    if body.size == 0 {
        return None;
    }
    let content = Content {
        kib: body.size.div_ceil(1024),
        ..Content::default()
    };
    let is = |word: &str| Some(word.to_owned());
    let Some(bytes) = &body.bytes else {
        return Some(Content {
            is: is("not read"),
            ..content
        });
    };
    if headers::is_form(headers) {
        return Some(Content {
            is: is("form"),
            json: Some(of_form(bytes)),
            ..content
        });
    }
    let json = match headers::may_be_json(headers) && resource != Resource::Content {
        true => shape(bytes, members, names),
        false => None,
    };
    Some(Content {
        is: json.is_none().then(|| "not JSON".to_owned()),
        json,
        ..content
    })
}

/// Returns the condition in the body of a bulk write.
fn condition(body: &Seen, names: &mut Names) -> Option<String> {
    let members: RawMembers<'_> = serde_json::from_slice(body.bytes.as_deref()?).ok()?;
    let condition: String = serde_json::from_str(members.get("where")?.get()).ok()?;
    Some(sql::scrub(&condition, names))
}

/// Returns the name of a method; one that HTTP does not define may be anything.
fn method(method: &Method) -> String {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    match known.contains(method) {
        true => method.to_string(),
        false => "{method}".to_owned(),
    }
}
