use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/account.json")]
struct Contact<'a> {
    code: String,
    email: &'a str,
    balance: Decimal,
    active: bool,
    #[caspio(default)]
    age: i32,
    #[caspio(read_only)]
    total: f64,
}

fn main() {}
