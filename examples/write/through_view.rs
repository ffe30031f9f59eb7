//! Writing through a view, and passwords, which can be set but never read.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioView)]
#[caspio(view = "Active_Contacts")]
struct ActiveContact {
    #[caspio(pk)]
    pk_id: String,
    first_name: String,
    city: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let view = connection.caspio.view::<ActiveContact>();

    let Some(contact) = view.query().first().await? else {
        return Ok(());
    };
    println!("{} lives in {:?}", contact.first_name, contact.city);

    // A view is read-only unless the program states that the account permits writing through it.
    let writable = view.writable();
    let update = writable.update(contact.pk_id.clone());
    update.set(|c| c.city.to("Bergen")).await?;

    let contact = writable.get(contact.pk_id).await?;
    println!("now in {:?}", contact.and_then(|contact| contact.city));
    Ok(())
}
