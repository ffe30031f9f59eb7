//! Accounts, authentication and the HTTP transport of the Caspio SDK.
//!
//! This crate covers three subjects and knows nothing about tables: which account to use
//! ([`Account`]), how to authenticate ([`auth`], [`token`]), and how to send requests and receive
//! responses ([`Transport`]). The crate `caspio` builds tables, queries and writes on top of it; most
//! programs import only that one.
//!
//! ```no_run
//! use std::sync::Arc;
//! use caspio_core::{ApiVersion, OAuth2, Operation, Request, Settings, Transport};
//!
//! # async fn run() -> caspio_core::Result<()> {
//! let Settings { account, credentials, .. } = Settings::from_env()?;
//! let auth = OAuth2::for_account(&account, credentials).build()?;
//! let transport = Transport::builder().account(&account).auth(Arc::new(auth)).build()?;
//!
//! let mut url = account.api_url(ApiVersion::V3);
//! url.set_path(&format!("{}/tables", url.path()));
//! let response = transport.send(Request::get(url, Operation::new("tables.list"))).await?;
//!
//! assert!(response.status().is_success());
//! assert_eq!(transport.meter().snapshot().calls, 2); // the token and the list, both billed
//! # Ok(())
//! # }
//! ```
//!
//! Every call goes through the same steps: authorize, wait for the rate limiter, send, classify the response, retry.
//! [`transport`] describes each step.

pub mod account;
pub mod auth;
pub mod classify;
pub mod diagnosis;
pub mod env;
pub mod error;
pub mod http_client;
mod meter;
mod percent;
#[cfg(any(
    feature = "authorization-code",
    feature = "oauth1",
    feature = "encrypted-store"
))]
mod random;
mod redact;
pub mod request;
pub mod response;
mod retry_after;
mod settings;
#[cfg(test)]
mod testing;
#[cfg(feature = "oauth1")]
mod three_legged;
pub mod token;
pub mod transport;

pub use account::{Account, ApiVersion};
pub use auth::{Authenticate, ClientCredentials, OAuth2};
pub use bytes::Bytes;
pub use classify::{
    CaspioClassifier, Classification, RejectionCertainty, ResponseClassifier, ResponseView,
};
pub use error::{Error, ErrorKind, Result};
pub use http;
pub use http_client::{Body, HttpError, HttpErrorKind, HttpService, ReqwestService};
pub use meter::{CallOutcome, Meter, MeterSnapshot, OperationCount, Usage, UsageCount};
pub use request::{Expect, Idempotency, Operation, Request};
pub use response::{Response, StreamingResponse};
pub use secrecy;
pub use settings::Settings;
#[cfg(feature = "oauth1")]
pub use three_legged::{OAuth1Authorization, ThreeLegged};
pub use token::{Clock, Token};
pub use transport::{RateLimiter, RetryPolicy, Transport, TransportBuilder};
pub use url::Url;

/// Parts that the sibling crates share; not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::classify::refused_row;
    pub use crate::transport::is_outcome;
    pub mod percent {
        pub use crate::percent::encode;
    }
}
