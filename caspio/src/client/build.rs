//! Creating a client from its settings.

use super::bulk_client::BulkClient;
use super::position_key::PositionKey;
use super::response_cache::ResponseCache;
use super::schema_cache::SchemaCache;
use super::verification::verify_all;
use super::{Client, ClientBuilder, Inner};
use crate::dialect;
use crate::recording::Recording;
use caspio_core::error::ErrorContext as _;
use caspio_core::{
    Account, Authenticate, CaspioClassifier, ClientCredentials, Error, ErrorKind, HttpService,
    OAuth2, ReqwestService, Result, Transport,
};
use jiff::tz::TimeZone;
use std::sync::Arc;

/// How often a token request is sent at most.
const TOKEN_ATTEMPTS: u32 = 2;

impl ClientBuilder {
    /// Creates the client after verifying the records of [`verify_on_start`](Self::verify_on_start).
    /// One call for each, and one for the token; without any it makes no call.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build), and the errors of [`Client::verify`]; one error names every record
    /// that does not fit.
    pub async fn connect(mut self) -> Result<Client> {
        let verifications = std::mem::take(&mut self.verifications);
        let client = self.build()?;
        verify_all(&client, &verifications).await?;
        Ok(client)
    }

    /// Creates the client. Makes no call.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    ///
    /// let nobody = Client::builder().account("b3poa").build();
    /// assert!(nobody.is_err_and(|error| error.kind() == caspio::ErrorKind::Config));
    /// # Ok::<(), caspio::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config`: the account or the credentials are missing or malformed, or TLS cannot be set up; or
    /// records should be verified, which takes calls; or the file of [`record_to`](Self::record_to) cannot be written.
    pub fn build(mut self) -> Result<Client> {
        if !self.verifications.is_empty() {
            return Err(Error::new(
                ErrorKind::Config,
                "`build` makes no call, so it cannot verify records",
            )
            .with_hint("call `connect().await` instead"));
        }
        let account = self.account.take().ok_or_else(|| {
            missing(
                "no account was given",
                "call `account(\"b3poa\")`, or use `Client::from_env()`",
            )
        })??;
        let service = match self.service.take() {
            Some(service) => service,
            None => Arc::new(ReqwestService::for_account(&account)?),
        };
        let recording = match &self.record_to {
            Some(path) => Some(Recording::open(path)?),
            None => None,
        };
        let service = match &recording {
            Some(recording) => recording.around(service),
            None => service,
        };
        let position_key = self.position_key(&account)?;
        let (auth, oauth) = self.authentication(&account, &service)?;
        Ok(Client {
            is_for_bulk_writes: false,
            kept: None,
            inner: Arc::new(Inner {
                base: account.api_url(self.version),
                dialect: dialect::of(self.version),
                write_checks: self.write_checks,
                refuses_four_bytes: Arc::new(self.refuse_emoji.into()),
                schema_cache: Arc::new(SchemaCache::of(&self.known_schema)),
                responses: Arc::new(ResponseCache::new(self.cached_for)),
                transport: self.transport(&account, service, auth)?,
                account,
                ids: Arc::default(),
                bulk: BulkClient::default(),
                oauth,
                position_key: Arc::new(position_key),
                recording,
            }),
        })
    }

    fn transport(
        self,
        account: &Account,
        service: Arc<dyn HttpService>,
        auth: Arc<dyn Authenticate>,
    ) -> Result<Transport> {
        let mut transport = Transport::builder()
            .account(account)
            .service(service)
            .auth(auth)
            .classifier(Arc::new(CaspioClassifier::new()))
            .retry(self.retry);
        if let Some(rate_limiter) = self.rate_limiter {
            transport = transport.rate_limiter(rate_limiter);
        }
        if let Some(calls) = self.max_calls {
            transport = transport.max_calls(calls);
        }
        if let Some(calls) = self.max_calls_per_day {
            transport = transport.max_calls_per_day(calls);
        }
        if let Some(name) = self.time_zone {
            transport = transport.time_zone(time_zone(&name)?);
        }
        if let Some(hook) = self.on_call {
            transport = transport.on_call(move |call| hook(call));
        }
        if let Some(timeout) = self.timeout {
            transport = transport.timeout(timeout);
        }
        transport.build()
    }

    /// Returns the authentication of the requests, and OAuth 2 if the client uses its own credentials.
    fn authentication(
        &mut self,
        account: &Account,
        service: &Arc<dyn HttpService>,
    ) -> Result<(Arc<dyn Authenticate>, Option<OAuth2>)> {
        if let Some(auth) = self.auth.take() {
            return Ok((auth, None));
        }
        let credentials = self.credentials.take().ok_or_else(|| {
            missing(
                "no credentials were given",
                "call `credentials(id, secret)`, or use `Client::from_env()`",
            )
        })?;
        let mut oauth = OAuth2::for_account(account, credentials)
            .client_auth(self.client_auth)
            .attempts(self.retry.attempts().min(TOKEN_ATTEMPTS))
            .service(Arc::clone(service));
        if let Some(store) = self.token_store.take() {
            oauth = oauth.store(store);
        }
        let oauth = oauth.build()?;
        Ok((Arc::new(oauth.clone()), Some(oauth)))
    }

    /// Returns the key of positions, from the first of these that is given: a secret of its own, the client secret,
    /// random bytes.
    fn position_key(&mut self, account: &Account) -> Result<PositionKey> {
        let port = account.base_url().port();
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let purpose = format!("positions of {}{port}", account.host());
        let own = match self.position_secret.take() {
            None => {
                let credentials = self.credentials.as_ref().filter(|_| self.auth.is_none());
                credentials.and_then(|credentials| credentials.derive_key(&purpose))
            }
            Some(secret) => match ClientCredentials::new("", secret).derive_key(&purpose) {
                None => {
                    return Err(Error::new(
                        ErrorKind::Config,
                        "the position secret is empty",
                    ));
                }
                key => key,
            },
        };
        match own {
            Some(key) => Ok(PositionKey::new(key)),
            None => PositionKey::random(),
        }
    }
}

/// Returns the time zone of an IANA name.
fn time_zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|error| {
        Error::new(
            ErrorKind::Config,
            format!("the time zone {name:?} is unknown"),
        )
        .with_hint("time zones have IANA names, such as `America/New_York`, from this machine's time zone database")
        .with_source(error)
    })
}

fn missing(message: &'static str, hint: &str) -> Error {
    Error::new(ErrorKind::Config, message).with_hint(hint)
}
