//! Types of the program's own: a newtype for keys, and enums for the words of a text and of a list.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::field::Words;
use caspio::prelude::*;

/// The key of an order: that of a contact is another type.
#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
struct OrderId(i64);

/// Every state that an order can have; a record with another one is an error.
#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
enum Status {
    New,
    Paid,
    Shipped,
    Returned,
    Cancelled,
}

/// The interests that the program knows; others are kept as they are.
#[derive(Clone, Debug, PartialEq, CaspioValue)]
enum Interest {
    Chess,
    #[caspio(rename = "Rock 'n' Roll")]
    RockAndRoll,
    #[caspio(other)]
    Other(String),
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    id: OrderId,
    status: Status,
    total: Decimal,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    first_name: String,
    interests: List<Interest>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let orders = connection.caspio.table::<Order>();

    for status in [
        Status::New,
        Status::Paid,
        Status::Shipped,
        Status::Returned,
        Status::Cancelled,
    ] {
        let count = orders.filter(|o| o.status.eq(status)).count().await?;
        println!("{}: {count} orders", status.word());
    }
    if let Some(order) = orders.filter(|o| o.status.eq(Status::Paid)).first().await? {
        let again = orders.get(order.id).await?;
        println!("{order:?} is in the table: {}", again.is_some());
    }

    let contacts = connection
        .caspio
        .table::<Contact>()
        .query()
        .limit(5)
        .collect()
        .await?;
    for contact in contacts {
        let likes = |interest| contact.interests.contains(&interest);
        println!(
            "{}: {:?}, chess: {}, music: {}",
            contact.first_name,
            contact
                .interests
                .iter()
                .map(Words::word)
                .collect::<Vec<_>>(),
            likes(Interest::Chess),
            likes(Interest::RockAndRoll),
        );
    }
    Ok(())
}
