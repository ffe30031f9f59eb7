use caspio::prelude::*;

fn query(caspio: Client) {
    let contacts = caspio.table_named("Contacts");
    let _ = RecordMap::new()["City"].as_str();
}

fn main() {}
