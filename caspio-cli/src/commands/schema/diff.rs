//! `caspio schema diff`: what the account has become since the file was written.

use super::scope::in_account;
use super::{File, load};
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: File,
    /// Also tell tables and views that are not in the file
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let path = arguments.file.file;
    let file = load(&path)?;
    let caspio = context.connect().await?;
    let account = match arguments.all {
        true => caspio.schema().await?,
        false => in_account(&caspio, &file).await?,
    };
    let changes = file.diff(&account);
    if context.out.json {
        let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
        context.out.json(&serde_json::json!({ "changes": lines }))?;
    } else {
        for change in &changes {
            context.out.line(format_args!("{change}"))?;
        }
    }
    match changes.len() {
        0 => {
            context
                .out
                .note(format_args!("The account is as {} says.", path.display()));
            Ok(())
        }
        count => Err(CliError::new(
            ExitCode::Different,
            format!(
                "the account differs from {} in {count} places",
                path.display()
            ),
        )
        .with_hint(
            "`caspio schema pull` takes the account's shape over, `caspio schema push` the file's",
        )),
    }
}
