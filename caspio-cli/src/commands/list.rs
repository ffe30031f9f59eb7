//! `caspio tables` and `caspio views`: list the names of the account's tables or views. One call.
use crate::context::Context;
use crate::error::CliError;
use crate::output::printable;
use caspio::record::ObjectKind;
use caspio_schema::folded_name;

/// Tables or views.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Tables,
    Views,
}

pub(crate) async fn run(context: &mut Context, kind: Kind) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let (of, mut names) = match kind {
        Kind::Tables => (ObjectKind::Table, caspio.tables().await?),
        Kind::Views => (ObjectKind::View, caspio.views().await?),
    };
    names.sort_by_key(|name| folded_name(name));
    context.keep_names(of, names.clone());
    if context.out.json {
        return context.out.json(&names);
    }
    for name in names {
        context.out.line(format_args!("{}", printable(&name)))?;
    }
    Ok(())
}
