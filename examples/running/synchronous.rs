//! A program that is not asynchronous: `BlockingRuntime` waits for what another program would await.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::BlockingRuntime;
use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = BlockingRuntime::new()?;
    let connection = runtime.wait(caspio_examples::connect())?;
    let orders = connection.caspio.table::<Order>();

    let count = runtime.wait(orders.count())?;
    println!("{count} orders");

    // One by one; a page is in memory at a time.
    let mut largest: Option<Order> = None;
    for order in runtime.iter(orders.filter(|o| o.total.gt(500)).stream()) {
        let order = order?;
        if largest
            .as_ref()
            .is_none_or(|largest| order.total > largest.total)
        {
            largest = Some(order);
        }
    }
    println!("the largest: {largest:?}");

    runtime.wait(connection.caspio.settle());
    Ok(())
}
