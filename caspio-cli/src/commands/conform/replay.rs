//! `caspio conform --replay`: compares a recording with the emulator.

use super::save;
use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::format::{Align, fitted};
use caspio_conform::{Replay, ReplayOutcome, ReplayReport, ReplayedCall};
use caspio_emulator::Emulator;
use std::path::Path;

pub(crate) async fn run(
    context: &mut Context,
    file: &Path,
    report: Option<&Path>,
) -> Result<(), CliError> {
    let mut all = Vec::new();
    for replay in Replay::read(file)? {
        let emulator = Emulator::builder().schema(replay.schema()).start().await;
        let emulator = emulator.map_err(|error| {
            let message = format!("cannot start the emulator: {error}");
            CliError::new(ExitCode::General, message)
        })?;
        let (id, secret) = (emulator.client_id(), emulator.client_secret());
        all.push(Box::pin(replay.run(&emulator.url(), id, secret)).await?);
    }
    if let Some(path) = report {
        save(&all, path)?;
    }
    print(context, &all)
}

fn print(context: &mut Context, all: &[ReplayReport]) -> Result<(), CliError> {
    if context.out.json {
        context.out.json(&all)?;
    } else {
        let calls = || all.iter().flat_map(|report| &report.calls);
        let header = ["Call", "Request", "Outcome", "Found"];
        let header = header.map(|name| (name, Align::Left));
        let table = fitted(&header, calls().map(row).collect(), false);
        context.out.line(format_args!("{table}"))?;
    }
    match differences(all) {
        0 => Ok(()),
        count => {
            context.out.flush()?;
            let calls = if count == 1 {
                "1 call"
            } else {
                &format!("{count} calls")
            };
            let message = format!("the emulator differs in {calls}");
            let hint =
                "attach the recording to an issue: it has no values, no names and no secrets";
            Err(CliError::new(ExitCode::Different, message).with_hint(hint))
        }
    }
}

fn differences(all: &[ReplayReport]) -> usize {
    let calls = all.iter().flat_map(|report| &report.calls);
    calls
        .filter(|call| matches!(call.outcome, ReplayOutcome::Differs { .. }))
        .count()
}

fn row(call: &ReplayedCall) -> Vec<String> {
    let (outcome, found) = match &call.outcome {
        ReplayOutcome::Agrees => ("agrees", String::new()),
        ReplayOutcome::Differs { differences } => ("differs", differences.join("; ")),
        ReplayOutcome::NotCompared { reason } => ("not compared", reason.clone()),
        _ => ("unknown", String::new()),
    };
    vec![
        call.call.to_string(),
        call.request.clone(),
        outcome.to_owned(),
        found,
    ]
}
