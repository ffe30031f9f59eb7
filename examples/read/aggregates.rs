//! Counts, sums, averages, minima and maxima, each computed by Caspio in one call.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    quantity: i32,
    total: Decimal,
    placed: DateTime,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let orders = connection.caspio.table::<Order>();
    let large = || orders.filter(|o| o.quantity.ge(5));

    println!("orders        {}", orders.count().await?);
    println!("large orders  {}", large().count().await?);
    println!("their total   {:?}", large().sum(|o| o.total).await?);
    println!("on average    {:?}", large().avg(|o| o.total).await?);
    println!("the earliest  {:?}", large().min(|o| o.placed).await?);
    println!("the latest    {:?}", large().max(|o| o.placed).await?);
    println!("any at all    {}", large().exists().await?);
    Ok(())
}
