//! Passwords, which are set and reset but never read.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::Password;
use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    last_name: String,
    #[caspio(password)]
    secret: Password,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    last_name: String,
    secret: Password,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let contacts = connection.caspio.table::<Contact>();

    let new = NewContact {
        last_name: "Lovelace".into(),
        secret: Password::new("a first password"),
    };
    let key = contacts.insert(&new).await?;
    contacts.set_password(key, |c| c.secret, "another").await?;
    contacts.reset_password(key, |c| c.secret).await?;

    let contact = contacts.get(key).await?.ok_or("the record is gone")?;
    println!(
        "{} {}: {:?}",
        contact.pk_id, contact.last_name, contact.secret
    );
    Ok(())
}
