use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/too_new.json")]
struct Contact {
    email: Option<String>,
}

fn main() {}
