//! The options of every command.

use caspio::{ApiVersion, RetryPolicy};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// The options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The account: its host label (b3poa) or its integration URL
    #[arg(long, global = true, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The saved profile to use [env: CASPIO_PROFILE] [default: default]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The version of the REST API to use
    #[arg(long, global = true, value_name = "VERSION", value_parser = version, default_value = "v3")]
    pub(crate) api_version: ApiVersion,
    /// Use an emulator with sample data, which runs in this process, instead of an account
    #[arg(long, global = true)]
    pub(crate) emulator: bool,
    /// Print results and errors as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print only results and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print a line to standard error for each request; -vv also its path and clauses, without values
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Give up a call and its retries after this time [default: 180, or 300 if it writes many records]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    timeout: Option<u32>,
    /// The file in which the calls are recorded, by `caspio record`
    #[arg(skip)]
    pub(crate) record_to: Option<PathBuf>,
}

impl Global {
    /// Takes over the options of another command line that this one does not set.
    pub(crate) fn inherit(&mut self, other: Self) {
        self.account = self.account.take().or(other.account);
        self.profile = self.profile.take().or(other.profile);
        if self.api_version == ApiVersion::default() {
            self.api_version = other.api_version;
        }
        self.emulator |= other.emulator;
        self.json |= other.json;
        self.quiet |= other.quiet;
        self.verbose = self.verbose.max(other.verbose);
        self.timeout = self.timeout.or(other.timeout);
    }

    /// Whether no progress is shown. Other lines on a terminal would break its display.
    pub(crate) fn hides_progress(&self) -> bool {
        self.quiet || self.verbose > 0
    }

    /// Returns when calls are retried, and for how long.
    pub(crate) fn retries(&self) -> RetryPolicy {
        let policy = RetryPolicy::default();
        let Some(seconds) = self.timeout else {
            return policy;
        };
        let timeout = Duration::from_secs(seconds.into());
        // A call of a bulk write may take the wait after a rate limit and the longest backoff together.
        let longest = LONGEST_WAIT.min(timeout / 2);
        policy
            .deadline(timeout)
            .bulk_rate_limit_wait(timeout - longest)
            .rate_limit_backoff(FIRST_WAIT.min(longest), longest)
    }
}

/// The longest first wait after a rate limit, and the longest of all, if the timeout allows it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

fn version(text: &str) -> Result<ApiVersion, String> {
    let version = text.parse();
    version.map_err(|_: caspio::Error| "the versions are v2, v3 and v4".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_accepted_with_and_without_their_letter() {
        assert_eq!(version("v4"), Ok(ApiVersion::V4));
        assert_eq!(version("2"), Ok(ApiVersion::V2));
        assert!(version("v5").is_err());
    }
}
