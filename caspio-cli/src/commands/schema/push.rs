//! `caspio schema push`: changes the account to match the file, by a plan that is shown first.

use super::scope::{in_account, not_compared};
use super::{File, load};
use crate::context::Context;
use crate::cost::{Cost, calls};
use crate::credentials::agreed;
use crate::error::{CliError, ExitCode};
use crate::gate::was_not_sent;
use crate::interrupt::Interrupts;
use crate::output::printable;
use caspio::schema::{AllowDestructive, ApplyError, Plan, Step};
use caspio::{Capability, Client};
use clap::Args;
use std::pin::pin;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: File,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print how many calls the push takes, and change nothing
    #[arg(long)]
    cost: bool,
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
    if arguments.cost {
        refuse(&plan, &arguments)?;
        let mut cost = Cost::default();
        cost.exactly("read the account's schema", calls(&caspio));
        let names_tables = |step: &Step| !matches!(step, Step::CreateTable(_));
        if !caspio.supports(Capability::NamesInCalls) && plan.steps().iter().any(names_tables) {
            cost.exactly(
                "find the ids of the tables, which v4 uses instead of names",
                1,
            );
        }
        let count = plan.steps().len();
        cost.exactly(format!("apply {}", steps(count)), count as u64);
        return cost.print(context, calls(&caspio));
    }
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
        return refuse(&plan, &arguments);
    }
    if let Err(refused) = refuse(&plan, &arguments) {
        if context.out.json {
            context.out.json(&json(&plan, false))?;
        }
        return Err(refused);
    }
    if !arguments.yes {
        agreed(&format!("Apply {}", steps(plan.steps().len())))?;
    }
    let destructive = if arguments.allow_destructive {
        AllowDestructive::Yes
    } else {
        AllowDestructive::No
    };
    apply(context, &caspio, &plan, destructive).await?;
    if context.out.json {
        return context.out.json(&json(&plan, true));
    }
    context
        .out
        .note(format_args!("Applied {}.", steps(plan.steps().len())));
    Ok(())
}

/// Applies a plan. After a stop signal it waits for the step in progress, and after a second one it cuts that step off.
async fn apply(
    context: &mut Context,
    caspio: &Client,
    plan: &Plan,
    destructive: AllowDestructive,
) -> Result<(), CliError> {
    let mut interrupts = Interrupts::listen();
    let mut applying = pin!(caspio.apply(plan, destructive));
    let mut signals = 0_u32;
    loop {
        tokio::select! {
            applied = &mut applying => return applied.map_err(|failed| stopped(&failed, signals > 0)),
            () = interrupts.next() => {
                signals += 1;
                if signals > 1 {
                    context.gate.abandon();
                    continue;
                }
                context.gate.stop();
                context.out.note(format_args!(
                    "Stopping after the step in progress; press Ctrl-C again to stop now."
                ));
            }
        }
    }
}

/// Returns the error of a plan that was applied in part.
fn stopped(failed: &ApplyError, by_signal: bool) -> CliError {
    let error = failed.error();
    let (done, not_done) = (failed.done(), failed.not_done());
    let reason = match by_signal && was_not_sent(error) {
        true => "the push was stopped".to_owned(),
        false => CliError::from(error.clone()).message,
    };
    let all = done.len() + not_done.len();
    let mut message = format!("{} of {} were done; {reason}", done.len(), steps(all));
    for step in done {
        message.push_str(&format!("\n  done: {step}"));
    }
    for (at, step) in not_done.iter().enumerate() {
        let word = match at == 0 && error.maybe_applied() {
            true => "unknown",
            false => "not done",
        };
        message.push_str(&format!("\n  {word}: {step}"));
    }
    message.push_str("\nrun the same command again: it plans what is left");
    CliError {
        exit: match done.is_empty() && !by_signal {
            true => CliError::from(error.clone()).exit,
            false => ExitCode::Incomplete,
        },
        message,
        hint: None,
        ..CliError::from(error.clone())
    }
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
