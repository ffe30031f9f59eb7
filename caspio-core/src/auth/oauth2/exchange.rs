//! Token requests: sends one form, receives a grant or an error.

use super::fallback_grant::FallbackGrant;
use super::{ClientAuth, token_response};
use crate::auth::{ClientCredentials, basic_header};
use crate::classify::clean;
use crate::diagnosis::ClockOffset;
use crate::error::ErrorContext as _;
use crate::meter::TOKEN_OPERATION;
use crate::percent;
use crate::redact::Redactor;
use crate::request::{FORM, encode_form};
use crate::response::{REQUEST_ID, header_text};
use crate::token::{Clock, Grant};
use crate::{
    Body, Error, ErrorKind, HttpError, HttpErrorKind, HttpService, Meter, Operation, Result,
    retry_after,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use url::Url;
use zeroize::Zeroizing;

const RATE_LIMIT_HINT: &str = "make fewer calls per second; refused calls are billed too";
/// The longest pause between two of them.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// The largest response that is read; a token response has a few kilobytes.
const MAX_BODY: usize = 256 * 1024;
/// The longest description of a failure.
const MAX_DESCRIPTION: usize = 200;

pub(crate) struct Exchange {
    pub(super) token_url: Url,
    pub(super) resource: String,
    pub(super) credentials: ClientCredentials,
    pub(super) client_auth: ClientAuth,
    pub(super) refresh_auth: ClientAuth,
    pub(super) fallback: FallbackGrant,
    pub(super) scope: Option<String>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) hints: ErrorHints,
    pub(super) service: Arc<dyn HttpService>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) offset: Mutex<Option<ClockOffset>>,
    pub(super) timeout: Duration,
    /// How many times a token request is sent at most.
    pub(super) attempts: u32,
    pub(super) meter: Meter,
}

/// Hints for errors that come from wrong settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorHints {
    pub(super) credentials: &'static str,
    pub(super) token_url: &'static str,
}

/// The form of a token request.
pub(super) struct Form<'f> {
    fields: Vec<(&'f str, &'f str)>,
    secrets: Vec<&'f SecretString>,
    client: ClientAuth,
}

impl<'f> Form<'f> {
    pub(super) fn new(grant_type: &'f str) -> Self {
        Self {
            fields: vec![("grant_type", grant_type)],
            secrets: Vec::new(),
            client: ClientAuth::Body,
        }
    }

    pub(super) fn field(mut self, name: &'f str, value: &'f str) -> Self {
        self.fields.push((name, value));
        self
    }

    /// Adds a field that must not appear in an error if the response echoes it.
    pub(super) fn secret(mut self, name: &'f str, value: &'f SecretString) -> Self {
        self.secrets.push(value);
        self.field(name, value.expose_secret())
    }

    pub(super) fn client(mut self, how: ClientAuth) -> Self {
        self.client = how;
        self
    }
}

impl Exchange {
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(super) fn offset(&self) -> Option<ClockOffset> {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how long a token request with its repetition can take.
    pub(super) fn longest_request(&self) -> Duration {
        self.timeout
            .saturating_add(LONGEST_PAUSE)
            .saturating_mul(self.attempts)
    }

    fn basic(&self) -> HeaderValue {
        let id = percent::encode(self.credentials.id()).to_string();
        let secret = percent::encode(self.credentials.secret().expose_secret()).to_string();
        basic_header(&id, &Zeroizing::new(secret))
    }

    /// Sends a token request, and repeats it if that is permitted.
    ///
    /// Repeating does no harm: new tokens do not invalidate old ones, and a code or refresh token that
    /// was consumed by a request whose response was lost is lost either way.
    pub(super) async fn request_token<'a>(&'a self, mut form: Form<'a>) -> Result<Grant> {
        let fields = self.fields.iter();
        form.fields
            .extend(fields.map(|(name, value)| (&**name, &**value)));
        let public = self.credentials.is_public();
        let basic = (!public && form.client == ClientAuth::Basic).then(|| self.basic());
        if basic.is_none() {
            form = form.field("client_id", self.credentials.id());
        }
        if basic.is_none() && !public {
            form = form.field("client_secret", self.credentials.secret().expose_secret());
        }
        form.secrets.push(self.credentials.secret());
        let encoded = Zeroizing::new(encode_form(&form.fields).into_bytes());
        self.send_with_retry(Bytes::from_owner(encoded), basic, &form.secrets)
            .await
    }

    async fn send_with_retry(
        &self,
        form: Bytes,
        basic: Option<HeaderValue>,
        secrets: &[&SecretString],
    ) -> Result<Grant> {
        let mut tries = 1;
        loop {
            let result = self.send_once(form.clone(), basic.clone(), secrets).await;
            match result {
                Err(error) if tries < self.attempts && is_worth_repeating(&error) => tries += 1,
                Err(error) => return Err(self.with_context(error).with_attempts(tries)),
                Ok(grant) => return Ok(grant),
            }
            tokio::time::sleep(LONGEST_PAUSE.mul_f64(fastrand::f64().max(0.1))).await;
        }
    }

    async fn send_once(
        &self,
        form: Bytes,
        basic: Option<HeaderValue>,
        secrets: &[&SecretString],
    ) -> Result<Grant> {
        let request = self.request(form, basic)?;
        let redactor = Redactor::for_request(&request, &[]);
        let sent = request.body().len().unwrap_or(0);
        let mut call = self.meter.start(TOKEN_OPERATION, None, sent)?;
        let response = match tokio::time::timeout(self.timeout, self.call(request)).await {
            Ok(response) => response,
            Err(_) => Err(HttpError::new(HttpErrorKind::Timeout)),
        };
        match response {
            Err(error) => {
                call.failed(&error);
                Err(no_response(error))
            }
            Ok((status, headers, body)) => {
                call.answered(status, body.len() as u64);
                self.note_time(&headers);
                let read = self.read(status, &headers, &body, secrets);
                read.map_err(|error| redactor.redact(error))
            }
        }
    }

    fn request(&self, form: Bytes, basic: Option<HeaderValue>) -> Result<http::Request<Body>> {
        let uri = Uri::try_from(self.token_url.as_str()).map_err(|error| {
            Error::new(
                ErrorKind::Config,
                "the URL of the token endpoint is invalid",
            )
            .with_source(error)
        })?;
        let mut request = http::Request::new(Body::from(form));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(basic) = basic {
            headers.insert(header::AUTHORIZATION, basic);
        }
        let operation = Operation::new(TOKEN_OPERATION).on(self.resource.clone());
        request.extensions_mut().insert(operation);
        Ok(request)
    }

    async fn call(
        &self,
        request: http::Request<Body>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), HttpError> {
        let (head, body) = self.service.call(request).await?.into_parts();
        let body = body.bytes(MAX_BODY).await?;
        Ok((head.status, head.headers, body))
    }

    fn read(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        secrets: &[&SecretString],
    ) -> Result<Grant> {
        token_response::read(status, headers, body).map_err(|mut error| {
            error = self.with_hint(error).with_status(status.as_u16());
            if let Some(wait) = retry_after::of(headers, SystemTime::now()) {
                error = error.with_retry_after(wait);
            }
            error = match header_text(headers, REQUEST_ID) {
                Some(id) => error.with_request_id(crate::classify::cleaned(id)),
                None => error,
            };
            let secrets = secrets.iter().map(|secret| secret.expose_secret());
            shortened(secrets.fold(error, Error::redact))
        })
    }

    fn note_time(&self, headers: &HeaderMap) {
        if let Some(offset) = ClockOffset::of(headers, self.clock.now().wall) {
            *self.offset.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
    }

    fn with_hint(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Auth => error.with_hint(self.hints.credentials),
            ErrorKind::Config => error.with_hint(self.hints.token_url),
            ErrorKind::RateLimited => error.with_hint(RATE_LIMIT_HINT),
            _ => error,
        }
    }

    pub(super) fn with_context(&self, error: Error) -> Error {
        error
            .with_operation(TOKEN_OPERATION)
            .with_resource(self.resource.clone())
    }
}

/// Shortens the description of the service, after the secrets were redacted.
fn shortened(error: Error) -> Error {
    let short = error
        .service_message()
        .map(|text| clean(text, MAX_DESCRIPTION));
    match short {
        Some(short) => error.with_service_message(short),
        None => error,
    }
}

/// The hint of a truncated response warns of writing twice, which a token request cannot do.
fn no_response(error: HttpError) -> Error {
    let is_cut_short = error.kind() == HttpErrorKind::CutShort;
    let error = Error::from(error);
    if is_cut_short {
        return error
            .with_hint("the response is incomplete; a token request can be repeated safely");
    }
    error
}

fn is_worth_repeating(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => true,
        ErrorKind::Server | ErrorKind::Protocol => error.is_retryable(),
        _ => false,
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("resource", &self.resource)
            .field("credentials", &self.credentials)
            .field("client_auth", &self.client_auth)
            .field("fallback", &self.fallback)
            .finish_non_exhaustive()
    }
}
