//! `caspio schema push`: changes the account to match the file, by a plan that is shown first.

use super::scope::{in_account, not_compared};
use super::{File, load};
use crate::context::Context;
use crate::credentials::Answers;
use crate::error::{CliError, ExitCode};
use crate::output::printable;
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
    /// Allow steps that may lose data: deleting a field or list values, or a narrower type
    #[arg(long)]
    allow_destructive: bool,
}

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let file = load(&arguments.file.file)?;
    let caspio = context.connect().await?;
    let account = in_account(&caspio, &file).await?;
    if let Some(words) = not_compared(&file, &account) {
        context.out.note(format_args!("{words}"));
    }
    let plan = Plan::between(&account, &file);
    if plan.is_empty() {
        if context.out.json {
            context.out.json(&json(&plan, false))?;
        }
        context.out.note(format_args!("Nothing to do."));
        return Ok(());
    }
    if !context.out.json {
        show(context, &plan)?;
    }
    if arguments.dry_run {
        if context.out.json {
            context.out.json(&json(&plan, false))?;
        }
        if let Err(error) = refuse(&plan, &arguments) {
            let reason = error.message.split("; ").next().unwrap_or_default();
            context
                .out
                .note(format_args!("The plan would not be applied: {reason}."));
        }
        return Ok(());
    }
    refuse(&plan, &arguments)?;
    if !arguments.yes && !agreed(plan.steps().len())? {
        return Err(CliError::usage("nothing was changed"));
    }
    let destructive = if arguments.allow_destructive {
        AllowDestructive::Yes
    } else {
        AllowDestructive::No
    };
    caspio
        .apply(&plan, destructive)
        .await
        .map_err(|failed| CliError::new(ExitCode::Incomplete, failed.to_string()))?;
    if context.out.json {
        return context.out.json(&json(&plan, true));
    }
    context
        .out
        .note(format_args!("Applied {}.", steps(plan.steps().len())));
    Ok(())
}

fn show(context: &mut Context, plan: &Plan) -> Result<(), CliError> {
    for line in plan.to_string().lines() {
        context.out.line(format_args!("{}", printable(line)))?;
    }
    context.out.flush()
}

fn json(plan: &Plan, applied: bool) -> serde_json::Value {
    let steps = plan.steps().iter().map(ToString::to_string);
    let refused = plan.refused().iter().map(ToString::to_string);
    serde_json::json!({
        "steps": steps.collect::<Vec<_>>(),
        "refused": refused.collect::<Vec<_>>(),
        "may_lose_data": plan.is_destructive(),
        "applied": applied,
    })
}

/// Refuses plans that cannot or must not be applied, before the user is asked.
fn refuse(plan: &Plan, arguments: &Arguments) -> Result<(), CliError> {
    if !plan.refused().is_empty() {
        let refused = "the plan has steps that the API cannot do; nothing was changed";
        return Err(
            CliError::usage(refused).with_hint("make these changes in Caspio, or correct the file")
        );
    }
    if plan.is_destructive() && !arguments.allow_destructive {
        let refused = "the plan has steps that may lose data; nothing was changed";
        return Err(
            CliError::usage(refused).with_hint("pass --allow-destructive to apply them anyway")
        );
    }
    Ok(())
}

fn steps(count: usize) -> String {
    match count {
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    }
}

fn agreed(count: usize) -> Result<bool, CliError> {
    let answer = Answers::new()
        .line(&format!("Apply {}? Type yes", steps(count)))
        .map_err(|failure| failure.with_hint("pass --yes to apply a plan without being asked"))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}
