//! What is sent: a request that knows which operation it belongs to and whether it may be repeated.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use url::Url;

use crate::error::ErrorContext as _;
use crate::{Body, Error, ErrorKind, Result};

/// What a call does and to what, for errors, the meter, logs and wrapped services.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's name, e.g. `records.list`.
    pub name: &'static str,
    /// What it is done to, e.g. `table "Contacts"`.
    pub resource: Option<String>,
}

impl Operation {
    /// An operation by its name.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            resource: None,
        }
    }

    /// Names what it is done to, e.g. `table "Contacts"`.
    #[must_use]
    pub fn on(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }
}

/// Whether a request may be sent again when its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// Doing it twice is as good as once: reads, updates by key, deletes. The default of GET, HEAD, PUT and DELETE.
    Idempotent,
    /// Only when it is certain that the service did not execute it: inserts. The default of POST and PATCH.
    NotIdempotent,
}

impl Idempotency {
    fn default_of(method: &Method) -> Self {
        match *method {
            Method::POST | Method::PATCH => Self::NotIdempotent,
            _ => Self::Idempotent,
        }
    }
}

/// What a successful answer's body should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Expect {
    /// JSON, or nothing. HTML, other text and JSON that breaks off are errors.
    #[default]
    Json,
    /// Anything: file contents.
    Anything,
}

/// One request, independent of any HTTP client.
///
/// ```
/// use caspio_core::{Account, ApiVersion, Operation, Idempotency, Request};
///
/// let mut url = Account::new("b3poa")?.api_url(ApiVersion::V3);
/// url.path_segments_mut().expect("an https URL").extend(["tables", "Contacts", "records"]);
///
/// let request = Request::post(url, Operation::new("records.insert").on("table \"Contacts\""))
///     .json(r#"{"Name":"Ann"}"#);
/// assert!(!request.is_idempotent());
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    method: Method,
    url: Url,
    operation: Operation,
    headers: HeaderMap,
    body: Body,
    idempotency: Idempotency,
    timeout: Option<Duration>,
    expect: Expect,
    secrets: Vec<SecretString>,
}

impl Request {
    /// A request that asks for JSON and has no body.
    pub fn new(method: Method, url: Url, operation: Operation) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            idempotency: Idempotency::default_of(&method),
            method,
            url,
            operation,
            headers,
            body: Body::empty(),
            timeout: None,
            expect: Expect::Json,
            secrets: Vec::new(),
        }
    }

    /// A GET.
    pub fn get(url: Url, operation: Operation) -> Self {
        Self::new(Method::GET, url, operation)
    }

    /// A POST; by default never sent twice.
    pub fn post(url: Url, operation: Operation) -> Self {
        Self::new(Method::POST, url, operation)
    }

    /// A PUT.
    pub fn put(url: Url, operation: Operation) -> Self {
        Self::new(Method::PUT, url, operation)
    }

    /// A PATCH; by default never sent twice.
    pub fn patch(url: Url, operation: Operation) -> Self {
        Self::new(Method::PATCH, url, operation)
    }

    /// A DELETE.
    pub fn delete(url: Url, operation: Operation) -> Self {
        Self::new(Method::DELETE, url, operation)
    }

    /// Sends finished JSON.
    pub fn json(self, json: impl Into<Bytes>) -> Self {
        self.content("application/json", json.into())
    }

    /// Sends a form, encoded here.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(self, fields: &[(K, V)]) -> Self {
        self.content(FORM, encode_form(fields).into())
    }

    /// Adds a header; a second value for a name replaces the first.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends any body. Set its `Content-Type` with [`header`](Self::header).
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Says whether the request may be sent again when its answer was lost.
    pub fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// The time for one attempt, instead of the transport's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// What the answer's body should be. Default: [`Expect::Json`].
    pub fn expect(mut self, expect: Expect) -> Self {
        if expect == Expect::Anything {
            self.headers
                .insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        }
        self.expect = expect;
        self
    }

    /// Names a secret that the body carries, such as a new password: should an answer echo it, no
    /// error and no log shows it.
    pub fn secret(mut self, secret: SecretString) -> Self {
        self.secrets.push(secret);
        self
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The operation it belongs to.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Whether it may be sent again when its answer was lost.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.idempotency == Idempotency::Idempotent
    }

    pub(crate) fn attempt_timeout(&self) -> Option<Duration> {
        self.timeout
    }

    pub(crate) fn expected(&self) -> Expect {
        self.expect
    }

    pub(crate) fn secrets(&self) -> &[SecretString] {
        &self.secrets
    }

    pub(crate) fn body_len(&self) -> u64 {
        self.body.len().unwrap_or(0)
    }

    fn content(mut self, kind: &'static str, bytes: Bytes) -> Self {
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = bytes.into();
        self
    }

    /// The request for one attempt, and whether another can be made afterwards.
    pub(crate) fn take_http(&mut self) -> Result<(http::Request<Body>, bool)> {
        let uri = Uri::try_from(self.url.as_str()).map_err(|error| {
            Error::new(ErrorKind::Refused, "the request's address is not valid").with_source(error)
        })?;
        let copy = self.body.try_clone();
        let again = copy.is_some();
        let body = copy.unwrap_or_else(|| std::mem::take(&mut self.body));
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        request.extensions_mut().insert(self.operation.clone());
        Ok((request, again))
    }
}

impl fmt::Debug for Request {
    /// Shows neither the query's text nor the body nor the headers' values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.url.path())
            .field("query", &self.url.query().map(str::len))
            .field("operation", &self.operation)
            .field("body", &self.body)
            .field("idempotency", &self.idempotency)
            .finish_non_exhaustive()
    }
}

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

const FORM_SAFE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(crate) fn form_escape(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, FORM_SAFE).into()
}

/// The capacity is enough from the start: growing would leave copies of secrets behind.
pub(crate) fn encode_form<K: AsRef<str>, V: AsRef<str>>(fields: &[(K, V)]) -> String {
    let length = |(name, value): &(K, V)| 3 * (name.as_ref().len() + value.as_ref().len()) + 2;
    let mut form = String::with_capacity(fields.iter().map(length).sum());
    for (name, value) in fields {
        if !form.is_empty() {
            form.push('&');
        }
        form.extend(utf8_percent_encode(name.as_ref(), FORM_SAFE));
        form.push('=');
        form.extend(utf8_percent_encode(value.as_ref(), FORM_SAFE));
    }
    form
}
