//! The token endpoint: one form goes out, a grant or a refusal comes back.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{ClientAuth, answer};
use crate::auth::ClientCredentials;
use crate::request::{FORM, encode_form, form_escape};
use crate::response::{REQUEST_ID, header_text};
use crate::token::{Grant, TokenSource};
use crate::transport::{Meter, retry_after};
use crate::{Body, Error, ErrorKind, HttpError, HttpErrorKind, HttpService, Operation, Result};

/// The operation's name of every token request, in errors and in the meter.
pub(crate) const TOKEN_OPERATION: &str = "auth.token";

const TRIES: u32 = 2;
const MAX_BODY: usize = 256 * 1024;

pub(crate) struct Exchange {
    pub(super) token_url: Url,
    pub(super) object: String,
    pub(super) credentials: ClientCredentials,
    pub(super) client_auth: ClientAuth,
    pub(super) service: Arc<dyn HttpService>,
    pub(super) timeout: Duration,
    pub(super) meter: Meter,
}

impl Exchange {
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    async fn grant(&self, refresh: Option<SecretString>) -> Result<Grant> {
        if let Some(refresh) = refresh {
            match self.refresh(&refresh).await {
                Err(error) if refresh_is_spent(&error) => {
                    tracing::debug!(
                        code = error.code(),
                        "refresh token refused, using the credentials"
                    );
                }
                Ok(grant) if grant.refresh.is_none() => {
                    return Ok(Grant {
                        refresh: Some(refresh),
                        ..grant
                    });
                }
                result => return result,
            }
        }
        self.client_credentials().await
    }

    async fn refresh(&self, token: &SecretString) -> Result<Grant> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose_secret()),
        ];
        self.ask(&fields, Some(self.basic()), Some(token)).await
    }

    async fn client_credentials(&self) -> Result<Grant> {
        let mut fields = vec![("grant_type", "client_credentials")];
        let basic = match self.client_auth {
            ClientAuth::Basic => Some(self.basic()),
            ClientAuth::Body => {
                fields.push(("client_id", self.credentials.id()));
                fields.push(("client_secret", self.credentials.secret().expose_secret()));
                None
            }
        };
        self.ask(&fields, basic, None).await
    }

    fn basic(&self) -> HeaderValue {
        let id = form_escape(self.credentials.id());
        let secret = form_escape(self.credentials.secret().expose_secret());
        let text = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let mut value = HeaderValue::try_from(text).expect("base64 is a valid header value");
        value.set_sensitive(true);
        value
    }

    /// Asks up to twice: a token request may be repeated, for new tokens do not end old ones.
    async fn ask(
        &self,
        fields: &[(&str, &str)],
        basic: Option<HeaderValue>,
        refresh: Option<&SecretString>,
    ) -> Result<Grant> {
        let form = Bytes::from(encode_form(fields));
        let mut tries = 1;
        loop {
            let result = self.ask_once(form.clone(), basic.clone(), refresh).await;
            match result {
                Err(error) if tries < TRIES && worth_repeating(&error) => tries += 1,
                Err(error) => return Err(self.locate(error).with_attempts(tries)),
                Ok(grant) => return Ok(grant),
            }
            tokio::time::sleep(Duration::from_millis(fastrand::u64(50..500))).await;
        }
    }

    async fn ask_once(
        &self,
        form: Bytes,
        basic: Option<HeaderValue>,
        refresh: Option<&SecretString>,
    ) -> Result<Grant> {
        let request = self.request(form, basic)?;
        let sent = request.body().len().unwrap_or(0);
        let mut call = self.meter.start(TOKEN_OPERATION, sent);
        let answer = match tokio::time::timeout(self.timeout, self.call(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpError::new(HttpErrorKind::Timeout)),
        };
        match answer {
            Err(error) => {
                call.failed(&error);
                Err(error.into())
            }
            Ok((status, headers, body)) => {
                call.answered(status, body.len() as u64);
                self.read(status, &headers, &body, refresh)
            }
        }
    }

    fn request(&self, form: Bytes, basic: Option<HeaderValue>) -> Result<http::Request<Body>> {
        let uri = Uri::try_from(self.token_url.as_str()).map_err(|error| {
            Error::new(
                ErrorKind::Config,
                "the token endpoint's address is not valid",
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
        let operation = Operation::new(TOKEN_OPERATION).on(self.object.clone());
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
        refresh: Option<&SecretString>,
    ) -> Result<Grant> {
        let secrets = [Some(self.credentials.secret()), refresh];
        answer::read(status, headers, body, secrets.into_iter().flatten()).map_err(|mut error| {
            error = error.with_status(status.as_u16());
            if let Some(wait) = retry_after::of(headers, SystemTime::now()) {
                error = error.with_retry_after(wait);
            }
            match header_text(headers, REQUEST_ID) {
                Some(id) => error.with_request_id(crate::judge::clean(id, 100)),
                None => error,
            }
        })
    }

    fn locate(&self, error: Error) -> Error {
        error
            .with_operation(TOKEN_OPERATION)
            .with_object(self.object.clone())
    }
}

/// Any refusal of the refresh grant but a rate limit: the credentials may still do.
fn refresh_is_spent(error: &Error) -> bool {
    error.status().is_some() && !error.is_rate_limited()
}

fn worth_repeating(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => true,
        ErrorKind::Server => error.code().is_none(),
        _ => false,
    }
}

impl TokenSource for Exchange {
    fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
        Box::pin(self.grant(refresh))
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("object", &self.object)
            .field("credentials", &self.credentials)
            .field("client_auth", &self.client_auth)
            .finish_non_exhaustive()
    }
}
