//! The web services profile of a client.

use super::Client;
use crate::dialect::{ProfileJson, profile_url};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};
use std::time::Duration;

const OPERATION: &str = "me";

/// What the account says of the web services profile, as far as it does.
///
/// ```no_run
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let profile = caspio.profile().await?;
/// println!("{}", profile.name.as_deref().unwrap_or("a profile without a name"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The profile's name.
    pub name: Option<String>,
    /// How many calls it may make in a short time.
    pub rate_limit: Option<RateLimit>,
}

/// How many calls a profile may make in a short time. The quota of a month is told by no operation.
///
/// ```no_run
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// if let Some(limit) = caspio.profile().await?.rate_limit {
///     println!("{} calls in {} s", limit.calls, limit.window.as_secs());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The calls.
    pub calls: u64,
    /// The time they are counted in.
    pub window: Duration,
}

impl Client {
    /// What the account says of the web services profile: its name and its rate limit. One call of v4, whatever
    /// version the client speaks, since only v4 tells it.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let limit = caspio.profile().await?.rate_limit;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Auth`, `NotFound` or `Permission` where v4 is not to be had; otherwise what the way to it reports.
    pub async fn profile(&self) -> Result<Profile> {
        let url = profile_url(self.account());
        let body = self.get(url, Operation::new(OPERATION)).await?;
        let profile: ProfileJson = serde_json::from_slice(&body).map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!("the response does not describe a profile: {error}"),
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
