//! Records by their keys: one, many in few calls, and single lookups from many tasks in few calls.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use futures::future::try_join_all;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let caspio = &connection.caspio;
    let contacts = caspio.table::<Contact>();

    println!("{:?}", contacts.get(7).await?);
    println!("{:?}", contacts.get(-1).await?);

    let before = caspio.meter().snapshot().calls;
    let found = contacts.get_many(1..=100).await?;
    let calls = caspio.meter().snapshot().calls - before;
    println!("{} of 100 keys in {calls} call(s)", found.len());

    let before = caspio.meter().snapshot().calls;
    let loader = contacts.loader();
    let found = try_join_all((1..=50).map(|key| loader.get(key))).await?;
    let calls = caspio.meter().snapshot().calls - before;
    println!("{} lookups in {calls} call(s)", found.len());
    Ok(())
}
