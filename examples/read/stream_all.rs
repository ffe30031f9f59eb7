//! Every order, one page in memory at a time, with a running sum.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let caspio = &connection.caspio;

    // Drawn on standard error, and only when that is a terminal.
    let progress = ProgressBar::no_length().with_style(ProgressStyle::with_template(
        "{spinner} {human_pos} orders, {per_sec}, {msg}",
    )?);
    let mut orders = caspio.table::<Order>().stream();
    let (mut count, mut sum, mut last) = (0_u64, Decimal::ZERO, 0);
    while let Some(order) = orders.try_next().await? {
        count += 1;
        sum += order.total;
        last = order.pk_id;
        progress.set_position(count);
        progress.set_message(format!("{sum} so far"));
    }
    progress.finish_and_clear();

    println!("{count} orders, the last with PK_ID {last}, {sum} in all");
    println!(
        "{} calls, including the one for the token",
        caspio.meter().snapshot().calls
    );
    Ok(())
}
