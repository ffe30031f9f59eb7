//! Tables, columns and T-SQL that are known only when the program runs.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let table = connection.caspio.table_named("Orders");
    let mut arguments = std::env::args().skip(1);
    let column = arguments.next().unwrap_or_else(|| "Total".to_owned());
    let least: Decimal = arguments.next().as_deref().unwrap_or("900").parse()?;

    let highest = table.max(|c| c.column::<Decimal>(&column)).await?;
    println!("the largest {column}: {highest:?}");

    // Values are parameters, never part of the text.
    let orders = table
        .filter(|c| c.column::<Decimal>(&column).gt(least))
        .filter_raw("Status <> ?", ("New",))
        .order_by(|c| c.column::<Decimal>(&column).desc())
        .limit(5)
        .collect()
        .await?;
    for order in orders {
        println!("{:?} {:?}", order.decimal(&column), order.get("Status"));
    }
    Ok(())
}
