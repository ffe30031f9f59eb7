//! `caspio logout`: forgets a saved profile and its token. No call.

use crate::context::{Context, forget_token};
use crate::credentials::{DEFAULT, ProfileFile, check_name};
use crate::error::{CliError, ExitCode};
use caspio::{Account, Settings};
use caspio_core::ClientCredentials;

pub(crate) fn run(context: &mut Context) -> Result<(), CliError> {
    let name = context.global.profile.clone();
    let name = check_name(name.as_deref().unwrap_or(DEFAULT))?;
    let mut profiles = ProfileFile::open()?;
    let Some(profile) = profiles.remove(name)? else {
        let what = format!("there is no profile {name:?} to forget");
        return Err(CliError::new(ExitCode::NotFound, what));
    };
    if let Ok(account) = Account::new(&profile.account) {
        // The token's file depends on the account and the id only.
        let credentials = ClientCredentials::new(&profile.client_id, "");
        forget_token(&Settings::new(account, credentials));
    }
    profile.secret.forget(name)?;
    context.out.line(format_args!("Forgot profile {name}."))
}
