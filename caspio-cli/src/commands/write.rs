//! `caspio insert`, `update` and `delete`: write records that the command line names.

use crate::context::Context;
use crate::cost::{Cost, calls};
use crate::credentials::agreed;
use crate::error::CliError;
use crate::import::values;
use crate::source::table_and_fields;
use caspio::Client;
use caspio::write::Affected;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Insert {
    /// The table
    table: String,
    /// The values of the record; fields that are not named get their defaults
    #[arg(required = true, value_name = "FIELD=VALUE")]
    values: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The table
    table: String,
    /// The new values
    #[arg(required = true, value_name = "FIELD=VALUE")]
    values: Vec<String>,
    #[command(flatten)]
    records: Records,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The table
    table: String,
    #[command(flatten)]
    records: Records,
}

/// The records to write.
#[derive(Debug, Args)]
struct Records {
    /// The records that match this T-SQL condition
    #[arg(long = "where", value_name = "T-SQL")]
    condition: String,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
    /// Print how many calls the command takes, and write nothing
    #[arg(long)]
    cost: bool,
}

/// Inserts one record. Two calls.
pub(crate) async fn insert(context: &mut Context, arguments: Insert) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let (table, fields) = table_and_fields(&caspio, &arguments.table).await?;
    let row = values(&arguments.table, &fields, &arguments.values)?;
    let key = table.insert(&row).await?;
    let printed = match context.out.json {
        true => context.out.json(&serde_json::json!({ "key": key })),
        false => context.out.line(format_args!("{key}")),
    };
    let printed = printed.and_then(|()| context.out.flush());
    printed.map_err(|error| error.with_hint(format!("the record was inserted, with the key {key}")))
}

/// Updates the records that match a condition. Four calls: the fields, the count that is shown, its check, the update.
pub(crate) async fn update(context: &mut Context, arguments: Update) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let (table, fields) = table_and_fields(&caspio, &arguments.table).await?;
    let row = values(&arguments.table, &fields, &arguments.values)?;
    let Records {
        condition,
        yes,
        cost,
    } = &arguments.records;
    let update = table.update_where_raw(condition, ()).set_row(&row);
    let count = update.count().await?;
    if *cost {
        return cost_of(context, &caspio, "update", count);
    }
    if count == 0 {
        return report(context, "updated", None, 0);
    }
    agree(context, "Update", count, &arguments.table, *yes)?;
    let updated = update.expect_count(count).await?;
    report(context, "updated", Some(updated), count)
}

/// Deletes the records that match a condition. Four calls: the fields, the count that is shown, its check, the delete.
pub(crate) async fn delete(context: &mut Context, arguments: Delete) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let (table, _) = table_and_fields(&caspio, &arguments.table).await?;
    let Records {
        condition,
        yes,
        cost,
    } = &arguments.records;
    let delete = table.delete_where_raw(condition, ());
    let count = delete.count().await?;
    if *cost {
        return cost_of(context, &caspio, "delete", count);
    }
    if count == 0 {
        return report(context, "deleted", None, 0);
    }
    agree(context, "Delete", count, &arguments.table, *yes)?;
    let deleted = delete.expect_count(count).await?;
    report(context, "deleted", Some(deleted), count)
}

/// Prints the calls of a write by a condition. The first ones were made already.
fn cost_of(
    context: &mut Context,
    caspio: &Client,
    write: &str,
    count: u64,
) -> Result<(), CliError> {
    let mut cost = Cost::default();
    cost.exactly("read the fields, and count the records", calls(caspio));
    if count > 0 {
        cost.exactly("count the records again, in case they changed", 1);
        cost.exactly(format!("{write} {}", records(count)), 1);
    }
    cost.print(context, calls(caspio))
}

/// Shows how many records a write is for, and asks for a yes.
fn agree(
    context: &mut Context,
    write: &str,
    count: u64,
    table: &str,
    yes: bool,
) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    context.out.note(format_args!(
        "The condition matches {} of {table}.",
        records(count)
    ));
    agreed(&format!("{write} {}", records(count)))
}

/// Prints how many records were written, and a note if another program wrote between the count and the write.
fn report(
    context: &mut Context,
    done: &str,
    affected: Option<Affected>,
    counted: u64,
) -> Result<(), CliError> {
    let count = affected.map_or(0, |affected| affected.records);
    let at_least = affected.is_some_and(|affected| affected.at_least);
    if at_least {
        context.out.note(format_args!(
            "A response was lost, or the service did not count: more records may have been {done}. {} matched before.",
            records(counted)
        ));
    } else if count != counted {
        context.out.note(format_args!(
            "{} matched before: another program changed some of them in the meantime.",
            records(counted)
        ));
    }
    let prefix = if at_least { "at least " } else { "" };
    let summary = format!("{prefix}{} {done}", records(count));
    let printed = match context.out.json {
        true => {
            let counts = serde_json::json!({ done: count, "at_least": at_least });
            context.out.json(&counts)
        }
        false => context.out.line(format_args!("{summary}.")),
    };
    let printed = printed.and_then(|()| context.out.flush());
    printed.map_err(|error| error.with_hint(summary))
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}
