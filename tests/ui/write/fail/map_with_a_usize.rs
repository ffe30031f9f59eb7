use caspio::prelude::*;

fn write(caspio: Client) {
    let contacts = caspio.table_named("Contacts");
    let _ = contacts.insert(&RecordMap::from([("Age", "Ada".len())]));
}

fn main() {}
