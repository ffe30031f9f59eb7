//! `caspio login`: checks credentials and saves them. One call, and one for the token.

use crate::context::{Context, Tokens};
use crate::credentials::{Answers, DEFAULT, Profile, ProfileFile, StoredSecret, check_name};
use crate::error::CliError;
use caspio::{Account, Settings};
use caspio_core::ClientCredentials;
use caspio_core::env::{ACCOUNT, CLIENT_ID, CLIENT_SECRET};
use caspio_core::secrecy::SecretString;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The client id of the web services profile; by default you are asked for it. The secret is never
    /// an option, because other users of the machine could see it
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Store the secret in the system's keyring instead of a file
    #[arg(long)]
    keyring: bool,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    if context.global.emulator {
        return Err(CliError::usage("--emulator needs no login"));
    }
    let name = context.global.profile.clone();
    let name = check_name(name.as_deref().unwrap_or(DEFAULT))?.to_owned();
    let mut profiles = ProfileFile::open()?;
    let (settings, secret) = ask(context, &arguments)?;

    let caspio = context.client(settings.clone(), Tokens::New)?;
    let checked = caspio.test_connection().await?;

    let stored = if arguments.keyring {
        StoredSecret::store_in_keyring(&name, &secret)?
    } else {
        StoredSecret::File(secret)
    };
    let profile = Profile {
        account: label_or_url(&settings.account),
        client_id: settings.credentials.id().to_owned(),
        secret: stored,
    };
    profiles.put(&name, profile)?;
    if context.out.json {
        return context.out.json(&serde_json::json!({
            "profile": name,
            "account": checked.host,
            "tables": checked.tables,
        }));
    }
    context.out.line(format_args!(
        "Logged in to {} as profile {name}; it can see {} tables.",
        checked.host, checked.tables
    ))
}

/// Takes each setting from the options, the environment or the user's input, in this order.
fn ask(context: &Context, arguments: &Arguments) -> Result<(Settings, SecretString), CliError> {
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let answers = Answers::new();
    let account = match context.global.account.clone().or_else(|| given(ACCOUNT)) {
        Some(account) => account,
        None => answers.line("Account")?,
    };
    let account = Account::new(&account)?;
    let id = match arguments.client_id.clone().or_else(|| given(CLIENT_ID)) {
        Some(id) => id,
        None => answers.line("Client id")?,
    };
    let secret = match given(CLIENT_SECRET) {
        Some(secret) => SecretString::from(secret),
        None => answers.secret("Client secret")?,
    };
    let credentials = ClientCredentials::new(id, secret.clone());
    Ok((Settings::new(account, credentials), secret))
}

/// Returns the account as `Account::new` reads it: its label, or the URL of an emulator.
fn label_or_url(account: &Account) -> String {
    match account.label() {
        Some(label) => label.to_owned(),
        None => {
            let mut url = account.token_url();
            url.set_path("");
            url.as_str().trim_end_matches('/').to_owned()
        }
    }
}
