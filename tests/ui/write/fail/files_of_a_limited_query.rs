use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    city: String,
    photo: Option<String>,
}

fn main() {}

async fn delete(contacts: caspio::Table<Contact>) -> caspio::Result<()> {
    let query = contacts.filter(|c| c.city.eq("Lima")).limit(5);
    query.attachments(|c| c.photo).delete().await?;
    Ok(())
}
