//! `caspio usage`: prints the calls made by this program on this machine. No call.

use crate::context::Context;
use crate::error::CliError;
use crate::folders;
use crate::format::{Align, table};
use crate::usage::Ledger;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The number of days to show, newest first
    #[arg(long, value_name = "N", default_value_t = 31)]
    days: usize,
}

pub(crate) fn run(context: &mut Context, arguments: &Arguments) -> Result<(), CliError> {
    let ledger = Ledger::read(&folders::state()?)?;
    let days = ledger.days.iter().rev().take(arguments.days);
    let calls = days.flat_map(|(day, accounts)| {
        accounts.iter().flat_map(move |(account, operations)| {
            let operations = operations.iter();
            operations.map(move |(operation, calls)| (day, account, operation, *calls))
        })
    });
    if context.out.json {
        let calls = calls.map(|(day, account, operation, calls)| {
            serde_json::json!({ "day": day, "account": account, "operation": operation, "calls": calls })
        });
        return context.out.json(&calls.collect::<Vec<_>>());
    }
    let mut total = 0;
    let rows: Vec<_> = calls
        .map(|(day, account, operation, calls)| {
            total += calls;
            [
                day.clone(),
                account.clone(),
                operation.clone(),
                calls.to_string(),
            ]
        })
        .collect();
    let header = [
        ("Day", Align::Left),
        ("Account", Align::Left),
        ("Operation", Align::Left),
        ("Calls", Align::Right),
    ];
    if !rows.is_empty() {
        context.out.line(format_args!("{}", table(&header, rows)))?;
    }
    context.out.line(format_args!("{total} calls"))?;
    context.out.note(format_args!(
        "Counted by this program on this machine, per UTC day; Caspio bills by its own count."
    ));
    Ok(())
}
