//! Diagnoses failed connections by the causes that a person can act on.
//!
//! [`Cause::of`] classifies an [`Error`]; [`ClockOffset::of`] compares a response's `Date` with this
//! machine's clock. Both are meant for a "test the connection" function and do not affect retries.

use crate::response::header_text;
use crate::{Error, ErrorKind, retry_after};
use http::{HeaderMap, header};
use std::error::Error as _;
use std::fmt;
use std::time::{Duration, SystemTime};

/// The cause of a failed call, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The account does not exist: its host name cannot be resolved, or it has no token endpoint.
    Account,
    /// The service rejects the client id, the client secret or the refresh token.
    Credentials,
    /// The API profile does not have the permission.
    Permission,
    /// The certificate is not valid yet or has expired: usually this machine's clock is wrong.
    Clock,
    /// The server's certificate is not trusted, or client and server have no TLS version in common.
    Tls,
    /// The proxy cannot be reached, refuses the connection, or requires credentials.
    Proxy,
    /// The host name was resolved but the host cannot be reached: no network, a firewall, or no server
    /// on that port.
    Network,
    /// The program's settings are wrong.
    Settings,
    /// The service was reached but failed: overload, a rate limit, an internal error.
    Service,
}

impl Cause {
    /// Returns the cause of an error.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Auth => Self::Credentials,
            ErrorKind::Permission => Self::Permission,
            ErrorKind::Config if error.status() == Some(404) => Self::Account,
            ErrorKind::Config | ErrorKind::Refused => Self::Settings,
            ErrorKind::Connect => Self::of_connection(&texts(error)),
            ErrorKind::Timeout | ErrorKind::Interrupted => Self::Network,
            _ => match error.status() {
                Some(407) => Self::Proxy,
                _ => Self::Service,
            },
        }
    }

    /// Classifies by the texts of the source errors, because the libraries expose nothing else.
    fn of_connection(texts: &str) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| texts.contains(word));
        if has(&["proxy", "tunnel", "socks"]) {
            return Self::Proxy;
        }
        let tls = ["certificate", "tls", "ssl", "handshake"];
        let broken = [
            "corrupt message",
            "fatal alert",
            "peer is incompatible",
            "peer misbehaved",
        ];
        if has(&tls) || has(&broken) {
            let dates = [
                "expired",
                "not valid yet",
                "notvalidyet",
                "not yet valid",
                "validity",
            ];
            return if has(&dates) { Self::Clock } else { Self::Tls };
        }
        if has(&["dns", "lookup address", "name or service", "resolve"]) {
            Self::Account
        } else {
            Self::Network
        }
    }

    /// Returns the remedy.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Account => "the account does not exist, or its name is misspelled",
            Self::Credentials => {
                "the client id or the client secret is wrong, or the profile is disabled"
            }
            Self::Permission => {
                "the API profile lacks the permission for this: grant it in the account"
            }
            Self::Clock => {
                "the certificate is not valid at this machine's date and time: check the clock"
            }
            Self::Tls => {
                "the server's certificate is not trusted: behind a company proxy, add the proxy's certificate"
            }
            Self::Proxy => "the proxy does not forward the call: check its URL and its credentials",
            Self::Network => "the service cannot be reached: check the network and the firewall",
            Self::Settings => "a setting is wrong: see the error for which one",
            Self::Service => "the service was reached but failed: try again later",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.advice())
    }
}

fn texts(error: &Error) -> String {
    let mut texts = String::new();
    let mut next = error.source();
    while let Some(error) = next {
        texts.push_str(&error.to_string().to_ascii_lowercase());
        texts.push('\n');
        next = error.source();
    }
    texts
}

/// The difference between this machine's clock and a service's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockOffset {
    /// This machine's clock is ahead.
    Ahead(Duration),
    /// This machine's clock is behind.
    Behind(Duration),
}

impl ClockOffset {
    /// Compares `now` with the `Date` of a response, which has a resolution of one second.
    #[must_use]
    pub fn of(headers: &HeaderMap, now: SystemTime) -> Option<Self> {
        let theirs = retry_after::date(header_text(headers, header::DATE.as_str())?.trim())?;
        Some(match now.duration_since(theirs) {
            Ok(ahead) => Self::Ahead(ahead),
            Err(behind) => Self::Behind(behind.duration()),
        })
    }

    /// Returns the difference as a duration, in either direction.
    #[must_use]
    pub fn size(self) -> Duration {
        match self {
            Self::Ahead(size) | Self::Behind(size) => size,
        }
    }

    /// Returns whether the difference exceeds one minute, which latency and rounding do not explain.
    #[must_use]
    pub fn is_off(self) -> bool {
        self.size() > Duration::from_secs(60)
    }
}

impl fmt::Display for ClockOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.size().as_secs();
        match self {
            Self::Ahead(_) => write!(
                f,
                "this machine's clock is {seconds} s ahead of the service's"
            ),
            Self::Behind(_) => write!(
                f,
                "this machine's clock is {seconds} s behind the service's"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorContext as _;

    fn connect(source: &'static str) -> Error {
        Error::new(ErrorKind::Connect, "no connection to the service")
            .with_source(std::io::Error::other(source))
    }

    #[test]
    fn errors_map_to_causes() {
        for (error, cause) in [
            (
                connect("dns error: failed to lookup address information"),
                Cause::Account,
            ),
            (
                connect("tcp connect error: Connection refused"),
                Cause::Network,
            ),
            (connect("tunnel error: unsuccessful"), Cause::Proxy),
            (
                connect("invalid peer certificate: UnknownIssuer"),
                Cause::Tls,
            ),
            (
                connect("invalid peer certificate: Expired: certificate expired"),
                Cause::Clock,
            ),
            (
                connect("invalid peer certificate: NotValidYet"),
                Cause::Clock,
            ),
            (Error::new(ErrorKind::Auth, "no"), Cause::Credentials),
            (Error::new(ErrorKind::Permission, "no"), Cause::Permission),
            (
                Error::new(ErrorKind::Config, "no").with_status(404),
                Cause::Account,
            ),
            (Error::new(ErrorKind::Config, "no"), Cause::Settings),
            (
                Error::new(ErrorKind::Protocol, "no").with_status(407),
                Cause::Proxy,
            ),
            (Error::new(ErrorKind::Timeout, "no"), Cause::Network),
            (
                Error::new(ErrorKind::Server, "no").with_status(500),
                Cause::Service,
            ),
        ] {
            assert_eq!(Cause::of(&error), cause, "{error:?}");
            assert!(!cause.to_string().is_empty());
        }
    }

    #[test]
    fn clock_is_compared_with_the_date_of_the_response() {
        let mut headers = HeaderMap::new();
        assert_eq!(ClockOffset::of(&headers, SystemTime::now()), None);
        headers.insert(
            header::DATE,
            "Sun, 06 Nov 1994 08:49:37 GMT".parse().expect("a value"),
        );
        let theirs = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let hour = Duration::from_secs(3600);

        let ahead = ClockOffset::of(&headers, theirs + hour).expect("an offset");
        let behind = ClockOffset::of(&headers, theirs - hour).expect("an offset");

        assert_eq!(
            (ahead, behind),
            (ClockOffset::Ahead(hour), ClockOffset::Behind(hour))
        );
        assert!(ahead.is_off() && !ClockOffset::Behind(Duration::from_secs(2)).is_off());
        assert_eq!(
            ahead.to_string(),
            "this machine's clock is 3600 s ahead of the service's"
        );
    }
}
