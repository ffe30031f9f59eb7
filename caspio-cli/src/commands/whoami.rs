//! `caspio whoami`: prints which account and credentials would be used. No call.

use crate::context::Context;
use crate::credentials::require_settings;
use crate::error::CliError;
use caspio::Account;
use serde::Serialize;

#[derive(Serialize)]
struct Who {
    account: String,
    /// The first characters, which identify a profile and are less than half of the id.
    client_id: String,
    from: String,
    api_version: String,
}

pub(crate) fn run(context: &mut Context) -> Result<(), CliError> {
    let api_version = context.global.api_version.to_string();
    let who = if context.global.emulator {
        Who {
            account: "an emulator in this process".to_owned(),
            client_id: "demo".to_owned(),
            from: "--emulator".to_owned(),
            api_version,
        }
    } else {
        let found = require_settings(context.settings()?)?;
        Who {
            account: host_and_port(&found.settings.account),
            client_id: beginning(found.settings.credentials.id()),
            from: found.origin.to_string(),
            api_version,
        }
    };
    if context.out.json {
        return context.out.json(&who);
    }
    let out = &mut context.out;
    out.line(format_args!("account    {}", who.account))?;
    out.line(format_args!("client id  {}", who.client_id))?;
    out.line(format_args!("from       {}", who.from))?;
    out.line(format_args!("API        {}", who.api_version))
}

/// Returns the host of an account, with its port if that is not the usual one, as of an emulator.
fn host_and_port(account: &Account) -> String {
    match account.token_url().port() {
        Some(port) => format!("{}:{port}", account.host()),
        None => account.host().to_owned(),
    }
}

fn beginning(id: &str) -> String {
    let shown = (id.chars().count() / 2).min(4);
    id.chars().take(shown).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_shown_whole() {
        let shown = ["0123456789abcdef", "abcd", "a", ""].map(beginning);
        assert_eq!(shown, ["0123…", "ab…", "…", "…"]);
    }
}
