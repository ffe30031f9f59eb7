use caspio::prelude::*;

fn query(caspio: Client) {
    let contacts = caspio.table_named("Contacts");
    let _ = contacts.filter(|c| c["City"].eq("Rome"));
}

fn main() {}
