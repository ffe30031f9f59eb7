//! Calls that the SDK has no method for.

mod path;

use crate::client::Client;
use crate::dialect::{self, push_query};
use crate::record::reason_and_place;
use crate::work::Work;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{
    ApiVersion, Error, ErrorKind, Expect, Idempotency, Operation, Request, Response, Result, Url,
};
use futures::FutureExt;
use pin_project_lite::pin_project;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pub use self::path::RawPath;
pub use caspio_core::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

const OPERATION: &str = "raw";
/// Headers that HTTP sets by itself. Another value would make the server wait for a longer body, or use another host.
const HTTP_HEADERS: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];
const ID_HINT: &str = "this version has the id of a table or view in its paths, not the name; a call of GET `tables` or \
                       `views` lists the ids";

impl Client {
    /// Starts a call that the SDK has no method for. Awaiting it makes the call.
    ///
    /// `path` is below the URL of the client's version of the API; see [`RawCall::version`] for another version. It is
    /// a list of segments, `["tables", name, "fields"]`, or a text, `"tables/Contacts/fields"`. Give the name of a
    /// table, field or file as a segment: only then is every name sent unchanged; [`RawPath`] has the rules. Parameters
    /// are added by [`RawCall::query`].
    ///
    /// In the paths of v4, a table or view has its id, which `raw(Method::GET, "tables")` or `"views"` lists.
    ///
    /// The call has the client's token, rate limiter, meter, retries and errors. Like a write, it is retried after a
    /// lost response only if its method or [`RawCall::idempotent`] permits that. One call, counted as the operation
    /// `raw`.
    ///
    /// ```no_run
    /// use caspio::raw::Method;
    ///
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let views = caspio.raw(Method::GET, "views").await?;
    /// let views: serde_json::Value = views.json()?;
    ///
    /// for name in caspio.tables().await? {
    ///     let fields = caspio.raw(Method::GET, ["tables", &name, "fields"]).await?;
    ///     println!("{name}: {}", String::from_utf8_lossy(fields.body()));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self, method: Method, path: impl Into<RawPath>) -> RawCall {
        RawCall {
            client: self.clone(),
            method,
            path: path.into(),
            version: None,
            query: Vec::new(),
            body: None,
            is_idempotent: false,
            expect: Expect::Json,
            headers: HeaderMap::new(),
            work: Work::default(),
        }
    }
}

pin_project! {
    /// A call that the SDK has no method for. Awaiting it makes the call; see [`Client::raw`].
    #[must_use = "a call is made when it is awaited"]
    pub struct RawCall {
        client: Client,
        method: Method,
        path: RawPath,
        version: Option<ApiVersion>,
        query: Vec<(String, String)>,
        body: Option<Result<Vec<u8>, serde_json::Error>>,
        is_idempotent: bool,
        expect: Expect,
        headers: HeaderMap,
        #[pin]
        work: Work<'static, Result<RawResponse>>,
    }
}

impl RawCall {
    /// Sets the version of the API, instead of the client's.
    pub fn version(mut self, version: ApiVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// Adds a parameter to the URL, for example `q.where`. The value is encoded here.
    pub fn query(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Sets a body of JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body = Some(serde_json::to_vec(body));
        self
    }

    /// Sets a header. `Authorization` is set by the client. The call is `Refused` with a header that HTTP sets by
    /// itself: `Connection`, `Content-Length`, `Host` or `Transfer-Encoding`.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Allows the call to be sent again after its response was lost, because executing it twice changes nothing. Calls
    /// with the methods GET, HEAD, OPTIONS, TRACE, PUT and DELETE are sent again without it.
    pub fn idempotent(mut self) -> Self {
        self.is_idempotent = true;
        self
    }

    /// Accepts a response that is not JSON, such as a file. Otherwise such a response is an error.
    pub fn any_body(mut self) -> Self {
        self.expect = Expect::Anything;
        self
    }

    fn url(&self) -> Result<Url> {
        let path = self.path.encoded()?;
        let mut url = match self.version {
            Some(version) => self.client.account().api_url(version),
            None => self.client.base().clone(),
        };
        url.set_path(&format!("{}/{path}", url.path()));
        for (name, value) in &self.query {
            push_query(&mut url, name, value);
        }
        Ok(url)
    }

    fn request(self) -> Result<(Client, Request)> {
        let operation = Operation::new(OPERATION).on(format!("{} {}", self.method, self.path));
        let mut request =
            Request::new(self.method.clone(), self.url()?, operation).expect(self.expect);
        if let Some(body) = self.body {
            let body = body.map_err(|error| {
                Error::new(ErrorKind::Refused, "the body cannot be written as JSON")
                    .with_source(error)
            })?;
            request = request.json(body);
        }
        for (name, value) in &self.headers {
            if HTTP_HEADERS.contains(&name.as_str()) {
                let message = format!("a call cannot set the header `{name}`");
                return Err(Error::new(ErrorKind::Refused, message).with_hint("leave it out"));
            }
            request = request.header(name.clone(), value.clone());
        }
        if self.is_idempotent {
            request = request.idempotency(Idempotency::Idempotent);
        }
        Ok((self.client, request))
    }

    async fn send(self) -> Result<RawResponse> {
        let resource = format!("{} {}", self.method, self.path);
        let may_have_a_name = self.identifies_by_id() && self.path.is_of_table_or_view();
        let sent = match self.request() {
            Ok((client, request)) => client.send(request).await,
            Err(error) => Err(error.with_operation(OPERATION).with_resource(resource)),
        };
        let response = sent.map_err(|error| match error.kind() {
            ErrorKind::NotFound if may_have_a_name => error.with_hint(ID_HINT),
            _ => error,
        })?;
        Ok(RawResponse(response))
    }

    /// Returns whether the paths of the call's version have ids of tables and views.
    fn identifies_by_id(&self) -> bool {
        let dialect = match self.version {
            Some(version) => dialect::of(version),
            None => self.client.dialect(),
        };
        dialect.capabilities().identifies_by_id
    }
}

impl Future for RawCall {
    type Output = Result<RawResponse>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let call = Self {
                client: this.client.clone(),
                method: this.method.clone(),
                path: this.path.clone(),
                version: *this.version,
                query: mem::take(this.query),
                body: this.body.take(),
                is_idempotent: *this.is_idempotent,
                expect: *this.expect,
                headers: mem::take(this.headers),
                work: Work::default(),
            };
            call.send().boxed()
        })
    }
}

impl fmt::Debug for RawCall {
    /// Hides parameters and body, which contain data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawCall")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The response of a [`RawCall`], with a status of success.
#[derive(Debug)]
pub struct RawResponse(Response);

impl RawResponse {
    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.body()
    }

    /// Consumes the response and returns the body.
    #[must_use]
    pub fn into_body(self) -> Bytes {
        self.0.into_body()
    }

    /// Returns the body, read as JSON.
    ///
    /// # Errors
    ///
    /// `Decode`: the body is empty, or is not of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(self.0.body()).map_err(|error| {
            let operation = self.0.operation();
            let message = match self.0.body().is_empty() {
                true => "the response has no body".to_owned(),
                false => format!(
                    "the response is not of the expected type: {}",
                    reason_and_place(&error)
                ),
            };
            let error = Error::new(ErrorKind::Decode, message).with_source(error);
            let error = error.with_operation(operation.name);
            error.with_resource(operation.resource.clone().unwrap_or_default())
        })
    }
}
