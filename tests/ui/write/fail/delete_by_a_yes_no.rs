use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    active: bool,
}

#[derive(CaspioView)]
#[caspio(view = "Active_Contacts")]
struct Active {
    #[caspio(pk)]
    pk_id: String,
}

async fn write(caspio: Client, contact: Contact) -> caspio::Result<()> {
    let contacts = caspio.table::<Contact>();
    contacts.delete(contact.active).await?;
    contacts.delete_many(&[true]).await?;
    caspio.view::<Active>().writable().delete('7').await
}

fn main() {}
