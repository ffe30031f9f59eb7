//! Errors and retries, with faults that the emulator injects: the errors that a program gets, how it can react, and
//! a report of every attempt.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio_emulator::{Fault, Faults, Rule};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    first_name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Reports every attempt, for a log or metrics.
    let connection = caspio_examples::emulate_with(|client| {
        client.on_call(|call| println!("  {} {:?}", call.operation.name, call.status))
    })
    .await?;
    let contacts = connection.caspio.table::<Contact>();

    // The first call is refused with 429; the client repeats it.
    connection.set_faults(
        Faults::none().rule(
            Rule::new(Fault::RateLimit)
                .operation("ListTableRecords")
                .calls([1]),
        ),
    );
    println!("read {} contacts", contacts.collect().await?.len());
    println!("retries: {}", connection.caspio.meter().snapshot().retries);

    // The insert is carried out, but its response is lost: sending it again could write twice.
    connection.set_faults(Faults::none().rule(Rule::new(Fault::ResetAfterwards).always()));
    let ada = NewContact {
        first_name: "Ada".to_owned(),
    };
    match contacts.insert(&ada).await {
        Ok(key) => println!("inserted {key}"),
        Err(error) if error.maybe_applied() => println!("perhaps inserted: {error}"),
        Err(error) => println!("not inserted: {error}"),
    }
    connection.set_faults(Faults::none());

    // A program decides on the kind of an error.
    let missing = connection.caspio.table_named("Contcts").collect().await;
    if let Err(error) = missing {
        println!("{:?} {:?}: {error}", error.kind(), error.status());
        println!("not found: {}", error.kind() == ErrorKind::NotFound);
    }
    Ok(())
}
