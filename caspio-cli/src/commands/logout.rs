//! `caspio logout`: removes a saved profile, its token and its account's names. No call.

use crate::context::{Context, remove_names, remove_token};
use crate::credentials::{DEFAULT, ProfileFile, check_name};
use crate::error::{CliError, ExitCode};

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
    if let Ok(settings) = profile.identity() {
        // The names of these files do not depend on the secret.
        remove_token(&settings);
        remove_names(&settings);
    }
    if context.out.json {
        return context.out.json(&serde_json::json!({ "removed": name }));
    }
    context.out.line(format_args!("Removed profile {name}."))
}
