//! The options of every command.

use caspio::ApiVersion;
use clap::Args;

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
}

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
