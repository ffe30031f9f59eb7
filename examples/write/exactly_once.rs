//! Inserts that are exactly once, also if a response is lost, and rows from a stream.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use caspio_emulator::{Fault, Faults, Rule};
use futures::stream;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Products")]
struct Product {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "SKU")]
    sku: String,
    name: String,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Product)]
struct NewProduct {
    sku: String,
    name: String,
}

fn product(number: u32) -> NewProduct {
    NewProduct {
        sku: format!("ONCE-{number}"),
        name: format!("Product {number}"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let products = connection.caspio.table::<Product>();

    // The record is inserted, but the response does not arrive.
    let lost = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecord");
    connection.set_faults(Faults::none().rule(lost.calls(1..2)));
    let key = products.insert(&product(0)).unique_by(|p| p.sku).await?;
    println!("product {key} is there once");
    connection.set_faults(Faults::none());

    let rows = stream::iter((1..=1_500).map(product));
    let report = products.insert_stream(rows).unique_by(|p| p.sku).await?;
    println!("{} more inserted", report.inserted);

    let once = products.filter(|p| p.sku.starts_with("ONCE-")).count();
    println!("{} in all", once.await?);
    Ok(())
}
