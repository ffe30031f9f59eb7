//! `caspio schema push`: from the file to the account, by a plan that is shown first.

use super::scope::in_account;
use super::{File, load};
use crate::context::Context;
use crate::credentials::Answers;
use crate::error::{CliError, ExitCode};
use caspio::schema::{AllowDestructive, Plan};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: File,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Apply the plan without asking
    #[arg(short, long)]
    yes: bool,
    /// Also take steps that may lose data: deleting a field, a narrower type, list values that go
    #[arg(long)]
    allow_destructive: bool,
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let file = load(&arguments.file.file)?;
    let caspio = context.connect().await?;
    let account = in_account(&caspio, &file).await?;
    let plan = Plan::between(&account, &file);
    if plan.is_empty() {
        context.out.note(format_args!("Nothing to do."));
        return Ok(());
    }
    context.out.line(format_args!("{plan}"))?;
    context.out.flush()?;
    if arguments.dry_run {
        return Ok(());
    }
    refuse(&plan, &arguments)?;
    if !arguments.yes && !agreed(plan.steps().len())? {
        return Err(CliError::usage("nothing was changed"));
    }
    let destructive = match arguments.allow_destructive {
        true => AllowDestructive::Yes,
        false => AllowDestructive::No,
    };
    caspio
        .apply(&plan, destructive)
        .await
        .map_err(|failed| CliError::new(ExitCode::Incomplete, failed.to_string()))?;
    context
        .out
        .note(format_args!("{} steps done.", plan.steps().len()));
    Ok(())
}

/// What no answer would change.
fn refuse(plan: &Plan, arguments: &Arguments) -> Result<(), CliError> {
    if !plan.refused().is_empty() {
        let refused = "the plan has steps that the API cannot do; nothing was changed";
        return Err(CliError::usage(refused).with_hint("make them in Caspio, or correct the file"));
    }
    if plan.is_destructive() && !arguments.allow_destructive {
        let refused = "the plan has steps that may lose data; nothing was changed";
        return Err(
            CliError::usage(refused).with_hint("to take them all the same: --allow-destructive")
        );
    }
    Ok(())
}

fn agreed(steps: usize) -> Result<bool, CliError> {
    let answer = Answers::new()
        .line(&format!("Apply these {steps} steps? Type yes"))
        .map_err(|failure| failure.with_hint("to apply a plan without being asked: --yes"))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}
