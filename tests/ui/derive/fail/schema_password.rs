use caspio::Password;
use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/account.json")]
struct Contact {
    secret: String,
    #[caspio(password)]
    email: Password,
}

fn main() {}
