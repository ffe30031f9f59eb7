//! Chooses the account and credentials of a command.

use super::{DEFAULT, Profile, ProfileFile, check_name};
use crate::error::{CliError, ExitCode};
use crate::global::Global;
use crate::suggest::near_or_all;
use caspio::{Account, Settings};
use caspio_core::ClientCredentials;
use caspio_core::env::{ACCOUNT, CLIENT_ID, CLIENT_SECRET};
use std::ffi::OsString;
use std::fmt;

/// An account and credentials, with their origin.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) settings: Settings,
    pub(crate) origin: Origin,
}

/// The origin of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Environment,
    Profile(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::Profile(name) => write!(f, "profile {name}"),
        }
    }
}

/// Looks up an environment variable; a function, so that tests do not need to change their environment.
pub(crate) type Lookup<'l> = &'l dyn Fn(&str) -> Option<OsString>;

/// The chosen account and credentials, before a profile's secret is read.
enum Chosen<'p> {
    Environment(Settings),
    Profile(&'p str, &'p Profile),
}

/// Returns the settings to use; `None` if there are none.
pub(crate) fn find(
    global: &Global,
    lookup: Lookup<'_>,
    profiles: &ProfileFile,
) -> Result<Option<Found>, CliError> {
    match choose(global, lookup, profiles)? {
        None => Ok(None),
        Some(Chosen::Environment(settings)) => Ok(Some(Found {
            settings,
            origin: Origin::Environment,
        })),
        Some(Chosen::Profile(name, profile)) => load(name, profile).map(Some),
    }
}

/// Returns the settings to use without a profile's secret, which may be in a keyring that asks for a password.
pub(crate) fn identify(
    global: &Global,
    lookup: Lookup<'_>,
    profiles: &ProfileFile,
) -> Result<Option<Settings>, CliError> {
    match choose(global, lookup, profiles)? {
        None => Ok(None),
        Some(Chosen::Environment(settings)) => Ok(Some(settings)),
        Some(Chosen::Profile(_, profile)) => profile.identity().map(Some),
    }
}

fn choose<'p>(
    global: &Global,
    lookup: Lookup<'_>,
    profiles: &'p ProfileFile,
) -> Result<Option<Chosen<'p>>, CliError> {
    let set = |name: &str| lookup(name).is_some_and(|value| !value.is_empty());
    if global.profile.is_none() && (set(CLIENT_ID) || set(CLIENT_SECRET)) {
        return from_environment(global, lookup)
            .map(|settings| Some(Chosen::Environment(settings)));
    }
    let account = match (&global.account, &global.profile) {
        (Some(account), _) => Some(Account::new(account)?),
        // A profile selected by name determines its account.
        (None, None) if set(ACCOUNT) => Some(Account::from_lookup(lookup)?),
        (None, _) => None,
    };
    let chosen = from_profiles(global.profile.as_deref(), account, profiles)?;
    Ok(chosen.map(|(name, profile)| Chosen::Profile(name, profile)))
}

/// Returns the settings, or an error if there are none.
pub(crate) fn require_settings(found: Option<Found>) -> Result<Found, CliError> {
    found.ok_or_else(|| {
        CliError::new(ExitCode::Denied, "no account is set up").with_hint(
            "run `caspio login`, set CASPIO_ACCOUNT, CASPIO_CLIENT_ID and CASPIO_CLIENT_SECRET, or \
             try `--emulator`",
        )
    })
}

fn from_environment(global: &Global, lookup: Lookup<'_>) -> Result<Settings, CliError> {
    let lookup = |name: &str| match (&global.account, name) {
        (Some(account), ACCOUNT) => Some(OsString::from(account)),
        _ => lookup(name),
    };
    Ok(Settings::from_lookup(lookup)?)
}

/// A profile with its name.
type Named<'p> = (&'p str, &'p Profile);

fn from_profiles<'p>(
    name: Option<&str>,
    account: Option<Account>,
    profiles: &'p ProfileFile,
) -> Result<Option<Named<'p>>, CliError> {
    let Some(name) = name else {
        return match account {
            Some(account) => of_account(&account, profiles),
            None => match profiles.named(DEFAULT) {
                Some(profile) => Ok(Some(profile)),
                None => none_selected(profiles),
            },
        };
    };
    let profile = profiles.named(check_name(name)?);
    let (name, profile) = profile.ok_or_else(|| unknown(name, profiles))?;
    let own = Account::new(&profile.account)?;
    // A secret is never sent to another account than the one it was saved for.
    match account {
        Some(account) if account != own => Err(CliError::usage(format!(
            "profile {name:?} belongs to {}, not to {}",
            own.host(),
            account.host()
        ))),
        _ => Ok(Some((name, profile))),
    }
}

fn of_account<'p>(
    account: &Account,
    profiles: &'p ProfileFile,
) -> Result<Option<Named<'p>>, CliError> {
    let same = |profile: &Profile| Account::new(&profile.account).is_ok_and(|own| own == *account);
    let mut matching = profiles.iter().filter(|(_, profile)| same(profile));
    match (matching.next(), matching.next()) {
        (Some(profile), None) => Ok(Some(profile)),
        (Some((one, _)), Some((other, _))) => Err(CliError::usage(format!(
            "several profiles belong to {}, such as {one} and {other}",
            account.host()
        ))
        .with_hint("select one with `--profile`")),
        (None, _) => Err(CliError::new(
            ExitCode::NotFound,
            format!("no saved profile belongs to {}", account.host()),
        )
        .with_hint("run `caspio login` for it")),
    }
}

fn load(name: &str, profile: &Profile) -> Result<Found, CliError> {
    let secret = profile.secret.open(name)?;
    Ok(Found {
        settings: Settings::new(
            Account::new(&profile.account)?,
            ClientCredentials::new(&profile.client_id, secret),
        ),
        origin: Origin::Profile(name.to_owned()),
    })
}

/// Saved profiles exist, but none is the default: the user has to select one.
fn none_selected<'p>(profiles: &'p ProfileFile) -> Result<Option<Named<'p>>, CliError> {
    let names: Vec<&str> = profiles.iter().map(|(name, _)| name).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let message = format!("no account is selected, and there is no profile {DEFAULT:?}");
    let hint = format!(
        "select a saved profile with `--profile`: {}",
        names.join(", ")
    );
    Err(CliError::new(ExitCode::Denied, message).with_hint(hint))
}

fn unknown(name: &str, profiles: &ProfileFile) -> CliError {
    let names: Vec<&str> = profiles.iter().map(|(name, _)| name).collect();
    let hint = match names.as_slice() {
        [] => format!("run `caspio login --profile {name}`"),
        names => near_or_all(name, names.iter().copied(), "the profiles are"),
    };
    CliError::new(ExitCode::NotFound, format!("there is no profile {name:?}")).with_hint(hint)
}
