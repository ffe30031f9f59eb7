//! The API profile of a client.

use super::Client;
use crate::dialect::{ProfileJson, profile_url};
use crate::record::reason_and_place;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};
use std::time::Duration;

const OPERATION: &str = "me";

/// The API profile of a client (in Caspio, a web services profile), with the account's settings for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The profile's name.
    pub name: Option<String>,
    /// The number of calls that it may make in a short time.
    pub rate_limit: Option<RateLimit>,
}

/// The number of calls that a profile may make in a short time. No operation returns the monthly quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The number of calls.
    pub calls: u64,
    /// The time in which they are counted.
    pub window: Duration,
}

impl Client {
    /// Returns the name and the rate limit of the API profile. One call of v4, with any version of the client,
    /// because only v4 has this operation.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// if let Some(limit) = caspio.profile().await?.rate_limit {
    ///     println!("{} calls in {} s", limit.calls, limit.window.as_secs());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Auth`, `NotFound` or `Permission`: the account does not support v4.
    pub async fn profile(&self) -> Result<Profile> {
        let url = profile_url(self.account());
        let body = self.get(url, Operation::new(OPERATION)).await?;
        let profile: ProfileJson = serde_json::from_slice(&body).map_err(|error| {
            let reason = reason_and_place(&error);
            Error::new(
                ErrorKind::Protocol,
                format!("the response does not describe a profile: {reason}"),
            )
            .with_operation(OPERATION)
            .with_source(error)
        })?;
        Ok(Profile {
            name: profile.ws_profile_name,
            rate_limit: profile.rate_limit.map(|json| RateLimit {
                calls: json.limit,
                window: Duration::from_secs(json.window_seconds),
            }),
        })
    }
}
