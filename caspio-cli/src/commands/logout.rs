//! `caspio logout`: removes a saved profile and its token. No call.

use crate::context::{Context, remove_token};
use crate::credentials::{DEFAULT, ProfileFile, check_name};
use crate::error::{CliError, ExitCode};
use caspio::{Account, Settings};
use caspio_core::ClientCredentials;

pub(crate) fn run(context: &mut Context) -> Result<(), CliError> {
    let name = context.global.profile.clone();
    let name = check_name(name.as_deref().unwrap_or(DEFAULT))?;
    let mut profiles = ProfileFile::open()?;
    let Some(profile) = profiles.get(name).cloned() else {
        let message = format!("there is no profile {name:?}");
        return Err(CliError::new(ExitCode::NotFound, message));
    };
    // First, so that the profile is still there to try again if it fails.
    profile.secret.remove(name)?;
    profiles.remove(name)?;
    if let Ok(account) = Account::new(&profile.account) {
        // The name of the token's file does not depend on the secret.
        let credentials = ClientCredentials::new(&profile.client_id, "");
        remove_token(&Settings::new(account, credentials));
    }
    if context.out.json {
        return context.out.json(&serde_json::json!({ "removed": name }));
    }
    context.out.line(format_args!("Removed profile {name}."))
}
