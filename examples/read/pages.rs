//! Pages for a web endpoint: twenty records and a position for the next request.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use caspio::read::Position;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
    placed: DateTime,
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

    let altered = order_page(&connection.caspio, Some("an-altered-text")).await;
    if let Err(error) = altered {
        println!("altered: {error}");
    }
    Ok(())
}

/// What `GET /orders?after=...` does. A text that is not a position, was altered, or is of a different query
/// is an error of kind `Refused`, before any call to Caspio: respond with status 400.
async fn order_page(caspio: &Client, after: Option<&str>) -> caspio::Result<OrderPage> {
    let after = after.map(str::parse::<Position>).transpose()?;
    let latest = caspio.table::<Order>().order_by(|o| o.placed.desc());
    let page = latest.page(20, after.as_ref()).await?;
    Ok(OrderPage {
        orders: page.records,
        next: page.next.map(|next| next.to_string()),
    })
}
