//! A load of a CSV file with a report: how many rows were inserted, and each one that was not, with the reason.
//!
//! ```sh
//! cargo run --example load_csv -- products.csv        # without a file, rows of the example
//! ```
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use serde::Deserialize;
use std::error::Error;
use std::io::{self, Cursor, Read};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Products")]
struct Product {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "SKU")]
    sku: String,
    name: String,
    price: Option<Decimal>,
}

/// A line of the file.
#[derive(Debug, CaspioInsert, Deserialize)]
#[caspio(table = Product)]
struct Row {
    sku: String,
    name: String,
    price: Option<Decimal>,
}

/// The second row has too many decimal places, the third a SKU that another row has.
const ROWS: &str = "sku,name,price\nLOAD-1,Hammer,12.50\nLOAD-2,Nail,0.123456\nLOAD-1,Saw,9.90\n";

fn input() -> io::Result<Box<dyn Read + Send>> {
    match std::env::args_os().nth(1) {
        Some(file) => Ok(Box::new(std::fs::File::open(file)?)),
        None => Ok(Box::new(Cursor::new(ROWS))),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = caspio_examples::emulate().await?;
    let products = connection.caspio.table::<Product>();
    let rows = csv::Reader::from_reader(input()?).into_deserialize::<Row>();
    // The load ends before a line that is no row. The rows before it are sent.
    let mut bad_line = None;
    let rows = rows.map_while(|row| row.map_err(|error| bad_line = Some(error)).ok());
    let rows: Vec<Row> = rows.collect();

    // Up to 1,000 rows in a call. If a response is lost, `unique_by` finds out which rows were inserted.
    let report = products.insert_many(&rows).unique_by(|p| p.sku).await?;

    println!("{} rows inserted", report.inserted);
    for failure in report.failed() {
        let outcome = match failure.error.maybe_applied() {
            true => "it is unknown whether it was inserted",
            false => "not inserted",
        };
        if let Some(row) = failure.index.and_then(|index| rows.get(index)) {
            println!("{} {}: {outcome}: {}", row.sku, row.name, failure.error);
        }
    }
    println!("in {} calls", connection.caspio.meter().snapshot().calls);
    match bad_line {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}
