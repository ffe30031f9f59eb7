//! A read that stops and later resumes where it stopped, without losing or repeating records.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use caspio::read::Position;

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
    let orders = connection.caspio.table::<Order>();

    let mut stream = orders.filter(|o| o.total.gt(100)).stream();
    let mut last = None;
    for _ in 0..250 {
        last = stream.try_next().await?;
    }
    // The position is text, to be kept in a file or a database.
    let kept = stream.position().to_string();
    drop(stream);
    println!("stopped after {last:?}");

    let position: Position = kept.parse()?;
    let mut stream = orders
        .filter(|o| o.total.gt(100))
        .resume_from(&position)
        .stream();
    println!("resumed with {:?}", stream.try_next().await?);
    Ok(())
}
