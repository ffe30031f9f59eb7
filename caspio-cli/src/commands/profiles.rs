//! `caspio profiles`: lists the saved profiles. No call.

use crate::context::Context;
use crate::credentials::ProfileFile;
use crate::error::CliError;
use crate::format::{Align, table};
use serde::Serialize;

#[derive(Serialize)]
struct Listed<'p> {
    name: &'p str,
    account: &'p str,
    /// Whether commands use it now.
    used: bool,
}

pub(crate) fn run(context: &mut Context) -> Result<(), CliError> {
    let profiles = ProfileFile::open()?;
    // If the settings are not usable, no profile is used.
    let used = context.settings().ok().flatten();
    let used = used.map(|found| found.origin.to_string());
    let listed: Vec<_> = profiles
        .iter()
        .map(|(name, profile)| Listed {
            name,
            account: &profile.account,
            used: used.as_deref() == Some(&format!("profile {name}")),
        })
        .collect();
    if context.out.json {
        return context.out.json(&listed);
    }
    if listed.is_empty() {
        context
            .out
            .note(format_args!("No profiles; run `caspio login`."));
        return Ok(());
    }
    let header = [
        ("Profile", Align::Left),
        ("Account", Align::Left),
        ("Used", Align::Left),
    ];
    let rows = listed.iter().map(|profile| {
        let used = if profile.used { "yes" } else { "" };
        [
            profile.name.to_owned(),
            profile.account.to_owned(),
            used.to_owned(),
        ]
    });
    context.out.line(format_args!("{}", table(&header, rows)))
}
