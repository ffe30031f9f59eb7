//! `caspio whoami`: prints which account and credentials would be used. No call.

use crate::context::Context;
use crate::credentials::require_settings;
use crate::error::CliError;
use serde::Serialize;

#[derive(Serialize)]
struct Who {
    account: String,
    /// The first characters, which are enough to identify a profile.
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
        let id = found.settings.credentials.id();
        Who {
            account: found.settings.account.host().to_owned(),
            client_id: id.chars().take(4).chain(['…']).collect(),
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
