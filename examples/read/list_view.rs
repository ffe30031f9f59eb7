//! A typed view: orders joined with their contacts and products. A view's key is a text.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioView)]
#[caspio(view = "Order_Details")]
struct OrderDetail {
    #[caspio(pk)]
    pk_id: String,
    #[caspio(rename = "_PK_ID_Orders")]
    order_id: i64,
    full_name: String,
    product: String,
    quantity: i32,
    total: Decimal,
    placed: DateTime,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let details = connection.caspio.view::<OrderDetail>();

    let mut large = details
        .filter(|d| d.quantity.ge(5) & d.total.gt(500))
        .limit(15)
        .stream();
    while let Some(detail) = large.try_next().await? {
        println!(
            "{:<12} order {:>5}  {}  {:>2} x {:<22} {:>10.2}  {}",
            detail.pk_id,
            detail.order_id,
            detail.placed.date(),
            detail.quantity,
            detail.product,
            detail.total,
            detail.full_name,
        );
    }
    Ok(())
}
