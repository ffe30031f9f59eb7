//! Writing single records: an insert, an update, a save of the changes, and a delete.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::Patch;
use caspio::prelude::*;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    balance: Option<Decimal>,
    interests: List<String>,
}

/// The columns of a new contact; the others get Caspio's defaults.
#[derive(Debug, Default, CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    first_name: String,
    email: Patch<String>,
    interests: Patch<List<String>>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let contacts = connection.caspio.table::<Contact>();

    let new = NewContact {
        first_name: "Ada".to_owned(),
        interests: List::from(["Chess"]).into(),
        ..NewContact::default()
    };
    let ada = contacts.insert(&new).returning().await?;
    println!("inserted  {ada:?}");

    contacts
        .update(ada.pk_id)
        .set(|c| (c.email.to("ada@example.com"), c.balance.to(dec!(12.50))))
        .await?;

    let before = contacts
        .get(ada.pk_id)
        .await?
        .ok_or("the record does not exist any more")?;
    let mut after = before.clone();
    after.balance = Some(dec!(20));
    println!("saved     {}", contacts.save(&before, &after).await?);
    println!("unchanged {}", contacts.save(&after, &after.clone()).await?);
    // `before` is out of date now, so nothing is overwritten.
    let late = contacts.save(&before, &after).if_unchanged().await;
    println!("late      {:?}", late.map_err(|error| error.kind()));

    let deleted = contacts
        .delete_where(|c| c.email.eq("ada@example.com"))
        .expect_count(1)
        .await?;
    println!("deleted   {}", deleted.records);
    println!("calls     {}", connection.caspio.meter().snapshot().calls);
    Ok(())
}
