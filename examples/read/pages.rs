//! Pages for a web endpoint: twenty records and a cursor for the next request.
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

/// What the endpoint returns.
struct OrderPage {
    orders: Vec<Order>,
    /// The text that the client sends back to get the next page; `None` after the last.
    next: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;

    let mut cursor = None;
    for number in 1..=3 {
        let page = order_page(&connection.caspio, cursor.as_deref()).await?;
        let keys = page.orders.iter().map(|order| order.pk_id);
        let sum: Decimal = page.orders.iter().map(|order| order.total).sum();
        println!(
            "page {number}: {:?}, {sum} in all",
            keys.collect::<Vec<_>>()
        );
        cursor = page.next;
    }
    Ok(())
}

async fn order_page(caspio: &Client, cursor: Option<&str>) -> caspio::Result<OrderPage> {
    const RECORDS: usize = 20;
    let mut query = caspio.table::<Order>().query().page_size(20);
    if let Some(cursor) = cursor {
        query = query.resume_from(&cursor.parse::<Position>()?);
    }
    let mut stream = query.stream();
    let mut orders = Vec::with_capacity(RECORDS);
    while orders.len() < RECORDS
        && let Some(order) = stream.try_next().await?
    {
        orders.push(order);
    }
    let is_full = orders.len() == RECORDS;
    let next = is_full.then(|| stream.position().to_string());
    Ok(OrderPage { orders, next })
}
