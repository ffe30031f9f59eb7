//! Requests. A request knows which operation it belongs to and whether it is idempotent.

use crate::error::ErrorContext as _;
use crate::{Body, Error, ErrorKind, Result, percent};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use secrecy::SecretString;
use std::fmt;
use std::time::Duration;
use url::Url;

/// The name of a call's operation and its resource, for errors, the meter, logs and
/// wrapping services.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The name of the operation, e.g. `records.list`.
    pub name: &'static str,
    /// The table, view or other resource the operation is on, e.g. `table "Contacts"`.
    pub resource: Option<String>,
    /// The name of the table or view the operation is on.
    pub table: Option<String>,
}

impl Operation {
    /// Creates an operation with this name and without a resource.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            resource: None,
            table: None,
        }
    }

    /// Sets the resource of the operation, e.g. `table "Contacts"`.
    #[must_use]
    pub fn on(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Sets the name of the table or view the operation is on, for logs and traces.
    #[must_use]
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = Some(name.into());
        self
    }
}

/// Whether a request may be sent again after its response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// Sending it twice has the same effect as sending it once: reads, updates by key, deletes. The
    /// default of GET, HEAD, OPTIONS, TRACE, PUT and DELETE.
    Idempotent,
    /// Sent again only if the service certainly did not execute it: inserts. The default of POST, PATCH and all
    /// other methods.
    NotIdempotent,
}

impl Idempotency {
    fn default_of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE => Self::Idempotent,
            Method::PUT | Method::DELETE => Self::Idempotent,
            // Also methods that are not known.
            _ => Self::NotIdempotent,
        }
    }
}

/// The expected body of a successful response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expect {
    /// JSON, or an empty body. HTML, other text and truncated JSON are errors.
    #[default]
    Json,
    /// Any body: file contents.
    Anything,
}

/// A request, independent of any HTTP client.
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
    is_of_bulk_write: bool,
    is_public: bool,
    secrets: Vec<SecretString>,
}

impl Request {
    /// Creates a request that accepts JSON and has no body.
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
            is_of_bulk_write: false,
            is_public: false,
            secrets: Vec::new(),
        }
    }

    /// Creates a GET request.
    pub fn get(url: Url, operation: Operation) -> Self {
        Self::new(Method::GET, url, operation)
    }

    /// Creates a POST request, which is not idempotent by default.
    pub fn post(url: Url, operation: Operation) -> Self {
        Self::new(Method::POST, url, operation)
    }

    /// Creates a PUT request.
    pub fn put(url: Url, operation: Operation) -> Self {
        Self::new(Method::PUT, url, operation)
    }

    /// Creates a PATCH request, which is not idempotent by default.
    pub fn patch(url: Url, operation: Operation) -> Self {
        Self::new(Method::PATCH, url, operation)
    }

    /// Creates a DELETE request.
    pub fn delete(url: Url, operation: Operation) -> Self {
        Self::new(Method::DELETE, url, operation)
    }

    /// Sets a body of serialized JSON.
    pub fn json(self, json: impl Into<Bytes>) -> Self {
        self.content("application/json", json.into())
    }

    /// Sets a body of these form fields, which are percent-encoded here.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(self, fields: &[(K, V)]) -> Self {
        self.content(FORM, encode_form(fields).into())
    }

    /// Sets a header. A second value for the same name replaces the first.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets the body. Set its `Content-Type` with [`header`](Self::header).
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets whether the request may be sent again after its response was lost.
    pub fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// Sets the time limit for one attempt, instead of the transport's.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets the expected body of a successful response. Default: [`Expect::Json`].
    pub fn expect(mut self, expect: Expect) -> Self {
        if expect == Expect::Anything {
            self.headers
                .insert(header::ACCEPT, HeaderValue::from_static("*/*"));
            // The length of a file is checked, which a compressed response does not have.
            let identity = HeaderValue::from_static("identity");
            self.headers.insert(header::ACCEPT_ENCODING, identity);
        }
        self.expect = expect;
        self
    }

    /// Marks the request as a call of a bulk write, which is retried after rate limits for
    /// [`RetryPolicy::bulk_rate_limit_wait`](crate::RetryPolicy::bulk_rate_limit_wait).
    pub fn of_bulk_write(mut self) -> Self {
        self.is_of_bulk_write = true;
        self
    }

    /// Marks the request as one that needs no credentials, so that none are requested and sent.
    pub fn public(mut self) -> Self {
        self.is_public = true;
        self
    }

    /// Registers a secret that the body contains, such as a new password. It is redacted from errors
    /// and logs if a response echoes it.
    pub fn secret(mut self, secret: SecretString) -> Self {
        self.secrets.push(secret);
        self
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the operation the request belongs to.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Returns whether the request may be sent again after its response was lost.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.idempotency == Idempotency::Idempotent
    }

    pub(crate) fn attempt_timeout(&self) -> Option<Duration> {
        self.timeout
    }

    pub(crate) fn is_of_bulk_write(&self) -> bool {
        self.is_of_bulk_write
    }

    pub(crate) fn is_public(&self) -> bool {
        self.is_public
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

    /// Returns the request for one attempt, and whether another attempt is possible afterwards.
    pub(crate) fn take_http(&mut self) -> Result<(http::Request<Body>, bool)> {
        let uri = Uri::try_from(self.url.as_str()).map_err(|error| {
            Error::new(ErrorKind::Refused, "the request's URL is invalid").with_source(error)
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
    /// Hides the query string, the body and the header values: they contain data or secrets.
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

/// Encodes form fields.
///
/// The capacity is sufficient from the start: reallocating would leave copies of secrets in memory.
pub(crate) fn encode_form<K: AsRef<str>, V: AsRef<str>>(fields: &[(K, V)]) -> String {
    let length = |(name, value): &(K, V)| 3 * (name.as_ref().len() + value.as_ref().len()) + 2;
    let mut form = String::with_capacity(fields.iter().map(length).sum());
    for (name, value) in fields {
        if !form.is_empty() {
            form.push('&');
        }
        form.extend(percent::encode(name.as_ref()));
        form.push('=');
        form.extend(percent::encode(value.as_ref()));
    }
    form
}
