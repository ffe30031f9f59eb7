//! Updates and deletes by a condition, guarded by the number of records that are expected.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    city: Option<String>,
    active: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let contacts = connection.caspio.table::<Contact>();

    let moved = contacts
        .update_where(|c| c.city.eq("Oslo"))
        .set(|c| (c.city.to("Bergen"), c.active.to(true)))
        .await?;
    println!("{} contacts moved to Bergen", moved.records);

    // It counts the records first, and deletes none if there are more or fewer.
    let refused = contacts
        .delete_where(|c| c.city.eq("Bergen"))
        .expect_count(1)
        .await;
    match refused {
        Ok(deleted) => println!("{} contacts deleted", deleted.records),
        Err(error) => println!("nothing deleted: {error}"),
    }

    // A condition that holds for every record is refused; `delete_all` deletes them.
    let everything = contacts.delete_where(|c| c.pk_id.gt(0)).await;
    if let Err(error) = everything {
        println!("nothing deleted: {error}");
    }
    Ok(())
}
