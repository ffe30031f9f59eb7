//! `caspio schema diff`: prints the differences between the file and the account.

use super::difference::difference;
use super::scope::{in_account, not_compared};
use super::{File, load};
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::output::printable;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: File,
    /// Also report tables and views that are not in the file
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let path = arguments.file.file;
    let file = load(&path)?;
    let caspio = context.connect().await?;
    let account = if arguments.all {
        caspio.schema().await?
    } else {
        in_account(&caspio, &file).await?
    };
    if let Some(words) = not_compared(&file, &account) {
        context.out.note(format_args!("{words}"));
    }
    let changes = file.diff(&account);
    let lines: Vec<String> = changes.iter().map(difference).collect();
    if context.out.json {
        context.out.json(&serde_json::json!({ "changes": lines }))?;
    } else {
        for line in &lines {
            context.out.line(format_args!("{}", printable(line)))?;
        }
    }
    match changes.len() {
        0 => {
            context
                .out
                .note(format_args!("The account matches {}.", path.display()));
            Ok(())
        }
        count => Err(CliError::new(
            ExitCode::Different,
            format!(
                "the account differs from {}: {}",
                path.display(),
                match count {
                    1 => "1 difference".to_owned(),
                    count => format!("{count} differences"),
                }
            ),
        )
        .with_hint(
            "`caspio schema pull` updates the file, `caspio schema push` updates the account",
        )),
    }
}
