use caspio::prelude::*;

fn write(caspio: Client) {
    let contacts = caspio.table_named("Contacts");
    let _ = contacts.insert(&serde_json::json!({ "First_Name": "Ada" }));
}

fn main() {}
