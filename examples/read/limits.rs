//! Reads within limits: what a query costs, what can be read in a few calls, several calls at once.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::Concurrency;
use caspio::prelude::*;
use caspio::read::Collected;

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
    let orders = caspio.table::<Order>();

    // No call is made.
    println!("{}\n", orders.query().explain()?);

    match orders.query().max_calls(1).collect_partial().await? {
        Collected::Complete(orders) => println!("all {} orders in one call", orders.len()),
        Collected::Partial(part) => println!(
            "{} orders in one call, then: {}",
            part.records.len(),
            part.reason
        ),
    }

    let all = orders
        .query()
        .concurrency(Concurrency::Auto)
        .collect()
        .await?;
    let total: Decimal = all.iter().map(|order| order.total).sum();
    println!("{} orders, {total:.2} in all", all.len());
    println!("{} calls", caspio.meter().snapshot().calls);
    Ok(())
}
