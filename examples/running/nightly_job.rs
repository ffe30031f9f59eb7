//! A job for every night: reads the orders that are new since the last night, within a number of calls, and goes on the
//! next night where it stopped.
//!
//! ```sh
//! cargo run --example nightly_job                        # three nights in one, with an emulator
//! cargo run --example nightly_job -- orders.position     # one night; the file keeps where the last one stopped
//! ```
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio::read::Position;
use std::error::Error;
use std::path::Path;
use std::{fs, io};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
}

/// The most calls of one night.
const CALLS: u64 = 5;

/// How many orders are done before the position is kept.
const BATCH: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = caspio_examples::connect().await?;
    if let Some(file) = std::env::args_os().nth(1) {
        return night(&connection.caspio, Path::new(&file)).await;
    }
    // The positions of an emulator end with this program.
    let file = std::env::temp_dir().join(format!("caspio-{}.position", std::process::id()));
    for number in 1..=3 {
        println!("night {number}");
        night(&connection.caspio, &file).await?;
    }
    fs::remove_file(file)?;
    Ok(())
}

/// Reads what is new. An error is the exit code by which a scheduler finds out that the job failed.
async fn night(caspio: &Client, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut query = caspio.table::<Order>().query().max_calls(CALLS);
    if let Some(position) = read(file)? {
        query = query.resume_from(&position);
    }
    let mut orders = query.stream();
    let mut batch = Vec::new();
    let stopped = loop {
        match orders.try_next().await {
            Ok(Some(order)) => batch.push(order.total),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        if batch.len() == BATCH {
            finish(&mut batch, file, &orders.position())?;
        }
    };
    finish(&mut batch, file, &orders.position())?;
    match stopped {
        None => println!("all orders are done"),
        Some(error) if error.kind() == ErrorKind::Incomplete => {
            println!("the next night goes on: {}", error.message());
        }
        Some(error) => return Err(error.into()),
    }
    Ok(())
}

/// Does the work for new orders, and then keeps where it stopped: a night that is cut off does this batch again.
fn finish(batch: &mut Vec<Decimal>, file: &Path, position: &Position) -> io::Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let sum: Decimal = batch.iter().sum();
    println!("{} orders, {sum:.2} in all", batch.len());
    batch.clear();
    keep(file, position)
}

fn read(file: &Path) -> Result<Option<Position>, Box<dyn Error>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().parse()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Replaces the file in one step, so that no night finds half a position.
fn keep(file: &Path, position: &Position) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, position.to_string())?;
    fs::rename(new, file)
}
