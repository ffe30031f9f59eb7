//! Connection test with a human-readable diagnosis.

use super::Client;
use crate::record::ObjectKind;
use caspio_core::Result;
use caspio_core::diagnosis::{Cause, ClockOffset};
use caspio_core::error::ErrorContext as _;
use std::time::Duration;

/// Clock skew above this is reported.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(120);

/// The result of a successful connection test.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectionReport {
    /// The host of the account.
    pub host: String,
    /// The number of tables that the profile can see.
    pub tables: usize,
    /// The difference between this machine's clock and the account's, if the account reported its time.
    pub clock_offset: Option<ClockOffset>,
}

impl Client {
    /// Tests the connection: authenticates and lists the tables. One call, and one for the token
    /// if the client has none yet.
    ///
    /// # Errors
    ///
    /// The failure of the first step. The [`hint`](caspio_core::Error::hint) describes the cause and the remedy in
    /// words: the account does not exist, the secret is wrong, the profile lacks the right, the clock is wrong, TLS
    /// or a proxy prevents the connection. A program can distinguish the causes by [`Cause::of`].
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) {
    /// match caspio.test_connection().await {
    ///     Ok(report) => println!("{} responds, with {} tables", report.host, report.tables),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # }
    /// ```
    pub async fn test_connection(&self) -> Result<ConnectionReport> {
        let tables = self.names(ObjectKind::Table).await;
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
        "{}; in addition, this machine's clock is {minutes} minutes {direction}",
        cause.advice()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_reported_with_the_cause() {
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
