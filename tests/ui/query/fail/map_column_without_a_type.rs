use caspio::prelude::*;

fn query(caspio: Client) {
    let contacts = caspio.table_named("Contacts");
    let _ = contacts.order_by(|c| c.column("City").asc());
}

fn main() {}
