//! "Test your connection": what a person sets up first, and is told about in words.

use super::Client;
use caspio_core::Result;
use caspio_core::diagnosis::{Cause, ClockOffset};
use caspio_core::error::ErrorContext as _;
use std::time::Duration;

/// A clock this far off is worth a word.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(120);

/// What a successful check found.
///
/// ```no_run
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let report = caspio.test_connection().await?;
/// println!("{} answers, with {} tables", report.host, report.tables);
/// if let Some(offset) = report.clock_offset {
///     println!("{offset}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectionReport {
    /// The host of the account.
    pub host: String,
    /// How many tables the profile may see.
    pub tables: usize,
    /// How far this machine's clock is from the account's, where that was told.
    pub clock_offset: Option<ClockOffset>,
}

impl Client {
    /// Tests the connection: authenticates and lists the tables. One call, and one for the token
    /// where there is none yet.
    ///
    /// # Errors
    ///
    /// Whatever went wrong, its [`hint`](caspio_core::Error::hint) saying in words what it is and
    /// what to do: the account does not exist, the secret is wrong, the profile lacks the right, the
    /// clock is off, TLS or a proxy is in the way. [`Cause::of`] tells them apart for a program.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) {
    /// match caspio.test_connection().await {
    ///     Ok(report) => println!("{} answers, with {} tables", report.host, report.tables),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # }
    /// ```
    pub async fn test_connection(&self) -> Result<ConnectionReport> {
        let tables = self.tables().await;
        let clock_offset = self.clock_offset();
        match tables {
            Ok(tables) => Ok(ConnectionReport {
                host: self.account().host().to_owned(),
                tables: tables.len(),
                clock_offset,
            }),
            Err(error) => {
                let advice = advice(Cause::of(&error), clock_offset);
                Err(error.with_hint(advice))
            }
        }
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        self.inner.oauth.as_ref()?.clock_offset()
    }
}

fn advice(cause: Cause, clock: Option<ClockOffset>) -> String {
    let (direction, by) = match clock {
        Some(ClockOffset::Ahead(by)) => ("ahead", by),
        Some(ClockOffset::Behind(by)) => ("behind", by),
        None => return cause.advice().to_owned(),
    };
    if by < CLOCK_TOLERANCE {
        return cause.advice().to_owned();
    }
    let minutes = by.as_secs() / 60;
    format!(
        "{}; besides, this machine's clock is {minutes} minutes {direction}",
        cause.advice()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_beside_the_cause() {
        let ahead = Some(ClockOffset::Ahead(Duration::from_secs(600)));
        let text = advice(Cause::Credentials, ahead);
        assert!(
            text.contains("secret is wrong") && text.contains("10 minutes ahead"),
            "{text}"
        );

        let close = Some(ClockOffset::Behind(Duration::from_secs(3)));
        assert_eq!(advice(Cause::Tls, close), Cause::Tls.advice());
    }
}
