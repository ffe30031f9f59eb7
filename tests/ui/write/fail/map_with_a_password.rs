use caspio::prelude::*;

fn write(caspio: Client) {
    let contacts = caspio.table_named("Contacts");
    let _ = RecordMap::new().insert("Secret", caspio::Password::new("x"));
}

fn main() {}
