//! The response of a handler, before it is sent.

use super::refusal::Refusal;
use axum::body::Body as HttpBody;
use axum::http::{HeaderName, HeaderValue, Response as HttpResponse, StatusCode, header};
use serde::Serialize;

const JSON: &str = "application/json; charset=utf-8";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-caspio-request-id");

/// The complete response of one operation.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Vec<u8>,
    /// How many records the body contains; only the meter reads it.
    pub(crate) rows: u64,
}

impl Response {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            rows: 0,
        }
    }

    pub(crate) fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// A body that is JSON already.
    pub(crate) fn raw_json(status: StatusCode, body: Vec<u8>) -> Self {
        Self::empty(status).with_body(JSON, body)
    }

    pub(crate) fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(body).map_err(|_| Refusal::internal())?;
        Ok(Self::raw_json(status, body))
    }

    /// `{"Result": ...}`, the envelope of most responses of v2 and v3.
    pub(crate) fn result<T: Serialize>(status: StatusCode, result: &T) -> Result<Self, Refusal> {
        #[derive(Serialize)]
        struct Envelope<'a, T> {
            #[serde(rename = "Result")]
            result: &'a T,
        }
        Self::json(status, &Envelope { result })
    }

    pub(crate) fn with_body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = body;
        if let Ok(value) = HeaderValue::from_str(content_type) {
            self = self.header(header::CONTENT_TYPE, value);
        }
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    pub(crate) fn into_response(self, request_id: &str) -> HttpResponse<HttpBody> {
        self.respond(request_id, HttpBody::from)
    }

    /// Sends the body in `pieces`, while the headers announce all of it.
    pub(crate) fn into_pieces(
        self,
        request_id: &str,
        pieces: impl FnOnce(Vec<u8>) -> HttpBody,
    ) -> HttpResponse<HttpBody> {
        let length = HeaderValue::from(self.body.len());
        self.header(header::CONTENT_LENGTH, length)
            .respond(request_id, pieces)
    }

    fn respond(
        self,
        request_id: &str,
        body: impl FnOnce(Vec<u8>) -> HttpBody,
    ) -> HttpResponse<HttpBody> {
        let mut response = HttpResponse::new(body(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        if self.status == StatusCode::UNAUTHORIZED
            && !headers.contains_key(header::WWW_AUTHENTICATE)
        {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Ok(value) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, value);
        }
        response
    }
}
