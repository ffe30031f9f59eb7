use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/broken.json")]
struct Contact {
    email: Option<String>,
}

fn main() {}
