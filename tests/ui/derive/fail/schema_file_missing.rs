use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "caspio.schema.json")]
struct Contact {
    email: Option<String>,
}

fn main() {}
