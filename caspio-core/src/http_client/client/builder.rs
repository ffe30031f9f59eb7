//! The builder of [`ReqwestService`].

use super::pool::CurrentPool;
use super::{Proxy, RequestIds, ReqwestService, Shared};
use crate::error::ErrorContext as _;
use crate::{Account, Error, ErrorKind, Result};
use bytes::Bytes;
use http::HeaderValue;
use reqwest::redirect::Policy;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const USER_AGENT: &str = concat!("caspio-rust/", env!("CARGO_PKG_VERSION"));

/// How long an idle connection is kept.
///
/// Shorter than the 60 seconds after which common load balancers close connections: an insert that is
/// sent over a connection that is being closed is lost and must not be repeated.
const POOL_IDLE: Duration = Duration::from_secs(45);

/// How often a connection with calls in progress is checked (HTTP/2), and how long the reply may take: otherwise every
/// call over a connection that was cut would wait for its whole time.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Settings of a [`ReqwestService`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ReqwestServiceBuilder {
    loopback: bool,
    plain: bool,
    connect_timeout: Duration,
    read_timeout: Duration,
    proxy: Proxy,
    certificates: Vec<Bytes>,
    only_given_certificates: bool,
    user_agent: String,
}

impl Default for ReqwestServiceBuilder {
    fn default() -> Self {
        Self {
            loopback: false,
            plain: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            proxy: Proxy::default(),
            certificates: Vec::new(),
            only_given_certificates: false,
            user_agent: USER_AGENT.to_owned(),
        }
    }
}

impl ReqwestServiceBuilder {
    /// Configures the service for an account: an account on this machine is reached without a proxy and
    /// needs no certificates for plain http; any other is reached only by `https`.
    pub fn account(self, account: &Account) -> Self {
        self.url(&account.base_url())
    }

    /// Configures the service for the host of a URL, as [`account`](Self::account) does.
    pub fn url(mut self, url: &Url) -> Self {
        self.loopback = is_loopback(url);
        self.plain = self.loopback && url.scheme() == "http";
        self
    }

    /// Sets the time limit for establishing a connection, TLS included. Default: 10 seconds.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the longest time without data within a response body. Default: 60 seconds.
    ///
    /// The time until a response begins is limited by the transport's timeout.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = limit;
        self
    }

    /// Sets the proxy. Default: [`Proxy::System`].
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Trusts an additional certificate authority, or several in one bundle, in PEM format.
    pub fn root_certificate_pem(mut self, pem: impl Into<Bytes>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// Trusts only the given certificates and not the system's. Without any, [`build`](Self::build) fails.
    pub fn only_given_certificates(mut self) -> Self {
        self.only_given_certificates = true;
        self
    }

    /// Sets the `User-Agent`. Default: `caspio-rust/` and the version.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = text.into();
        self
    }

    /// Builds the service.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an invalid proxy, certificate or user agent, and for a machine without
    /// certificate authorities (which a service for an `http` account does not need).
    pub fn build(self) -> Result<ReqwestService> {
        Ok(ReqwestService(Arc::new(Shared {
            read_timeout: self.read_timeout,
            pool: CurrentPool::new(move || self.client())?,
            request_ids: RequestIds::default(),
        })))
    }

    /// Sets up an HTTP client with connections of its own.
    fn client(&self) -> Result<reqwest::Client> {
        if self.only_given_certificates && self.certificates.is_empty() {
            return Err(
                config("only the given certificates are trusted, and none was given")
                    .with_hint("call root_certificate_pem"),
            );
        }
        let agent = HeaderValue::try_from(self.user_agent.as_str())
            .map_err(|_| config("the user agent is not a valid header value"))?;
        let builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(POOL_IDLE)
            .redirect(Policy::none())
            // The transport decides about retries: it counts, paces and bounds them.
            .retry(reqwest::retry::never())
            // Decoded here, with all members of a body.
            .no_gzip()
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(KEEP_ALIVE)
            .referer(false)
            .user_agent(agent)
            .https_only(!self.loopback);
        let builder = self.tls(self.proxy_for(builder)?)?;
        builder.build().map_err(|error| {
            config("the HTTP client cannot be set up")
                .with_source(error.without_url())
                .with_hint("install the system's CA certificates, or set them with root_certificate_pem and only_given_certificates")
        })
    }

    fn proxy_for(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        match &self.proxy {
            Proxy::System if !self.loopback => Ok(builder),
            Proxy::System | Proxy::None => Ok(builder.no_proxy()),
            Proxy::Url(url) => {
                // Without a source: reqwest's error may contain the URL with its password.
                let proxy = reqwest::Proxy::all(url.as_str())
                    .map_err(|_| config("the proxy's URL is invalid"))?;
                Ok(builder.no_proxy().proxy(proxy))
            }
        }
    }

    #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
    fn tls(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        let mut roots = Vec::new();
        for pem in &self.certificates {
            let bundle = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
                config("a certificate is not valid PEM").with_source(error.without_url())
            })?;
            if bundle.is_empty() {
                return Err(config(
                    "a certificate file contains no certificate in PEM format",
                ));
            }
            roots.extend(bundle);
        }
        install_ring();
        let builder = builder.tls_version_min(reqwest::tls::Version::TLS_1_2);
        // Without this, a machine without CA certificates could not reach an emulator by plain http.
        let none_needed = self.plain && roots.is_empty();
        Ok(if self.only_given_certificates || none_needed {
            builder.tls_certs_only(roots)
        } else {
            builder.tls_certs_merge(roots)
        })
    }

    #[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
    fn tls(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        if self.plain && self.certificates.is_empty() {
            return Ok(builder);
        }
        Err(config("this program was built without TLS")
            .with_hint("enable the feature `rustls`, `rustls-ring` or `native-tls`"))
    }
}

/// Makes ring the process's cryptography, unless the program has installed another provider.
///
/// Without the feature `rustls`, reqwest panics if no provider is installed.
#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
fn install_ring() {
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only if another thread installed one in the meantime.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

fn config(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// Returns whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
