//! A struct compared with the account's table: differences are reported before any record is read.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    balance: Option<Decimal>,
}

/// A struct with two mistakes.
#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct WrongContact {
    #[caspio(pk)]
    pk_id: i64,
    frist_name: String,
    joined: Option<bool>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let caspio = &connection.caspio;

    println!("{:?}\n", caspio.verify::<Contact>().await?);
    match caspio.verify::<WrongContact>().await {
        Ok(verified) => println!("{verified:?}"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
